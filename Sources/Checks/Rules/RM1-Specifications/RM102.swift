// RM102: The type of the table is not known

import PostfixFiles

extension Rule {
  static let rm102 = Rule(
    "RM102", .error, "The type of the table is not known",
    why: """
      The name before the colon is not a type of lookup table. Names are compared byte for byte; the type
      that chooses at random is randmap. Postfix cannot open the table: each lookup in it is a temporary
      error, and mail is not accepted.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = «random»:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .main { subject in
      subject.findings(.unknownType) { text, effect in
        effect.hasSuffix("sasl_password_maps fails")
          ? "\"\(text)\" is no type of table; need a table such as hash:/etc/postfix/sasl_passwd, with the line "
            + "\"[gw1.example]:587  user:password\" in that file; \(effect)"
          : isQuoted(text)
            ? "main.cf takes no quotes, and \(text) is taken for the type of the table: \(effect); remove the quotes"
            : "unsupported dictionary type: \"\(text)\"; need a type that \"postconf -m\" lists\(text.lowercased().hasPrefix("rand") ? ", such as randmap" : ""); \(effect)"
      }
    })
}
