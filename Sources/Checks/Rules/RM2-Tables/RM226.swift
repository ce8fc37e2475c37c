// RM226: A transport that is used by default is not in master.cf

import PostfixFiles
import Routing

extension Rule {
  static let rm226 = Rule(
    "RM226", .warning, "A transport that is used by default is not in master.cf",
    why: """
      Without other settings, mail for relay_domains uses the transport relay, mail for mydestination
      local, mail for virtual_mailbox_domains virtual, and all other mail smtp. Without that service the
      mail is deferred: mail transport unavailable.
      """,
    bad: Example(
      main: """
        relay_domains = «branch.example»

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        local     unix  -       n       n       -       -       local

        """),
    good: Example(
      main: """
        relay_domains = branch.example
        relay_transport = smtp

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        local     unix  -       n       n       -       -       local

        """),
    check: .directory { subject in
      guard subject.transports.areKnown else { return [] }
      let classes: [(RoutingParameter, String)] = [
        (.relayTransport, "relay_domains"), (.virtualTransport, "virtual_mailbox_domains"),
        (.localTransport, "mydestination"),
      ]
      return classes.compactMap { parameter, domains in
        let value = SourcedText(builtIn: subject.parameters.text(parameter))
        let name = Destination(value).transport.text
        // What main.cf sets has a rule of its own; a default has no place to point at.
        guard !subject.parameters.isSet(parameter), !subject.transports.has(name),
          subject.setValue(domains) != nil,
          let place = subject.place(of: domains)
        else { return nil }
        return Finding(
          place,
          "this mail uses the transport \"\(name)\", which is not in master.cf; need that service, or \(parameter)"
        )
      }
    })
}
