// The gateway that a parameter keeps beside the table of its pool. It is one of the pool, for mail that the table has no key for.

import PostfixFiles
import Routing

extension MailConfig {
  /// With a gateway of the pool in the place of one that gets no mail any more, since the edit of `before`. Beside a database
  /// one that is only drained stays.
  func keepingRest(since before: MailConfig) -> MailConfig {
    var edited = self
    for parameter in [RoutingParameter.relayTransport, .virtualTransport, .defaultTransport, .relayhost] {
      // A pool there is longer than one gateway.
      guard let rest = before.main[parameter]?.value, !rest.isEmpty, rest.count < 300,
        main[parameter]?.value.text == rest.text, let before = before.tablePool(beside: parameter),
        let now = tablePool(beside: parameter), let first = now.content.choices.first,
        first.result != rest.text
      else { continue }
      let (old, new) = (before.content, now.content)
      let wasFirst = old.choices.first?.result == rest.text
      let getsMail = new.choices.contains { $0.result == rest.text }
      let wasMember = (old.choices + old.drained).contains { $0.result == rest.text }
      // Rows are in force when they are written, and main.cf after a reload: a drain, which is soon over, does not need one.
      let isMember = getsMail || now.isInDatabase && new.drained.contains { $0.result == rest.text }
      if !now.isInDatabase && wasFirst || wasMember && !isMember {
        edited = edited.setting(parameter, to: escapedForMainCf(first.result))
      }
    }
    return edited
  }

  /// The pool that a table has in the place of a parameter.
  private func tablePool(beside parameter: RoutingParameter) -> PoolSite? {
    let site: PoolSite? =
      switch parameter {
      case .defaultTransport: wholeTable(.senderTransportMaps)
      case .relayhost: wholeTable(.senderRelayhostMaps)
      default: DomainClass(parameter).flatMap { classSpot($0).sites.first }
      }
    // What senders whose table says DUNNO have beside a stock pool is their own.
    return site.flatMap { $0.isInDatabase || $0.isTable && DomainClass(parameter) != nil ? $0 : nil }
  }
}
