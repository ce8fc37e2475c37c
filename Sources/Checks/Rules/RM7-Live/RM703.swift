// RM703: A gateway is down, and its share has no fallback

import PostfixFiles
import Routing

extension Rule {
  static let rm703 = Rule(
    "RM703", .error, "A gateway is down, and its share has no fallback",
    why: """
      The last probe could not reach the gateway, or the gateway refuses this host. Its share of the mail
      is deferred until it answers or is drained; it is bounced where the name does not resolve or the
      mail would loop.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{«smtp:[gw1.example]», smtp:[gw2.example]}

        """,
      known: .of(.found(.connectionRefused), .up), companions: ["RM301"]),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """,
      known: .of(.found(.connectionRefused), .up)),
    check: .live { subject in
      let setting = PoolSetting(subject)
      return subject.soundPools.flatMap { pool -> [Finding] in
        guard pool.hasLiveMember(subject.states) else { return [] }
        let view = PoolView(pool: pool, in: setting)
        return pool.uncovered(subject.states).flatMap { member in
          let percent = Int((pool.share(member) * 100).rounded())
          let known = member.gateways.compactMap { subject.known[$0] }
          let reason = known.first.map { $0.reason.isEmpty ? "" : " (\($0.reason))" } ?? ""
          // A fallback relay is always tried again.
          let isFinal =
            member.fallback.isEmpty && known.count == member.gateways.count
            && known.allSatisfy(\.isFinal)
          return view.finding(
            member,
            "this gateway is down\(reason): \(percent)% of the pool's mail is \(isFinal ? "bounced" : "deferred"); "
              + "drain it, or add a fallback")
        }
      }
    })
}
