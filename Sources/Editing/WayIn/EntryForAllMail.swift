// An entry `*` of transport_maps decides for all mail before relayhost and default_transport are asked. A pool for all mail to the outside
// takes its place there: after such an entry it would get nothing.

import PostfixFiles
import Routing

extension MailConfig {
  /// Where that entry is one destination that decides for mail to the outside.
  func entryForAllMail(_ context: RouteContext = RouteContext()) -> PoolSpot? {
    guard let spot = try? keySpot("*", of: .transportMaps, .outbound), spot.sites.isEmpty,
      case .value(let value)? = spot.entry?.content, case let destination = Destination(value),
      !destination.nextHop.isEmpty
    else { return nil }
    // What refuses mail, or ends its way here, is there on purpose.
    let transport = destination.transport.text
    guard transport.isEmpty || gatewayTransport(transport) != nil else { return nil }
    return decides(spot, context) ? spot : nil
  }

  private func decides(_ spot: PoolSpot, _ context: RouteContext) -> Bool {
    let answer = Resolver(self, context: context).route(
      "someone@\(Self.outsideDomain)", from: outsideSenders.first ?? "")
    let holder = spot.holder(in: self)
    return answer.deciding.map { $0.file == holder.file && $0.line == holder.line } ?? false
  }

  /// What to do about it where it stays: an edit of relayhost does not take its place, nor does one of a pool of the agent there.
  func adviceOnEntryForAllMail(_ context: RouteContext) -> String? {
    if entryForAllMail(context) != nil {
      return "randmap pool outbound with its gateways puts a pool in the place of that entry"
    }
    guard let spot = try? keySpot("*", of: .transportMaps, .outbound), decides(spot, context) else {
      return nil
    }
    guard let site = spot.sites.first else {
      return "take that entry out first, with randmap remove-route '*'"
    }
    return
      "change that pool, with randmap pool \(site.id.asArgument), or take it out, with randmap remove-route '*'"
  }

  /// Without the entry, where `wish` is for all mail to the outside, and the wish with the transport that the entry had.
  func takingEntryAway(
    for wish: PoolWish, _ context: RouteContext
  ) throws(EditError) -> (config: MailConfig, wish: PoolWish, hop: String)? {
    guard wish.scope == .outbound, !wish.members.isEmpty, let spot = entryForAllMail(context),
      let single = spot.single
    else { return nil }
    var own = wish
    let transport = Destination(single).transport.text
    let hop = Destination(single).nextHop.text
    own.members = wish.members.map { member in
      guard case .text(let text) = member.goal, transport != "smtp", !transport.isEmpty,
        !namesDestination(text), !Self.namesTransport(text)
      else { return member }
      return WantedMember(.text("\(transport):\(text)"), weight: member.weight)
    }
    return (try removingDecision(at: spot), own, hop)
  }
}
