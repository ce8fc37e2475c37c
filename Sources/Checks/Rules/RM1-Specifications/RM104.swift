// RM104: A blank between the type and the brace

import PostfixFiles

extension Rule {
  static let rm104 = Rule(
    "RM104", .error, "A blank between the type and the brace",
    why: """
      The list of tables is split at the blank, and a type without a name is left. This is fatal for
      trivial-rewrite(8): it is started again and again, SMTP sessions hang, and all mail stops, not only
      the mail that this table is for.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = «randmap:» {smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .main { subject in
      subject.findings(.blankBeforeBrace) { text, effect in
        "a blank after \"\(text)\": \(effect); need \"\(text){...}\""
      }
    })
}
