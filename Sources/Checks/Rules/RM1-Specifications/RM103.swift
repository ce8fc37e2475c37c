// RM103: The braces of a table are missing or not balanced

import PostfixFiles

extension Rule {
  static let rm103 = Rule(
    "RM103", .error, "The braces of a table are missing or not balanced",
    why: """
      The members of randmap, inline, pipemap and unionmap stand in one pair of braces, with nothing
      behind it. Postfix can not open the table: each lookup in it is a temporary error, and mail is not
      accepted.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = «randmap:{smtp:[gw1.example], smtp:[gw2.example]»
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .main { subject in
      subject.findings(.braces) { text, effect in
        "bad syntax: \"\(text)\"; need one pair of braces around all of it; \(effect)"
      }
    })
}
