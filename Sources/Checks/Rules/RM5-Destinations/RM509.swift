// RM509: The host name is not valid

import PostfixFiles

extension Rule {
  static let rm509 = Rule(
    "RM509", .error, "The host name is not valid",
    why: """
      A label has 1 to 63 letters, digits, hyphens or underscores and neither begins nor ends with a
      hyphen; a dot at the end is none of a name. smtp(8) and lmtp(8) do not defer such a message:
      they die, master(8) throttles the transport for up to 60 seconds, and all other mail of that
      transport waits. Behind the first item of a list it happens only when the items before it have
      failed.
      """,
    bad: Example(
      main: """
        relayhost = «[gw1..example]»

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]

        """),
    check: .result { view in
      let fault = view.fault(.host)
      if let text = fault?.text.text, isQuoted(text) { return view.fatal(fault, need: withoutQuotes(text)) }
      return view.fatal(fault, need: "letters, digits, \"-\", \"_\" and \".\", labels of 1 to 63 bytes")
    })
}
