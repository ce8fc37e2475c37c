// RM705: Two members of a pool are one machine

import Gateways
import PostfixFiles
import Routing

extension Rule {
  static let rm705 = Rule(
    "RM705", .warning, "Two members of a pool are one machine",
    why: """
      Their names lead to one address. When that address fails, both fail: their weights add up, and two
      names make nothing safer. When a session that smtp(8) kept open to one of them fails, it leaves the
      other out too.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], «smtp:[gw2.example]»}
        smtp_fallback_relay = [gw3.example]

        """,
      known: .of(.found(.answers), .found(.answers))),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """,
      known: .of(.found(.answers), .found(.answers, at: "192.0.2.2"))),
    check: .probed { subject in
      let setting = PoolSetting(subject)
      return subject.soundPools.flatMap { pool -> [Finding] in
        let view = PoolView(pool: pool, in: setting)
        // Machines with several addresses share each of them.
        var said: Set<[Gateway]> = []
        return pool.sharedAddresses(subject.known).flatMap { shared -> [Finding] in
          guard said.insert(shared.gateways).inserted,
            let second = view.active.first(where: { $0.gateways.first == shared.gateways[1] })
          else { return [] }
          return view.finding(second, "\(printable(shared.words)); need an address for each")
        }
      }
    })
}
