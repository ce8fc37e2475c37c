// RM623: Nothing moves the share of a member as its plan says

import PostfixFiles
import Routing
import System

extension Rule {
  static let rm623 = Rule(
    "RM623", .warning, "Nothing moves the share of a member as its plan says",
    why: """
      The plan of this member (`ramp`) says another share for now than its weight gives, and it has said so for more than
      an hour. In a pool file the agent follows the plan by itself; everywhere else `randmap tick` has to move the
      weights. Call that from a timer (`systemctl enable --now randmap-tick.timer`), or end the plan with
      `randmap ramp MEMBER --cancel`.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw3.example]}
        «# randmap: ramp smtp:[gw3.example] from=50% to=75% start=2020-11-28T18:00Z over=4w steps=daily»
        smtp_fallback_relay = [gw4.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw3.example]}
        # randmap: ramp smtp:[gw3.example] from=50% to=75% start=2126-11-28T18:00Z over=4w steps=daily
        smtp_fallback_relay = [gw4.example]

        """),
    check: .directory { subject in
      let now = subject.config.environment.clock()
      var plans = PoolComments(ordinal: \.pool, read: subject.config.rampItems)
      return subject.pools.eachTextOnce.flatMap { pool -> [Finding] in
        let late = Dictionary(
          pool.members.filter { $0.isBehindItsPlan(pool.share($0), at: now) }.map {
            ($0.result, pool.share($0))
          },
          uniquingKeysWith: { first, _ in first })
        guard !late.isEmpty else { return [] }
        return plans.items(of: pool).filter { late[$0.result] != nil }
          .map { item in
            let share = late[item.result] ?? 0
            return Finding(
              item.line,
              "\(excerpt(item.result)) gets \(Ramp.percent(share)), and its plan says \(Ramp.percent(item.ramp.share(at: now))); need `randmap tick`, or the plan ended"
            )
          }
      }
    })
}

extension Member {
  /// Whether its share is neither what its plan says nor what that said an hour ago, by more than weights allow for.
  fileprivate func isBehindItsPlan(_ share: Double, at now: Int) -> Bool {
    guard let ramp, ramp.pause == nil, !isDrained else { return false }
    return [now, now - 3_600].allSatisfy { time in
      let planned = ramp.share(at: time)
      return abs(share - planned) > max(0.01, planned / 5)
    }
  }
}
