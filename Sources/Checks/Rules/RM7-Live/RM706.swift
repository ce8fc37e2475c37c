// RM706: A gateway refuses this host in its greeting

import Gateways
import PostfixFiles
import Routing

extension Rule {
  static let rm706 = Rule(
    "RM706", .warning, "A gateway refuses this host in its greeting",
    why: """
      It is alive and does not talk to this host: too busy (4xx), or it refuses (5xx). Postfix tries the
      next address or gateway, and defers mail that has no other, with the default of
      smtp_skip_5xx_greeting for 5xx too.
      """,
    bad: Example(
      main: """
        relay_transport = «smtp:[gw1.example]»

        """,
      known: .of(.found(.busy(Reply(code: 421, text: "4.3.2 too many connections"))))),
    good: Example(
      main: """
        relay_transport = smtp:[gw1.example]

        """,
      known: .of(.found(.answers))),
    check: .gateway { gateway in
      gateway.reason { finding in
        switch finding {
        case .busy, .refusedUs: true
        default: false
        }
      }.map {
        "\(gateway.name) \($0): mail that has no other gateway is deferred; need it to take mail from this host"
      }
    })
}
