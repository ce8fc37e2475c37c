// RM603: The members of a pool are of several kinds

import PostfixFiles
import Routing

extension Rule {
  static let rm603 = Rule(
    "RM603", .warning, "The members of a pool are of several kinds",
    why: """
      One share of the mail is sent by SMTP, another by LMTP or to a program: the two treat the mail
      differently. A fallback cannot lead from one to the other, since a next-hop list is for one
      transport.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], «lmtp:[gw2.example]»}
        smtp_fallback_relay = [gw3.example]
        lmtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .pool { view in
      func kind(_ member: Member) -> String? {
        guard let transport = member.transport, view.subject.transports.has(transport) else { return nil }
        if let spoken = view.subject.transports.client(transport) { return spoken.rawValue.uppercased() }
        // A share that is held, bounced or discarded on purpose.
        let command = view.subject.transports.service(transport)?.command ?? transport
        return StockTransport(rawValue: command)?.takesText == true ? nil : command
      }
      let kinds = view.active.map { ($0, kind($0)) }
      guard let first = kinds.compactMap(\.1).first,
        let other = kinds.first(where: { $0.1 != nil && $0.1 != first }), let odd = other.1
      else { return [] }
      return view.finding(
        other.0,
        "uses \(printable(odd)), the members before it use \(printable(first)); need one kind of transport in a pool"
      )
    })
}
