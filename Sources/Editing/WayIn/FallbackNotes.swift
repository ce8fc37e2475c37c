// What a person has to know of the mail of a dead gateway: that no other one takes it, or that one does which is not of its pool.

import Gateways
import PostfixFiles
import Routing
import System

extension MailConfig {
  /// The share of a pool that waits while one of its gateways is dead, and why; nil where another gateway takes that mail.
  func noteOnFallback(of pool: Pool) -> String? {
    let active = pool.members.filter { !$0.isDrained }
    func isBare(_ member: Member) -> Bool {
      member.gateways.count == 1 && pool.safetyNet(of: member).isEmpty
    }
    guard active.count > 1, let bare = active.first(where: isBare) else { return nil }
    // Lanes to one gateway die with it all at once.
    let dead = active.filter { $0.gateways == bare.gateways && isBare($0) }
    let name = dead.count > 1 ? bare.nextHops.first ?? bare.result : bare.result
    let words =
      "\(pool.id) has no fallback: while \(name) is dead, \(percent(dead.map(pool.share).reduce(0, +))) of its mail waits"
    if dead.count == active.count { return words }
    if environment.version < .nextHopLists {
      return "\(words); Postfix \(environment.version) has no next-hop lists"
    }
    return Set(active.map(\.transport)).count > 1
      ? "\(words); only gateways of one transport follow each other" : words
  }

  /// Where the mail of a pool goes that is for less than all mail, when its gateways do not answer: smtp_fallback_relay is that of
  /// all mail.
  func noteOnOthersFallback(of pool: Pool) -> String? {
    let own = Set(pool.members.flatMap(\.gateways))
    guard
      let member = pool.members.first(where: { member in
        !member.isDrained && member.fallback.contains { !own.contains($0) }
      })
    else { return nil }
    let parameter = (member.transport.flatMap(gatewayTransport)?.approach.mailProtocol ?? .smtp).fallbackRelay
    let hops = member.fallback.filter { !own.contains($0) }.map(\.description)
    return
      "where none of these gateways answers, this mail goes to \(hops.joined(separator: " or ")): \(parameter) is for all mail"
  }
}
