// RM110: A catch-all in transport_maps hides the domains of the other tables

import PostfixFiles

extension Rule {
  static let rm110 = Rule(
    "RM110", .error, "A catch-all in transport_maps hides the domains of the other tables",
    why: """
      Postfix asks every table for the whole address first, and only then for its domain. A pool (or
      static:, or the pattern /./) answers any address, whatever the order of the tables, so Postfix never asks for a domain, a
      parent domain or * of another table. Mail for those domains, and for this host itself, leaves by the
      pool. For outbound mail use sender_dependent_default_transport_maps; for some domains a pipemap:
      pipemap:{inline:{example.com=x}, randmap:{...}}.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport, «randmap:{smtp:[gw1.example], smtp:[gw2.example]}»
        smtp_fallback_relay = [gw3.example]

        """,
      table: """
        example.com  smtp:[inside.example]

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """,
      table: """
        example.com  smtp:[inside.example]

        """),
    moreBad: [
      Example(
        main: """
          transport_maps = inline:{example.com=smtp:[inside.example]}, «regexp:{{/./ smtp:[gw1.example]}}»

          """),
      Example(
        main: """
          transport_maps = «pcre:{{/^.*$$/ smtp:[gw1.example]}}», inline:{example.com=smtp:[inside.example]}

          """),
      Example(
        main: """
          mydestination = mx1.example
          transport_maps = «regexp:/etc/postfix/transport», inline:{example.com=smtp:[inside.example]}

          """,
        table: """
          /@mx1[.]example$/  :
          /.*/               smtp:[gw1.example]

          """),
    ],
    moreGood: [
      Example(
        main: """
          transport_maps = inline:{example.com=smtp:[inside.example]}, regexp:{{/@.*[.]example$$/ smtp:[gw1.example]}}

          """),
      Example(
        main: """
          transport_maps = inline:{example.com=smtp:[inside.example]}, regexp:{{if /@example[.]net$$/} {/./ smtp:[gw1.example]} {endif}}

          """),
    ],
    check: .directory { subject in
      let tables = subject.openMaps(.transportMaps)
      guard let catchAll = tables.first(where: subject.isCatchAll),
        let hidden = tables.first(where: subject.hasDomainKeys)
      else { return [] }
      return [
        Finding(
          catchAll.text, else: subject.place(of: .transportMaps),
          "it answers every address, so Postfix never asks for a domain in \"\(printable(hidden.text.bytes))\"; "
            + "need sender_dependent_default_transport_maps, or a pipemap for its domains"
        )
      ].compactMap { $0 }
    })
}
