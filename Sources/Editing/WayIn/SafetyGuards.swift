// Mail that would leave with less than it has: without a login, or less protected by TLS. Each edit of pools and routes asks the same
// question. undo does not: it gives back what was there.

import Gateways
import PostfixFiles
import Routing

/// Where some mail goes today, and where it would go.
struct MovedMail {
  let before: [ClientHop]
  let after: [ClientHop]
  /// The addresses, and `@domain`s, that it is from; empty where it is from all senders.
  var senders: [String] = []
  /// The domain that it is for, where it is known: the servers of that are no gateways.
  var domain: String?
  /// Of relay domains and mailbox domains: where other mail of the class goes today.
  var ofClass: [ClientHop] = []
}

/// Asks about gateways that would get mail with less than it has.
///
/// The rule, for a login and for TLS alike. What a gateway gets is what its client does for it, so a gateway is a transport with a
/// next hop, and the options of the transport count as much as the tables.
///
/// 1. The mail counts, and nothing else in the directory: where it goes today, and who shares it after the edit.
/// 2. A gateway that has this mail today is not asked about, unless its client does less than before.
/// 3. A pool in which some members have a login and some have none is a mistake: those without are asked about.
/// 4. Mail that has a login today and would have none is asked about. That is so for a domain without an entry too, whose mail
///    goes by the relayhost today: its new gateway may know us by our address, and only a person knows that.
/// 5. A pool in which no member has a login, for mail that has none today, is a choice, and nobody is asked.
/// 6. Relay domains and mailbox domains have servers inside. Where a member of the pool has mail of the class today without a login,
///    that is how this class is delivered: 4 does not hold.
/// 7. The servers of the recipient's own domain take no login. Of TLS they are asked about.
///
/// Of TLS the same holds for each step from clear text to encryption, and from that to a certificate that is checked.
struct SafetyGuards {
  private let old: GatewayLines
  private let new: GatewayLines

  init(from before: MailConfig, to after: MailConfig, _ context: RouteContext) {
    old = GatewayLines(before, context)
    new = GatewayLines(after, context)
  }

  /// Whether the answer depends on who sends the mail: some client of it logs in by the sender.
  func asksForSenders(of mail: MovedMail) -> Bool {
    mail.after.contains { new.asksForSender($0.transport) }
      || mail.before.contains { old.asksForSender($0.transport) }
  }

  func questions(on mail: MovedMail) -> [EditGuard] {
    let known = Set(mail.before)
    var clients: [String: Bool] = [:]
    func isAsBefore(_ transport: String) -> Bool {
      if let known = clients[transport] { return known }
      let isSame = new.isSame(transport, as: old)
      clients[transport] = isSame
      return isSame
    }
    var seen: Set<ClientHop> = []
    let added = mail.after.filter { hop in
      (!known.contains(hop) || !isAsBefore(hop.transport)) && seen.insert(hop).inserted
    }
    if added.isEmpty { return [] }
    let members = Set(mail.after)
    let inside = mail.ofClass.filter { members.contains($0) }
    return questionsOnLogins(of: added, mail, inside) + questionsOnTLS(of: added, mail, inside)
  }

  // MARK: Logins

  /// - Parameter inside: the members that have mail of the same class today.
  private func questionsOnLogins(of added: [ClientHop], _ mail: MovedMail, _ inside: [ClientHop])
    -> [EditGuard]
  {
    let names = Set((added + mail.before + mail.after).map(\.transport))
    let (oldSpared, newSpared) = (
      old.spared(names, from: mail.senders), new.spared(names, from: mail.senders)
    )
    let lacking = added.filter { hop in
      hop.nextHop != mail.domain && !newSpared.contains(hop.transport)
        && new.safety(hop)?.login.isMissing ?? false
    }
    guard !lacking.isEmpty else { return [] }
    func first(_ hops: [ClientHop], _ lines: GatewayLines, _ spared: Set<String>) -> ClientHop? {
      hops.first { spared.contains($0.transport) || lines.safety($0)?.login.isMeant ?? false }
    }
    let isHowClassGoes = inside.contains { old.safety($0)?.login.isMissing ?? false }
    guard
      let other = first(mail.after, new, newSpared)
        ?? (isHowClassGoes ? nil : first(mail.before, old, oldSpared))
    else { return [] }
    let isBySender = newSpared.contains(other.transport) || oldSpared.contains(other.transport)
    return new.missingLogins(lacking, like: other, isBySender: isBySender).map {
      .missingCredentials(hop: $0.gateway.nextHop, transport: $0.gateway.transport, words: $0.words)
    }
  }

  // MARK: TLS

  private typealias Protected = (hop: ClientHop, policy: TLSPolicy)

  private func questionsOnTLS(of added: [ClientHop], _ mail: MovedMail, _ inside: [ClientHop]) -> [EditGuard]
  {
    let weak = protected(added, new).filter { $0.policy.protection < .checked }
    guard !weak.isEmpty else { return [] }
    let (peer, former) = (strictest(mail.after, new), strictest(mail.before, old))
    let ofClass = protected(inside, old).map(\.policy.protection).min()
    let asked = weak.compactMap { one -> (weak: Protected, strict: Protected)? in
      let isHowClassGoes = ofClass.map { $0 <= one.policy.protection } ?? false
      let others = [peer, isHowClassGoes ? nil : former].compactMap(\.self)
      return others.first { $0.policy.protection > one.policy.protection }.map { (one, $0) }
    }
    guard !asked.isEmpty else { return [] }
    return asked.map { weak, strict in
      let isDirect = weak.hop.nextHop == mail.domain
      let line = isDirect ? nil : new.missingPolicies([weak.hop], like: [strict.hop]).first?.words
      let words = line.map { "\($0); mail for it \(Self.words(weak, strict))" }
      return .missingPolicy(
        hop: weak.hop.nextHop, transport: weak.hop.transport,
        words: words ?? printable(self.words(weak, strict, mail)))
    }
  }

  private func protected(_ hops: [ClientHop], _ lines: GatewayLines) -> [Protected] {
    hops.compactMap { hop in lines.safety(hop)?.tls.map { (hop, $0) } }
  }

  /// The first of those that nothing is stricter than.
  private func strictest(_ hops: [ClientHop], _ lines: GatewayLines) -> Protected? {
    var found: Protected?
    for hop in hops {
      guard let policy = lines.safety(hop)?.tls,
        found.map({ $0.policy.protection < policy.protection }) ?? true
      else { continue }
      found = (hop, policy)
      if policy.protection == .checked { break }
    }
    return found
  }

  /// What the one gateway gets and the other does not.
  private static func words(_ weak: Protected, _ strict: Protected) -> String {
    let other = GatewayLines.name(strict.hop, beside: weak.hop)
    let level = strict.policy.isMandatoryByLevel ? strict.policy.level.rawValue : "TLS from the first byte"
    return weak.policy.protection == .mayBeClear
      ? "may leave in clear text, and for \(other) it never does (\(level))"
      : "leaves without a check of the certificate, and for \(other) that is checked (\(level))"
  }

  /// The same where no line of a table makes the difference.
  private func words(_ weak: Protected, _ strict: Protected, _ mail: MovedMail) -> String {
    let hop = weak.hop
    let isDirect = hop.nextHop == mail.domain
    let name = isDirect ? "the servers of the recipient's domain" : GatewayLines.name(hop, beside: strict.hop)
    let reason =
      new.safety(hop)?.hasPolicy ?? false
      ? "the line for it in the TLS policies says \(weak.policy.level.rawValue)"
      : "the TLS level of \(hop.transport) is \(weak.policy.level.rawValue)"
    return "mail for \(name) \(Self.words(weak, strict)): \(reason)"
      + (isDirect ? "" : new.advice(on: hop, like: strict.hop))
  }
}

extension TLSPolicy {
  /// Whether the level alone makes it so.
  fileprivate var isMandatoryByLevel: Bool { TLSPolicy(level).isMandatory }
}
