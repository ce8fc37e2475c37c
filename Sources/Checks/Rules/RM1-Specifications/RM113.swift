// RM113: A pool at the end of a pipemap drops the results before it

import PostfixFiles

extension Rule {
  static let rm113 = Rule(
    "RM113", .warning, "A pool at the end of a pipemap drops the results before it",
    why: """
      Each table of a pipemap looks up the result of the table before it, and a pool answers any key. The
      result of the first table, a destination or ":", is lost. The first table only decides which keys
      use the pool.
      """,
    bad: Example(
      main: """
        transport_maps = «pipemap:{hash:/etc/postfix/transport, randmap:{smtp:[gw1.example], smtp:[gw2.example]}}»
        smtp_fallback_relay = [gw3.example]

        """,
      table: """
        example.com  smtp:[inside.example]

        """),
    good: Example(
      main: """
        transport_maps = pipemap:{hash:/etc/postfix/transport, randmap:{smtp:[gw1.example], smtp:[gw2.example]}}
        smtp_fallback_relay = [gw3.example]

        """,
      table: """
        example.com  pool

        """),
    check: .directory { subject in
      subject.maps.compactMap { item in
        guard let table = try? item.table.get(), case .pipe(let stages) = table.content, stages.count > 1,
          case .draw? = stages.last?.content,
          let lost = stages.dropLast().lazy.compactMap({ subject.firstDestination(in: $0) }).first
        else { return nil }
        return Finding(
          table.text, else: subject.place(of: item.parameter),
          "the pool replaces every result before it, \"\(printable(lost))\" for one; "
            + "need only the keys of the pool there, and other results in a separate table")
      }
    })
}
