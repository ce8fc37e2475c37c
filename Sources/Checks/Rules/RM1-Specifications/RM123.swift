// RM123: A pool needs the agent, and the agent is not running

import PostfixFiles
import Routing

extension Rule {
  static let rm123 = Rule(
    "RM123", .error, "A pool needs the agent, and the agent is not running",
    why: """
      The pool is written for the agent randmap(8), and Postfix runs with this configuration here. No
      program listens on the socket that the queue manager connects to: mail transport unavailable, and
      the mail waits. You can start the agent before a pool names it: it has nothing to do then.
      """,
    bad: Example(
      main: """
        # randmap: agent
        default_transport = randmap:«!smtp:[gw1.example]!smtp:[gw2.example]»
        randmap_destination_concurrency_limit = 40

        """,
      surroundings: Surroundings(desertedAgentSocket: "/var/spool/postfix/private/randmap")),
    good: Example(
      main: """
        # randmap: agent
        default_transport = randmap:!smtp:[gw1.example]!smtp:[gw2.example]
        randmap_destination_concurrency_limit = 40

        """,
      surroundings: Surroundings()),
    check: .surrounded { subject, surroundings in
      guard let socket = surroundings.desertedAgentSocket, let pool = subject.agentPools.first,
        let place = pool.text.text.trimmed().span() ?? pool.start
      else { return [] }
      return [
        Finding(
          place,
          "no agent answers at \(printable(socket)), so the mail of the agent's pools waits; need a running agent (randmap agent)"
        )
      ]
    })
}
