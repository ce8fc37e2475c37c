// Every place outside of table sources where a destination or a next hop stands.

import PostfixFiles
import Routing

extension Subject {
  /// The results in main.cf values and in pools, each as often as it is written, but of a pool's equal members only
  /// the first, unless `everyItem` asks for all.
  func resultViews(everyItem: Bool) -> [ResultView] {
    var views: [ResultView] = []
    for parameter in RoutingParameter.destinations {
      guard let value = setValue(parameter) else { continue }
      views.append(ResultView(value, kind: .destination, home: .parameter(parameter), in: self))
    }
    for parameter in RoutingParameter.nextHops {
      guard let value = setValue(parameter) else { continue }
      views.append(
        ResultView(
          value, kind: .nextHop, home: .parameter(parameter),
          fixedTransport: parameter.hasPrefix("lmtp") ? "lmtp" : nil, in: self))
    }
    views += overriddenFallbackRelays
    views += filterViews
    for item in maps {
      if let spec = try? item.table.get() {
        views += self.views(of: spec, kind: item.kind, in: item.parameter, everyItem)
      }
    }
    views += patternFileViews
    if usesAgent {
      for pool in pools where pool.notation == .separator || pool.notation == .file {
        views += self.views(of: pool.text, kind: pool.kind, transport: pool.text.transport, everyItem)
      }
    }
    return views
  }

  /// The fallback relays that services of master.cf have of their own.
  private var overriddenFallbackRelays: [ResultView] {
    (config.master?.services ?? []).filter(\.isSMTPClient).compactMap { service in
      let name = "\(service.command)_fallback_relay"
      guard service.overrides.contains(where: { $0.name == name }),
        let value = try? parameters.seen(by: service).value(name), !value.isEmpty
      else { return nil }
      return ResultView(
        value, kind: .nextHop, home: .parameter(name), fixedTransport: service.command, in: self)
    }
  }

  private func views(
    of pool: PoolText, kind: ResultKind, transport: String?, _ everyItem: Bool
  ) -> [ResultView] {
    var seen: Set<Bytes> = []
    return pool.items.compactMap { range in
      let item = pool.text[range]
      guard seen.insert(item.bytes).inserted || everyItem else { return nil }
      return ResultView(item, kind: kind, home: .pool(pool.notation), fixedTransport: transport, in: self)
    }
  }

  /// The final results of a lookup table: of a pipemap those of its last table.
  private func views(
    of spec: TableSpec, kind: ResultKind, in parameter: String, _ everyItem: Bool
  ) -> [ResultView] {
    switch spec.content {
    case .pool(let pool): views(of: pool, kind: kind, transport: nil, everyItem)
    case .entries(let entries):
      entries.map { ResultView($0.value, kind: kind, home: .inline(parameter), in: self) }
    case .constant(let value): [ResultView(value, kind: kind, home: .inline(parameter), in: self)]
    case .pipe(let stages): stages.last.map { views(of: $0, kind: kind, in: parameter, everyItem) } ?? []
    case .union(let parts):
      parts.enumerated().flatMap { index, part in
        views(of: part, kind: index == 0 ? kind : .nextHop, in: parameter, everyItem)
      }
    case .proxied(let inner): views(of: inner, kind: kind, in: parameter, everyItem)
    case .patterns(let argument):
      PatternRules(inline: argument)
        .map { patternViews($0, of: spec.type, kind: kind, home: .inline(parameter)) } ?? []
    case .file, .service: []
    }
  }

  /// The results of the pattern tables that are files. Those of other tables are looked at in the walk over their lines.
  private var patternFileViews: [ResultView] {
    tables.flatMap { use -> [ResultView] in
      guard case .pattern = use.type, let kind = use.values, let document = config.files[use.path]?.document
      else { return [] }
      return patternViews(PatternRules(document), of: use.type, kind: kind, home: .entry)
    }
  }

  private func patternViews(
    _ rules: PatternRules, of type: TableType, kind: ResultKind, home: Home
  ) -> [ResultView] {
    let isOfNetworks = type == .pattern("cidr")
    return (isOfNetworks ? rules.networkResults : rules.patternResults)
      .map { ResultView($0, kind: kind, home: home, isPatternResult: !isOfNetworks, in: self) }
  }
}

/// A pool as a rule sees it.
struct PoolView: Sendable {
  let pool: Pool
  let subject: Subject

  /// What gets mail.
  var active: [Member] { pool.members.filter { !$0.isDrained } }

  /// Where a member first stands.
  func text(of member: Member) -> SourcedText {
    member.items.first.map { pool.text.text[pool.text.items[$0]] } ?? pool.text.text
  }

  /// A finding at the first item of `member`.
  func finding(_ member: Member, _ message: String, fix: Fix? = nil) -> [Finding] {
    [Finding(text(of: member), else: pool.anchor, message, fix: fix)].compactMap { $0 }
  }

  /// A finding at the pool's first item.
  func finding(_ message: String, fix: Fix? = nil) -> [Finding] {
    guard let place = pool.start else { return [] }
    return [Finding(place, message, fix: fix)]
  }
}
