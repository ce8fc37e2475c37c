// RM604: One member takes nearly all of the pool

import PostfixFiles

extension Rule {
  static let rm604 = Rule(
    "RM604", .info, "One member takes nearly all of the pool",
    why: """
      More than four fifths of the mail go to one gateway. When it fails, the others get five times
      their load at once.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{«smtp:[gw1.example]», smtp:[gw1.example], smtp:[gw1.example], smtp:[gw1.example], smtp:[gw1.example], smtp:[gw1.example], smtp:[gw1.example], smtp:[gw1.example], smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .pool { view in
      guard view.active.count > 1, let most = view.active.first(where: { view.pool.share($0) > 0.8 }) else {
        return []
      }
      return view.finding(
        most,
        "it gets \(Int((view.pool.share(most) * 100).rounded()))% of the pool; can the others carry that when it fails?"
      )
    })
}
