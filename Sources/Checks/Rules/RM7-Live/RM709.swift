// RM709: A gateway takes smaller messages than this host

import PostfixFiles
import Routing

extension Rule {
  static let rm709 = Rule(
    "RM709", .warning, "A gateway takes smaller messages than this host",
    why: """
      This host accepts a message between the gateway's SIZE and message_size_limit from the sender and
      then bounces it (5.3.4): smtp(8) compares before it sends, and tries no other gateway.
      """,
    bad: Example(
      main: """
        relay_transport = «smtp:[gw1.example]»

        """,
      known: .of(.found(.sizeTooSmall(offered: 5_000_000, limit: 10_240_000)))),
    good: Example(
      main: """
        message_size_limit = 5000000
        relay_transport = smtp:[gw1.example]

        """,
      known: .of(.found(.answers))),
    check: .gateway { gateway in
      gateway.reason { if case .sizeTooSmall = $0 { true } else { false } }
        .map { "\(gateway.name) \($0): larger messages are bounced; need equal limits" }
    })
}
