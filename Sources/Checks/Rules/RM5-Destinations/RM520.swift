// RM520: The connection cache changes the weights of SRV records

import PostfixFiles

extension Rule {
  static let rm520 = Rule(
    "RM520", .warning, "The connection cache changes the weights of SRV records",
    why: """
      When mail waits, smtp(8) keeps connections open and takes the first free one of the next hop, whichever of its hosts
      that is: the weights of the SRV records do not hold any more, and a fast host gets more than its share. It does
      so without TLS; with TLS only where smtp_tls_connection_reuse = yes. Give the transport
      -o smtp_connection_cache_on_demand=no.
      """,
    bad: Example(
      main: """
        use_srv_lookup = submission
        relayhost = «pool.example:submission», [gw1.example]:587

        """, version: PostfixVersion(3, 10), companions: ["RM516"]),
    good: Example(
      main: """
        use_srv_lookup = submission
        smtp_connection_cache_on_demand = no
        relayhost = pool.example:submission, [gw1.example]:587

        """, version: PostfixVersion(3, 10), companions: ["RM516"]),
    check: .resultInDirectory { view in
      guard let mailProtocol = view.mailProtocol, let found = view.serviceItem,
        view.client.keepsConnections(mailProtocol)
      else { return nil }
      return Offence(
        found.item,
        "connections are kept and shared among the hosts of this name, so the weights do not hold; need "
          + "\"\(mailProtocol.rawValue)_connection_cache_on_demand = no\"")
    })
}
