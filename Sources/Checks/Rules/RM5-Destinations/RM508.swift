// RM508: A relay domain is sent to its own mail exchangers

import PostfixFiles
import Routing

extension Rule {
  static let rm508 = Rule(
    "RM508", .warning, "A relay domain is sent to its own mail exchangers",
    why: """
      Without brackets Postfix looks for MX records of the next hop. Those of a domain in relay_domains
      usually name this host: then Postfix finds no other exchanger, and the mail is bounced (mail for the
      domain loops back to myself). transport(5) tells you to write the next host, in brackets. A backup
      exchanger needs no entry at all.
      """,
    bad: Example(
      main: """
        relay_domains = example.com
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:«example.com»

        """,
      companions: ["RM506"]),
    good: Example(
      main: """
        relay_domains = example.com
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[inside.example.com]

        """),
    check: .directory { subject in
      let domains = subject.relayDomains
      return subject.tables.filter { $0.keys == .recipients }.flatMap { use in
        domains.compactMap { domain -> Finding? in
          guard let entry = subject.digests[use.path]?.entry(domain) else { return nil }
          let destination = Destination(entry.value)
          guard subject.transports.client(destination.transport.text) == .smtp,
            let first = destination.nextHop.listItems.first, let host = try? HostPort(first.text),
            !host.isBracketed, host.host.lowercased() == domain
          else { return nil }
          return Finding(
            first,
            "the MX records of \"\(printable(domain))\" usually name this host, and mail loops back to myself; "
              + "need the host that comes after this one, in brackets")
        }
      }
    })
}
