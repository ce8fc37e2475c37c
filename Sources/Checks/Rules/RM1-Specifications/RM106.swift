// RM106: randmap with a file where a lookup table is needed

import PostfixFiles

extension Rule {
  static let rm106 = Rule(
    "RM106", .error, "randmap with a file where a lookup table is needed",
    why: """
      The agent randmap(8) understands randmap:/file, as a transport. Postfix never reads the members of a
      lookup table from a file. Postfix cannot open the table: each lookup in it is a temporary error, and
      mail is not accepted.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = «randmap:/etc/postfix/pool»
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .main { subject in
      subject.findings(.file) { text, effect in
        "bad syntax: \"\(text)\"; need \"randmap:{value, value}\"; \(effect)"
      }
    })
}
