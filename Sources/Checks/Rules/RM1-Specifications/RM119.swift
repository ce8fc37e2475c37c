// RM119: Two random choices multiply

import PostfixFiles

extension Rule {
  static let rm119 = Rule(
    "RM119", .info, "Two random choices multiply",
    why: """
      A pool of transports and a pool of next hops are chosen from independently: each transport is
      combined with each next hop, with the product of their shares.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:, relay:}
        sender_dependent_relayhost_maps = randmap:«{[gw1.example], [gw2.example]}»
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_relayhost_maps = randmap:{[gw1.example], [gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .directory { subject in
      guard let lanes = subject.firstPool(.senderTransportMaps),
        let hops = subject.firstPool(.senderRelayhostMaps),
        lanes.results.contains(where: { Destination(SourcedText(builtIn: $0)).nextHop.isEmpty })
      else { return [] }
      return [
        Finding(
          hops.text, else: subject.place(of: .senderRelayhostMaps),
          "chosen independently of the pool in sender_dependent_default_transport_maps: each transport is combined with each next hop; "
            + "need transport:nexthop in one pool if they belong together")
      ].compactMap { $0 }
    })
}
