// RM710: A gateway answers with our own name

import PostfixFiles
import Routing

extension Rule {
  static let rm710 = Rule(
    "RM710", .error, "A gateway answers with our own name",
    why: """
      On port 25, smtp(8) takes a server that answers EHLO with $myhostname for itself: mail for it loops
      back to myself. Mail that has no other gateway is bounced (5.4.6); only mail for a relayhost or a
      fallback relay is deferred.
      """,
    bad: Example(
      main: """
        myhostname = mx1.example
        relay_transport = «smtp:[gw1.example]»

        """,
      known: .of(.found(.loopsBack("mx1.example")))),
    good: Example(
      main: """
        myhostname = mx1.example
        relay_transport = smtp:[gw1.example]

        """,
      known: .of(.found(.answers))),
    check: .gateway { gateway in
      gateway.reason { if case .loopsBack = $0 { true } else { false } }
        .map { "\(gateway.name) \($0); \(gateway.fate); need another gateway, or a myhostname for each" }
    })
}
