// RM608: The fallback relay is a member of the pool

import PostfixFiles

extension Rule {
  static let rm608 = Rule(
    "RM608", .warning, "The fallback relay is a member of the pool",
    why: """
      When this gateway is dead, its share falls back to itself: it has no fallback.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], «smtp:[gw2.example]»}
        smtp_fallback_relay = [gw2.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .pool { view in
      // A drain takes members out of the pool's own list too: the last one has only itself there until they are back.
      if view.pool.net != nil, view.active.count == 1, view.pool.members.contains(where: \.isDrained) {
        return []
      }
      let alone = view.active.first { member in
        let net = view.pool.safetyNet(of: member)
        guard member.gateways.count == 1, let own = member.gateways.first, !net.isEmpty else { return false }
        return net.allSatisfy { $0 == own }
      }
      guard let alone else { return [] }
      return view.finding(
        alone, "its only fallback relay is this gateway itself; need a fallback relay that is another host")
    })
}
