// RM702: A domain in brackets

import Gateways
import PostfixFiles
import Routing

extension Rule {
  static let rm702 = Rule(
    "RM702", .error, "A domain in brackets",
    why: """
      Brackets turn the lookup of MX records off, and this name has MX records and no address. Its mail is
      treated like mail for a name that does not exist: see RM701.
      """,
    bad: Example(
      main: """
        relay_transport = «smtp:[gw1.example]»

        """,
      known: .of(
        .found(
          .unresolved(
            ResolutionError(.domain, "not in the DNS, but it has mail exchangers, mx1.gw1.example first")),
          at: nil
        ))),
    good: Example(
      main: """
        relay_transport = smtp:[mx1.gw1.example]

        """,
      known: [.host("mx1.gw1.example", port: 25): .found(.answers)]),
    check: .gateway { gateway in
      for case .unresolved(let why) in gateway.known.inOrder.map(\.finding) where why.kind == .domain {
        return "\(gateway.name) is not a host (\(why.words)): \(gateway.fate); need a host, or no brackets"
      }
      return nil
    })
}
