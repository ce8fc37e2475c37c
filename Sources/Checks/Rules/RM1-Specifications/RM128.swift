// RM128: A member of a pool is a pool

import PostfixFiles
import Routing

extension Rule {
  static let rm128 = Rule(
    "RM128", .error, "A member of a pool is a pool",
    why: """
      The agent randmap(8) gives a message to the transport of one member. A member "randmap:..." would
      give it to the agent again, in the worst case in a loop, so the agent leaves this member out: it
      gets no mail. If no other member is left, the mail of the pool waits. Write the members of the inner
      pool in its place, or name that pool alone: "default_transport = randmap:my_pool".
      """,
    bad: Example(
      main: """
        # randmap: agent
        my_pool = !smtp:[gw1.example]!smtp:[gw2.example]
        default_transport = randmap:!«randmap:my_pool»
        randmap_destination_concurrency_limit = 40

        """),
    good: Example(
      main: """
        # randmap: agent
        my_pool = !smtp:[gw1.example]!smtp:[gw2.example]
        default_transport = randmap:my_pool
        randmap_destination_concurrency_limit = 40

        """),
    check: .result { view in
      guard view.usesAgent, case .member(let place) = view.place, let pool = view.pool, pool.transport == nil
      else { return nil }
      // A pool of stock Postfix is an item of a parameter: RM107 speaks of that.
      if case .item = place { return nil }
      return Offence(
        view.text,
        "the agent leaves out a member that is a pool itself: it gets no mail; write its members here instead"
      )
    })
}
