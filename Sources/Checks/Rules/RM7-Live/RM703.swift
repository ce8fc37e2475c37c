// RM703: A gateway is down, and its share has no safety net

import PostfixFiles
import Routing

extension Rule {
  static let rm703 = Rule(
    "RM703", .error, "A gateway is down, and its share has no safety net",
    why: """
      The last probe did not get through to it. Its share of the mail is deferred until it answers or is
      drained.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{«smtp:[gw1.example]», smtp:[gw2.example]}

        """,
      states: [.host("gw1.example", port: 25): .down, .host("gw2.example", port: 25): .up],
      companions: ["RM301"]),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """,
      states: [.host("gw1.example", port: 25): .down, .host("gw2.example", port: 25): .up]),
    check: .live { subject in
      subject.soundPools.flatMap { pool -> [Finding] in
        guard pool.hasLiveMember(subject.states) else { return [] }
        let view = PoolView(pool: pool, subject: subject)
        return pool.uncovered(subject.states).flatMap { member in
          let percent = Int((pool.share(member) * 100).rounded())
          return view.finding(
            member,
            "this gateway is down: \(percent)% of the pool's mail is deferred; need it drained, or a safety net"
          )
        }
      }
    })
}
