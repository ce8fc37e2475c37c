// Lanes in front of what chooses the next hop: relayhost, or a pool of next hops. Whoever names gateways for all mail to the
// outside means these, and the lanes would come before them, and what comes after them would decide nothing.

import PostfixFiles
import Routing

extension MailConfig {
  /// Where all mail to the outside takes lanes, if the next hop is decided after them.
  var lanesInFront: PoolSpot? {
    let spot = outboundSpot(true)
    let relayhost = parameters.text(.relayhost)
    func isInFront(_ result: String, _ isLane: (String) -> Bool) -> Bool {
      let destination = Destination(SourcedText(builtIn: result))
      let hop = destination.nextHop.text
      return isLane(destination.transport.text) && (hop.isEmpty || hop == relayhost)
    }
    guard spot.place == .parameter(.defaultTransport) else { return nil }
    if let single = spot.single {
      // A transport that a person chose for all mail stays, and so does one lane that leaves the next hop to others.
      let isPinned = !Destination(single).nextHop.isEmpty && !relayhost.isEmpty
      return isPinned && isInFront(single.text, isOwnLane) ? spot : nil
    }
    guard spot.sites.count == 1, let site = spot.sites.first, !site.isInDatabase else { return nil }
    let results = (site.content.choices + site.content.drained).map(\.result)
    return !results.isEmpty && results.allSatisfy { isInFront($0, sendsFromOwnAddress) } ? spot : nil
  }

  /// Whether a service of smtp(8) has an address of its own to send from, whoever has written it.
  private func sendsFromOwnAddress(_ name: String) -> Bool {
    guard let service = master?.transport(name), service.client == .smtp else { return false }
    return service.overrides.contains { ["smtp_bind_address", "smtp_bind_address6"].contains($0.name) }
  }

  /// Without the lanes in front, where `wish` names gateways for all mail to the outside: then what comes after them decides.
  func takingLanesAway(for wish: PoolWish) throws(EditError) -> (config: MailConfig, notes: [String])? {
    guard wish.scope == .outbound, let lanes = lanesInFront else { return nil }
    let bare = try removingDecision(at: lanes)
    let areHops = wish.members.allSatisfy { member in
      if case .text(let text) = member.goal { bare.hopBehindLanes(text) != nil } else { false }
    }
    guard areHops else { return nil }
    let transports = lanes.transports.sorted().joined(separator: ", ")
    return (
      bare, ["the lanes in front of it go (\(transports)): this mail leaves from the usual address again"]
    )
  }

  /// The next hop that a text names, alone or with the transport that mail takes without lanes; nil of any other text.
  fileprivate func hopBehindLanes(_ text: String) -> String? {
    guard namesDestination(text) else { return laneAddress(text) == nil ? text : nil }
    let destination = Destination(SourcedText(builtIn: text))
    guard destination.transport.text == "smtp", !destination.nextHop.isEmpty else { return nil }
    return destination.nextHop.text
  }

  /// The pools that a person names for an edit of one member.
  package func poolsNamed(_ name: String, for member: String) throws(EditError) -> [Pool] {
    if let behind = try poolBehindLanes(name, member, isNew: false) { return [behind.pool] }
    return try poolsNamed(name)
  }

  /// The pool of next hops that an edit of all mail to the outside means where lanes are in front of it, and the member as it
  /// is written there; nil where the edit means the lanes.
  func poolBehindLanes(_ scope: String, _ member: String, isNew: Bool) throws(EditError) -> (
    pool: Pool, member: String
  )? {
    guard scope == "\(Scope.outbound)", let lanes = lanesInFront, let hop = hopBehindLanes(member),
      let front = lanes.sites.first.flatMap({ pool($0.id) }),
      front.members(matching: member, in: self).isEmpty
    else { return nil }
    if let site = wholeTable(.senderRelayhostMaps), let pool = pool(site.id) { return (pool, hop) }
    guard isNew else { return nil }
    let relayhost = parameters.text(.relayhost)
    let wanted = [relayhost, hop].filter { !$0.isEmpty }.map(\.asArgument).joined(separator: " ")
    throw .cannotPool(
      scope,
      reason:
        "its members are lanes, and \(hop) would be a way past them: randmap pool outbound \(wanted) takes the lanes away, and after that randmap pool outbound with the lanes puts them in front again"
    )
  }
}
