// RM713: A gateway is down, and mail of a table has no other gateway

import Gateways
import PostfixFiles
import Routing

extension Rule {
  static let rm713 = Rule(
    "RM713", .error, "A gateway is down, and mail of a table has no other gateway",
    why: """
      The last probe could not reach it, an entry sends its mail to this gateway alone, and the transport
      has no fallback relay. The mail is deferred until the gateway answers.
      """,
    bad: Example(
      main: """
        transport_maps = texthash:$config_directory/transport

        """,
      table: """
        example.com  «smtp:[gw1.example]»

        """,
      known: .of(.found(.connectionRefused))),
    good: Example(
      main: """
        transport_maps = texthash:$config_directory/transport

        """,
      table: """
        example.com  smtp:[gw1.example],[gw2.example]

        """,
      known: .of(.found(.connectionRefused), .up)),
    check: .live { subject in
      subject.gateways.compactMap { use in
        guard let place = use.alonePlace, let known = subject.known[use.gateway], known.takesNoMail else {
          return nil
        }
        let gateway = ProbedGateway(use: use, known: known)
        let words =
          use.aloneMentions == 1 ? "" : " (the first of \(use.aloneMentions) entries that have no other)"
        return Finding(
          place,
          "\(gateway.name) is down (\(known.reason)): this mail is deferred; bring it back, or add another gateway "
            + "after it\(words)")
      }
    })
}

extension KnownGateway {
  /// No server there takes mail. Other rules report gateways that refuse this host, and names.
  fileprivate var takesNoMail: Bool {
    let findings = inOrder.map(\.finding)
    return !findings.isEmpty
      && findings.allSatisfy { finding in
        switch finding {
        case .noRoute, .connectionRefused, .timedOut, .closedEarly, .networkError: true
        case .endlessReply, .ehloRejected, .notSMTP: true
        default: false
        }
      }
  }
}
