// What the gateways of a plan get that the mail has today: a login, TLS; and the transport that has it.

import PostfixFiles
import Routing

extension PoolProof {
  /// A share of the mail without a login or TLS that the rest of it has, or that the mail has today (`SafetyGuards`).
  func guardsOfGateways(_ resolver: Resolver, _ notes: inout [String]) -> [EditGuard] {
    let meant = meant
    // Lanes leave their next hop to others, and relays the transport.
    let found = hops(of: meant, by: resolver)
    let carriers = content.kind == .nextHop ? Set(found.map(\.transport)) : []
    let wanted = hops(of: content.choices.map(\.result), kind: content.kind).flatMap { hop in
      carriers.isEmpty ? [hop] : carriers.sorted().map { ClientHop(transport: $0, nextHop: hop.nextHop) }
    }
    let today = Resolver(before, context: machine.context)
    let answered = self.hops(of: meant, by: today)
    // A key such as "*" has no message that shows it.
    let known =
      answered.isEmpty
      ? self.hops(of: spot.sites.flatMap { $0.content.choices.map(\.result) }, kind: spot.kind)
        + self.hops(of: [spot.single?.text].compactMap(\.self), kind: spot.kind) : answered
    // All keys of a pool that is named.
    let isNamed = if case .named = wish.scope { true } else { false }
    let guards = SafetyGuards(from: before, to: after, machine.context).questions(
      on: MovedMail(
        before: known, after: wanted + found, senders: spot.senders(ofPool: isNamed),
        domain: meant.first?.0.split(separator: "@").last.map(String.init),
        ofClass: scope.domainClass.map { MailOfClasses(before, machine.context).hops(of: $0) } ?? []))
    let lines = GatewayLines(after, machine.context)
    let old = Set(known)
    notes += lines.notes(on: wanted.filter { !old.contains($0) })
    let asked = Set(
      guards.compactMap {
        if case .missingPolicy(let hop, let transport, _) = $0 {
          ClientHop(transport: transport, nextHop: hop)
        } else {
          nil
        }
      })
    notes += lines.missingPolicies(wanted, like: known)
      .filter { !asked.contains($0.gateway) }.map(\.words)
    return guards
  }

  private func hops(of mail: [(String, String)], by resolver: Resolver) -> [ClientHop] {
    mail.flatMap { recipient, sender in resolver.route(recipient, from: sender).hopsByShare }
  }

  /// How much of the mail that is meant goes by each transport today.
  var transportsToday: [String: Double] {
    let resolver = Resolver(before, context: machine.context)
    var shares: [String: Double] = [:]
    for (recipient, sender) in meant {
      for (hop, share) in resolver.route(recipient, from: sender).firstHops {
        shares[hop.transport, default: 0] += share
      }
    }
    return shares
  }

  private func hops(of results: [String], kind: ResultKind) -> [ClientHop] {
    results.flatMap { result in
      let list = NextHopList(result, kind: kind)
      let transport = list.transport.isEmpty ? spot.transport : String(list.transport.dropLast())
      return list.hops.map { ClientHop(transport: transport, nextHop: $0) }
    }
  }
}
