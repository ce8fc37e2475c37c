// RM602: A pool mixes hosts in brackets and domains

import PostfixFiles

extension Rule {
  static let rm602 = Rule(
    "RM602", .warning, "A pool mixes hosts in brackets and domains",
    why: """
      Postfix looks for MX records of a name without brackets, which may lead to several hosts; a name in
      brackets is the host itself. A mixture in one pool is rarely intended.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], «smtp:gw2.example»}
        smtp_fallback_relay = [gw3.example]

        """,
      companions: ["RM506"]),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .pool { view in
      let firsts = view.active.filter { $0.gateways.count == 1 }
      let hasHosts = firsts.contains { if case .host? = $0.gateways.first { true } else { false } }
      let domain = firsts.first { if case .mx? = $0.gateways.first { true } else { false } }
      guard hasHosts, let domain else { return [] }
      return view.finding(
        domain, "looked up for MX records, unlike the other members; need brackets around all hosts or none")
    })
}
