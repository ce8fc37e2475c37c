// RM310: An item of a list of tables has no type

import PostfixFiles

extension Rule {
  static let rm310 = Rule(
    "RM310", .error, "An item of a list of tables has no type",
    why: """
      Each item is type:name. This is fatal for trivial-rewrite(8): it is started again and again, SMTP
      sessions hang, and all mail stops, not only what this table is for.
      """,
    bad: Example(
      main: """
        transport_maps = «/etc/postfix/transport»

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """),
    check: .main { subject in
      subject.findings(.missingType) { text, effect in
        if text.hasSuffix(":") {
          return "\"\(text)\" names no table: \(effect); need no blank after the colon: "
            + "\"\(text)/etc/postfix/transport\""
        }
        return isQuoted(text)
          ? "main.cf takes no quotes, and \(text) is not a table: \(effect); remove the quotes"
          : "expecting \"type:name\" form instead of \"\(text)\": \(effect); need a type, such as \"hash:\(text)\""
      }
    })
}
