// RM301: A pool has no fallback

import PostfixFiles
import Routing

extension Rule {
  static let rm301 = Rule(
    "RM301", .warning, "A pool has no fallback",
    why: """
      When a gateway is dead, its share of the mail is deferred, and each retry chooses again. With a list
      as the result, smtp_fallback_relay, or the agent randmap(8), another gateway takes the mail at once.
      For lmtp(8) it is lmtp_fallback_relay (Postfix 3.1 and later), which takes hosts without brackets,
      and nothing of the kind for a local socket (unix:).
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{«smtp:[gw1.example]», smtp:[gw2.example]}

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .directory { subject in
      let inUnions = subject.poolsInUnions
      let setting = PoolSetting(subject)
      return subject.soundPools.compactMap { pool in
        let active = pool.members.filter { !$0.isDrained }
        guard active.count > 1,
          let bare = active.first(where: { $0.gateways.count == 1 && pool.safetyNet(of: $0).isEmpty }),
          let place = pool.text.text.span(), !inUnions.contains(place)
        else { return nil }
        // Lanes to one gateway die with it all at once.
        let dead = active.filter { $0.gateways == bare.gateways && pool.safetyNet(of: $0).isEmpty }
        let percent = Int((dead.map(pool.share).reduce(0, +) * 100).rounded())
        return PoolView(pool: pool, in: setting).finding(
          bare,
          "when this gateway is dead, \(percent)% of the mail is deferred; \(remedy(for: bare, in: subject.config))"
        ).first
      }
    })
}

/// What gives the mail of a member another way.
private func remedy(for member: Member, in config: MailConfig) -> String {
  if case .unix? = member.gateways.first {
    return
      "lmtp(8) has no fallback for a local socket; need a host and a port in its place, or the agent randmap(8)"
  }
  let client = member.transport.flatMap { config.gatewayTransport($0)?.approach.mailProtocol } ?? .smtp
  let line =
    switch client {
    case .smtp: "\(client.fallbackRelay) = [gw9.example]:587"
    case .lmtp: "\(client.fallbackRelay) = gw9.example:24"
    }
  return "need a line such as \"\(line)\" in main.cf, or a next-hop list"
}
