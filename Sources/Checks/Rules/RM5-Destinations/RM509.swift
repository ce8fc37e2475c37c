// RM509: Invalid host name in a next hop

import PostfixFiles

extension Rule {
  static let rm509 = Rule(
    "RM509", .error, "Invalid host name in a next hop",
    why: """
      A label has 1 to 63 letters, digits, hyphens or underscores and neither begins nor ends with a
      hyphen; a trailing dot is not allowed.
      \(FatalNextHop.effectInList)
      """,
    bad: Example(
      main: """
        relayhost = «[gw1..example]»

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]

        """),
    moreGood: [
      Example(
        main: """
          transport_maps = inline:{{example.com = smtp:[$process_name.$service_name.example]}}

          """)
    ],
    check: .result { view in
      let fault = view.fault(.host)
      // Postfix leaves out such a line of a table: RM805.
      if let fault, view.place.isInTable, view.setting.isUnicode, !fault.text.bytes.isUTF8 { return nil }
      if let text = fault?.text.text, isQuoted(text) { return view.fatal(fault, need: withoutQuotes(text)) }
      return view.fatal(fault, need: "letters, digits, \"-\", \"_\" and \".\", labels of 1 to 63 bytes")
    })
}
