// RM225: A transport for filters or mailboxes is not in master.cf

import PostfixFiles

extension Rule {
  static let rm225 = Rule(
    "RM225", .error, "A transport for filters or mailboxes is not in master.cf",
    why: """
      content_filter, mailbox_transport and fallback_transport name a transport as a routing table does, and
      so do the address_verify_..._transport parameters and the results of mailbox_transport_maps. Without a
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
    moreBad: [
      Example(
        main: """
          mailbox_transport_maps = inline:{bob=«scan»:x}

          """),
      Example(
        main: """
          fallback_transport_maps = hash:/etc/postfix/users

          """,
        others: ["users": "bob  «scan»:x\n"]),
      Example(
        main: """
          address_verify_default_transport = «scan»

          """),
      Example(
        master: """
          smtp      unix  -       -       y       -       -       smtp
          26        inet  n       -       y       -       -       smtpd
              -o content_filter=«"smtp:[127.0.0.1]:10024"»

          """),
    ],
    check: .directory { subject in
      guard subject.transports.areKnown else { return [] }
      let names =
        ["content_filter", "mailbox_transport", "fallback_transport"]
        + ["default", "local", "relay", "virtual"].map { "address_verify_\($0)_transport" }
      let main = names.compactMap { name in subject.setValue(name).map { (name, $0) } }
      let services = (subject.config.master?.services ?? []).flatMap { service in
        names.filter { name in service.overrides.contains { $0.name == name && !$0.value.isEmpty } }
          .compactMap { name in (try? subject.parameters.seen(by: service).value(name)).map { (name, $0) } }
      }
      // What local(8) looks up for a user.
      let ofUsers = subject.otherTables.filter {
        ["mailbox_transport_maps", "fallback_transport_maps"].contains($0.parameter)
      }.flatMap { table in
        subject.values(of: table).filter { !$0.bytes.contains(UInt8(ascii: "$")) }.map {
          (table.parameter, $0)
        }
      }
      return (main + services + ofUsers).compactMap { parameter, value in
        let transport = Destination(value).transport
        let name = printable(transport.text)
        if let quote = value.bytes.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
          return Finding(
            value, else: subject.place(of: parameter),
            "the quotes are part of the name of the transport, and there is no such one; need \(withoutQuotes(value.text))"
          )
        }
        // Another rule reports a host in its place.
        guard !transport.isEmpty, !subject.transports.has(transport.text) else { return nil }
        return Finding(
          transport, else: subject.place(of: parameter),
          "transport \"\(name)\" is not in master.cf; need a service \"\(name) unix\" that is private")
      }
    })
}
