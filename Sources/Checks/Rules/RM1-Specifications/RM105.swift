// RM105: An empty pool or table

import PostfixFiles

extension Rule {
  static let rm105 = Rule(
    "RM105", .error, "An empty pool or table",
    why: """
      There is nothing to choose from. Postfix can not open the table: each lookup in it is a temporary
      error, and mail is not accepted.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = «randmap:{}»

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .main { subject in
      subject.findings(.empty) { text, effect in
        "bad syntax: \"\(text)\"; need at least one member; \(effect)"
      }
    })
}
