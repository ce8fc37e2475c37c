// RM101: randmap with a separator where a lookup table is needed

import PostfixFiles

extension Rule {
  static let rm101 = Rule(
    "RM101", .error, "randmap with a separator where a lookup table is needed",
    why: """
      The agent randmap(8) understands randmap:!a!b, as a transport. A parameter that takes lookup tables
      needs braces. Postfix cannot open the table: each lookup in it is a temporary error, and mail is not
      accepted.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = «randmap:!smtp:[gw1.example]!smtp:[gw2.example]»
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .main { subject in
      subject.findings(.separator) { text, effect in
        "bad syntax: \"\(text)\"; need \"randmap:{value, value}\"; \(effect)"
      }
    })
}
