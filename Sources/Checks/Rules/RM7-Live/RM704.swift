// RM704: No gateway of a pool is alive

import PostfixFiles
import Routing

extension Rule {
  static let rm704 = Rule(
    "RM704", .error, "No gateway of a pool is alive",
    why: """
      The last probe reached none of them. All mail of the pool is deferred.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{«smtp:[gw1.example]», smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """,
      known: .of(.down, .refused)),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """,
      known: .of(.down, .up)),
    check: .live { subject in
      let setting = PoolSetting(subject)
      return subject.soundPools.flatMap { pool -> [Finding] in
        let view = PoolView(pool: pool, in: setting)
        guard !view.active.isEmpty, !pool.hasLiveMember(subject.states) else { return [] }
        return view.finding("no gateway of this pool is alive; need one that takes mail")
      }
    })
}
