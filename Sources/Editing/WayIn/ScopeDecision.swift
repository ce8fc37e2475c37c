// The kinds of mail that a configuration tells apart, and what decides each: what `pool` without a scope answers, and the
// console's list of "which mail".

import PostfixFiles
import Routing

package struct ScopeDecision: Sendable {
  package let scope: Scope
  /// Where a message of it goes.
  package let answer: RouteAnswer
  /// The parameter that decides, or the pool.
  package let decidedBy: String
  /// The pool that decides; nil for one destination.
  package let pool: String?
  package let file: String?
  package let line: Int?
  /// Whether the parameter that decides is not set: the mail goes to each domain's own mail exchangers.
  package var isUnset = false

  /// For people.
  package var decidedByWords: String { isUnset ? "the recipient's MX" : decidedBy }
}

extension MailConfig {
  /// The place of relayhost, where the relay domains go by it: relay_transport names no next hop then.
  private func relayhostSpot(for spot: PoolSpot) -> PoolSpot? {
    guard case .parameter(.relayTransport) = spot.place, spot.sites.isEmpty,
      Destination(SourcedText(builtIn: parameters.text(.relayTransport))).nextHop.isEmpty
    else { return nil }
    let relayhost =
      wholeTable(.senderRelayhostMaps).map { valueSpot(.relayhost, sites: [$0]) } ?? valueSpot(.relayhost)
    return relayhost.sites.isEmpty && relayhost.single == nil ? nil : relayhost
  }

  /// Where a table decides that comes before the place of a scope, such as static: or patterns in transport_maps.
  private func tableBefore(_ spot: PoolSpot, in answer: RouteAnswer) -> RouteStep? {
    let isKnown = !spot.sites.isEmpty || spot.single != nil
    guard let step = answer.deciding, let maps = RoutingParameter(rawValue: step.parameter), maps.takesTables,
      maps != spot.parameter || !isKnown, !spot.sites.contains(where: { $0.parameter == maps })
    else { return nil }
    return step
  }

  /// Whether the mail of a key is that of a class: another pool, or an entry, may decide for it before the pool of the class.
  private func isKey(_ scope: Scope, of pool: String, with keys: Set<String>) -> Bool {
    guard case .to(let key) = scope, keys.contains(key) else { return false }
    guard let spot = try? keySpot(key, of: .transportMaps, scope) else { return true }
    return spot.sites.first.map { $0.id == pool } ?? (spot.single == nil)
  }

  /// The scopes of this configuration, the widest first.
  package func scopeDecisions(context: RouteContext = RouteContext()) -> [ScopeDecision] {
    let resolver = Resolver(self, context: context)
    let classes = DomainClass.allCases.compactMap { classKeys($0) }
    return routeSamples().compactMap { sample in
      if let scope = sample.scope, classes.contains(where: { isKey(scope, of: $0.pool, with: $0.keys) }) {
        return nil
      }
      let answer = resolver.route(sample.recipient, from: sample.sender)
      guard let scope = sample.corrected(by: answer)?.scope,
        let spot = try? spot(for: scope, nextHopsOnly: true, prefersAgent: false)
      else { return nil }
      let deciding = relayhostSpot(for: spot) ?? spot
      if let step = tableBefore(deciding, in: answer) {
        return ScopeDecision(
          scope: scope, answer: answer, decidedBy: step.parameter, pool: nil, file: step.file, line: step.line
        )
      }
      let holder = deciding.holder(in: self)
      return ScopeDecision(
        scope: scope, answer: answer, decidedBy: holder.what,
        pool: deciding.sites.first?.id, file: holder.file, line: holder.line,
        isUnset: deciding.sites.isEmpty && deciding.single == nil && deciding.parameter == .relayhost
          && parameters.text(.relayhost).isEmpty)
    }
  }
}
