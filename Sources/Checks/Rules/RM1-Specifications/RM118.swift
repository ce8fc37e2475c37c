// RM118: A pool has only one member

import PostfixFiles

extension Rule {
  static let rm118 = Rule(
    "RM118", .info, "A pool has only one member",
    why: """
      There is nothing to choose from.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{«smtp:[gw1.example]», smtp:[gw1.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .pool { view in
      guard view.pool.members.count == 1, let only = view.active.first else { return [] }
      return view.finding(only, "the pool has this member only; need a second gateway, or no pool")
    })
}
