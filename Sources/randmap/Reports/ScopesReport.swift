// The kinds of mail that a configuration tells apart, and what decides each today.

import Editing
import PostfixFiles
import Routing

struct ScopesReport {
  private let decisions: [ScopeDecision]
  private let notShown: [(parameter: RoutingParameter, count: Int)]
  private let shown: (String) -> String

  init(_ config: MailConfig, shown: @escaping (String) -> String) {
    notShown = config.keysNotShown()
    decisions = config.scopeDecisions(context: config.routeContext())
    self.shown = shown
  }

  var text: [String] {
    var table = TextTable([.left, .left, .left, .left])
    for decision in decisions {
      let unset = decision.isUnset ? "(\(decision.decidedBy) is not set)" : "(default)"
      let place = decision.file.map { "\(shown($0))\(decision.line.map { ":\($0)" } ?? "")" } ?? unset
      table.add(
        "\(decision.scope)", decision.scope.words, decision.answer.words,
        "\(decision.decidedByWords)  \(place)")
    }
    var seen: Set<String> = []
    let unknown = decisions.flatMap(\.answer.unknown).filter { seen.insert($0).inserted }
    let more = notShown.map { parameter, count in
      "\(parameter): \(count) more \(count == 1 ? "key is" : "keys are") not shown; to see them all: randmap console, view 3 Routes; for one address: randmap route ADDRESS"
    }
    return table.lines + more + unknown.map { "incomplete: taken as not found: \(printable($0))" } + [
      "", "To share one of them: randmap pool SCOPE '[gw1.example]:587=70' '[gw2.example]:587=30'",
    ]
  }

  struct Object: Encodable {
    let scopes: [ScopeObject]
    /// How many keys of the tables have no scope here.
    let notShown: [KeysObject]
  }

  struct KeysObject: Encodable {
    let parameter: String
    let keys: Int
  }

  struct ScopeObject: Encodable {
    let scope, what, decidedBy: String
    @Explicit var pool: String?
    @Explicit var file: String?
    @Explicit var line: Int?
    let complete: Bool
    let destinations: [RouteReport.DestinationObject]
  }

  var object: Object {
    Object(
      scopes: decisions.map { decision in
        ScopeObject(
          scope: "\(decision.scope)", what: decision.scope.words, decidedBy: decision.decidedBy,
          pool: decision.pool,
          file: decision.file.map(shown), line: decision.line, complete: decision.answer.isComplete,
          destinations: decision.answer.outcomes.compactMap { outcome, share in
            guard case .destination(let transport, let nextHop) = outcome else { return nil }
            return RouteReport.DestinationObject(
              transport: transport.text, nexthop: withoutLogin(nextHop: nextHop.text),
              share: JSON.share(share))
          })
      }, notShown: notShown.map { KeysObject(parameter: $0.parameter.rawValue, keys: $0.count) })
  }
}
