// RM501: A bracket is not closed, or text follows it

import PostfixFiles

extension Rule {
  static let rm501 = Rule(
    "RM501", .error, "A bracket is not closed, or text follows it",
    why: """
      Brackets around a host turn MX lookups off. They enclose the host and nothing else; only :port may
      follow.
      \(FatalNextHop.effectInList)
      """,
    bad: Example(
      main: """
        relayhost = «[gw1.example»

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]

        """),
    check: .result { view in
      let fault = view.fault(.brackets)
      if let text = fault?.text.text, isQuoted(text) { return view.fatal(fault, need: withoutQuotes(text)) }
      return view.fatal(fault, need: "\"[host]\" or \"[host]:port\"")
    })
}
