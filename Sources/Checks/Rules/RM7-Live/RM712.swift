// RM712: A gateway greets late

import PostfixFiles
import Routing

extension Rule {
  static let rm712 = Rule(
    "RM712", .info, "A gateway greets late",
    why: """
      No mail is lost, but each new session waits that long. postscreen(8) delays its greeting for hosts
      that it does not know yet. The settings of --status define what counts as late (slow_after).
      """,
    bad: Example(
      main: """
        relay_transport = «smtp:[gw1.example]»

        """,
      known: .of(.found(.answers, remark: .slow(6000)))),
    good: Example(
      main: """
        relay_transport = smtp:[gw1.example]

        """,
      known: .of(.found(.answers))),
    check: .gateway { gateway in
      guard case .slow? = gateway.known.remark, let words = gateway.known.remark?.words else { return nil }
      return
        "\(gateway.name) is \(words); need this host in its postscreen_access_list, if that is postscreen(8)"
    })
}
