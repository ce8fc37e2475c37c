// RM519: A next hop from SRV records has no gateway after it

import PostfixFiles

extension Rule {
  static let rm519 = Rule(
    "RM519", .warning, "A next hop from SRV records has no gateway after it",
    why: """
      Where the SRV records are missing, or are ".", the mail bounces with a permanent error (from relayhost it waits). A
      literal gateway after it takes the mail then: pool.example:submission, [gw1.example]:587.
      """,
    bad: Example(
      main: """
        use_srv_lookup = submission
        smtp_tls_security_level = encrypt
        relayhost = «pool.example:submission»

        """, version: PostfixVersion(3, 10), companions: ["RM516"]),
    good: Example(
      main: """
        use_srv_lookup = submission
        smtp_tls_security_level = encrypt
        relayhost = pool.example:submission, [gw1.example]:587

        """, version: PostfixVersion(3, 10), companions: ["RM516"]),
    check: .resultInDirectory { view in
      guard let found = view.serviceItem, found.isLast, !view.client.lookup.fallsBack else { return nil }
      let name = (view.mailProtocol ?? .smtp).fallbackRelay
      guard view.client.seen.text(name).isEmpty else { return nil }
      let fate = view.place == .parameter(.relayhost) ? "waits" : "bounces"
      return Offence(
        found.item,
        "without SRV records the mail \(fate); need a gateway after it: \"\(excerpt(found.item.bytes)), [gw1.example]:587\""
      )
    })
}
