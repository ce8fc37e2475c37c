// RM113: A pool at the end of a pipemap drops the results before it

import PostfixFiles

extension Rule {
  static let rm113 = Rule(
    "RM113", .warning, "A pool at the end of a pipemap drops the results before it",
    why: """
      Each table of a pipemap looks up the result of the one before, and a pool answers any key. What
      the first table found, a destination or \":\", is lost. The first table only says for which keys
      the pool is.
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
            + "need only the keys that the pool is for, and other results in a table of their own")
      }
    })
}
