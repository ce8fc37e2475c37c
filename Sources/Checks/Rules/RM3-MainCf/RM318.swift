// RM318: All members of a pool share the concurrency limit of one destination

import PostfixFiles
import Routing

extension Rule {
  static let rm318 = Rule(
    "RM318", .info, "All members of a pool share the concurrency limit of one destination",
    why: """
      To the queue manager, a pool that the agent randmap(8) delivers is one destination, with one limit
      for all its members together: default_destination_concurrency_limit, which is 20 by default. A limit
      of 20 for each member lets them work as they would on their own. The same is true of the number of
      deliveries at the start, after an idle time (initial_destination_concurrency, 5). (postconf(1) calls
      both parameters unused, because it looks for transports in master.cf only; the queue manager uses
      them.)
      """,
    bad: Example(
      main: """
        # randmap: agent
        default_transport = randmap:«!smtp:[gw1.example]!smtp:[gw2.example]!smtp:[gw3.example]»

        """),
    good: Example(
      main: """
        # randmap: agent
        default_transport = randmap:!smtp:[gw1.example]!smtp:[gw2.example]!smtp:[gw3.example]
        randmap_destination_concurrency_limit = 60
        randmap_initial_destination_concurrency = 15

        """),
    check: .directory { subject in
      guard subject.usesAgent, !subject.parameters.isSet(SharedLimit.concurrency.rawValue),
        let pool = subject.largestAgentPool
      else { return [] }
      let transports = pool.members.filter { !$0.isDrained }.map { $0.transport ?? "smtp" }
      let count = transports.count
      let limit = Int(subject.parameters.text("default_destination_concurrency_limit")) ?? 0
      let totals = SharedLimit.allCases.map { ($0, $0.total(of: transports, in: subject.parameters)) }
      // A limit of 0 means no limit.
      guard count > 1, limit > 0, totals[0].1 == 0 || limit < totals[0].1,
        let place = pool.text.text.trimmed().span() ?? pool.start
      else {
        return []
      }
      return [
        Finding(
          place,
          "its \(count) members share a limit of \(limit) deliveries at once; "
            + "need \(totals.map { $0.0.setting($0.1) }.joined(separator: " and "))")
      ]
    })
}

extension Subject {
  /// Of the pools that the agent delivers by, the one with the most members.
  fileprivate var largestAgentPool: Pool? {
    agentPools.max { left, right in
      left.members.count { !$0.isDrained } < right.members.count { !$0.isDrained }
    }
  }
}
