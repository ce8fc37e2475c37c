// RM516: DNS decides where this next hop leads

import PostfixFiles

extension Rule {
  static let rm516 = Rule(
    "RM516", .info, "DNS decides where this next hop leads",
    why: """
      use_srv_lookup contains the service of this next hop, so its SRV records decide about the hosts,
      their ports and weights. randmap does not read them yet: the pools, weights and states that it shows
      do not include these hosts.
      """,
    bad: Example(
      main: """
        use_srv_lookup = submission
        smtp_tls_security_level = encrypt
        relayhost = «pool.example:submission», [gw1.example]:587

        """, version: PostfixVersion(3, 10)),
    good: Example(
      main: """
        relayhost = [gw1.example]:587

        """, version: PostfixVersion(3, 10)),
    check: .resultInDirectory { view in
      guard let found = view.serviceItem else { return nil }
      return Offence(
        found.item,
        "the SRV records of _\(printable(found.service))._tcp.\(printable(found.name)) decide which hosts get this mail, and "
          + "with which weights; randmap does not read them yet")
    })
}
