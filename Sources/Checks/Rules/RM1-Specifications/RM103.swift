// RM103: Missing or unbalanced braces in a table

import PostfixFiles

extension Rule {
  static let rm103 = Rule(
    "RM103", .error, "Missing or unbalanced braces in a table",
    why: """
      The members of randmap, inline, pipemap and unionmap are written in one pair of braces, with nothing
      after it. Postfix cannot open the table: each lookup in it is a temporary error, and mail is not
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
        text.count(where: { $0 == "\"" }) % 2 == 1
          ? "bad syntax: \"\(text)\": unbalanced '\"' in a key; need quotes in pairs, or none; \(effect)"
          : "bad syntax: \"\(text)\"; need one pair of braces around all of it; \(effect)"
      }
    })
}
