// RM313: Mail of other senders leaves by no gateway

import PostfixFiles
import Routing

extension Rule {
  static let rm313 = Rule(
    "RM313", .info, "Mail of other senders leaves by no gateway",
    why: """
      Mail of a sender that is not in the sender-dependent table uses default_transport and relayhost.
      Where those name no gateway, the mail goes from this host's own address straight to the recipient's
      domain. To prevent that, set default_transport to an error:, or set a relayhost.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = «inline:{@example.com=smtp:[gw1.example]}»

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = inline:{@example.com=smtp:[gw1.example]}
        relayhost = [gw2.example]

        """),
    moreGood: [
      Example(
        main: """
          sender_dependent_default_transport_maps = regexp:{{/./ smtp:[gw1.example]}}

          """)
    ],
    check: .directory { subject in
      let parameter = RoutingParameter.senderTransportMaps
      let maps = subject.openMaps(parameter)
      // The answers of a table that cannot be opened here are unknown.
      let isKnown = maps.count == subject.config.tables(parameter).count && !maps.contains { $0.isService }
      guard isKnown, let last = maps.last, subject.parameters.text(.relayhost).isEmpty,
        !(maps + subject.openMaps(.senderRelayhostMaps)).contains(where: {
          subject.isCatchAll($0) || $0.answersOtherSenders
        }),
        let value = try? subject.parameters.value(.defaultTransport), !value.text.contains("randmap:"),
        case let direct = Destination(value), direct.nextHop.isEmpty,
        subject.transports.client(direct.transport.text) == .smtp
      else { return [] }
      return [
        Finding(
          last.text, else: subject.place(of: parameter),
          "a sender that is not in it leaves by no gateway; need a relayhost, "
            + "or default_transport = error:... to prevent it")
      ].compactMap { $0 }
    })
}
