// RM621: The time of a drain is over, and it still holds

import PostfixFiles
import Routing

extension Rule {
  static let rm621 = Rule(
    "RM621", .warning, "The time of a drain is over, and it still holds",
    why: """
      The drain of this member has ended, and the member still gets no mail. In a pool file the agent gives it mail
      again by itself; everywhere else `randmap tick` has to write it back. Call that from a timer
      (`systemctl enable --now randmap-tick.timer`), or restore the member.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw3.example]}
        «# randmap: drained smtp:[gw2.example] x2 until=2020-11-28T18:00Z»
        smtp_fallback_relay = [gw4.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw3.example]}
        # randmap: drained smtp:[gw2.example] x2 until=2126-11-28T18:00Z
        smtp_fallback_relay = [gw4.example]

        """),
    check: .directory { subject in
      let now = subject.config.environment.clock()
      var drains = PoolComments(ordinal: \.pool, read: subject.config.drainedItems)
      return subject.pools.eachTextOnce.flatMap { pool -> [Finding] in
        guard pool.members.contains(where: { $0.drain?.hasEnded(at: now) == true }) else { return [] }
        return drains.items(of: pool).filter { $0.drain.hasEnded(at: now) }
          .map { item in
            let end = item.drain.until.map(WrittenTime.shortUTC) ?? ""
            return Finding(
              item.line,
              "\(excerpt(item.result)) is still drained, and its drain ended at \(end); need `randmap tick`, or a restore"
            )
          }
      }
    })
}
