// RM225: A transport for filters or mailboxes is not in master.cf

import PostfixFiles

extension Rule {
  static let rm225 = Rule(
    "RM225", .error, "A transport for filters or mailboxes is not in master.cf",
    why: """
      content_filter, mailbox_transport and fallback_transport name a transport as a routing table does. Without a
      service of that name, of type unix and private, all mail that goes there is deferred: mail transport
      unavailable.
      """,
    bad: Example(
      main: """
        content_filter = «scan»:[127.0.0.1]:10024

        """),
    good: Example(
      main: """
        content_filter = scan:[127.0.0.1]:10024

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        relay     unix  -       -       y       -       -       smtp
        local     unix  -       n       n       -       -       local
        scan      unix  -       -       y       -       2       smtp

        """),
    check: .directory { subject in
      guard subject.transports.areKnown else { return [] }
      let names = ["content_filter", "mailbox_transport", "fallback_transport"]
      let main = names.compactMap { name in subject.setValue(name).map { (name, $0) } }
      let services = (subject.config.master?.services ?? []).flatMap { service in
        names.filter { name in service.overrides.contains { $0.name == name && !$0.value.isEmpty } }
          .compactMap { name in (try? subject.parameters.seen(by: service).value(name)).map { (name, $0) } }
      }
      return (main + services).compactMap { parameter, value in
        let transport = Destination(value).transport
        let name = printable(transport.text)
        // Another rule reports a host in its place.
        guard !transport.isEmpty, !subject.transports.has(transport.text) else { return nil }
        return Finding(
          transport, else: subject.place(of: parameter),
          "transport \"\(name)\" is not in master.cf; need a service \"\(name) unix\" that is private")
      }
    })
}
