// RM701: The name of a gateway does not resolve

import Gateways
import PostfixFiles
import Routing

extension Rule {
  static let rm701 = Rule(
    "RM701", .error, "The name of a gateway does not resolve",
    why: """
      If the name does not exist, or has no address, smtp(8) tries the later items of the list and then
      the fallback relay. Mail that has neither is bounced (5.4.4): it does not wait until the name
      exists. Only for a relayhost and a fallback relay Postfix assumes a mistake in the configuration and
      defers the mail. The mail is also deferred while the name server does not answer.
      """,
    bad: Example(
      main: """
        relay_transport = «smtp:[gw1.example]»

        """,
      known: .of(.found(.unresolved(ResolutionError(.absent, "not in the DNS")), at: nil))),
    good: Example(
      main: """
        relay_transport = smtp:[gw1.example]

        """,
      known: .of(.found(.answers))),
    check: .gateway { gateway in
      for case .unresolved(let why) in gateway.known.inOrder.map(\.finding) {
        let fate: String
        switch why.kind {
        case .absent: fate = gateway.fate
        case .otherFamily:
          return
            "\(gateway.name): \(why.words): \(gateway.fate); need a name with an address of that protocol, or inet_protocols = all"
        case .unanswered: fate = "mail that has no other gateway is deferred"
        // RM702 and RM711 say what is wrong.
        case .domain, .excluded: continue
        }
        return "\(gateway.name) does not resolve (\(why.words)): \(fate); need a name with an address"
      }
      return nil
    })
}
