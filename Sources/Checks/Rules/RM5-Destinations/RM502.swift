// RM502: The port stands inside the brackets

import PostfixFiles

extension Rule {
  static let rm502 = Rule(
    "RM502", .error, "The port stands inside the brackets",
    why: """
      What the brackets enclose is taken for the host. smtp(8) and lmtp(8) do not defer such a message:
      they die, master(8) throttles the transport for up to 60 seconds, and all other mail of that
      transport waits. Behind the first item of a list it happens only when the items before it have
      failed.
      """,
    bad: Example(
      main: """
        relayhost = «[gw1.example:587]»

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]:587

        """),
    check: .result { view in
      let fault = view.fault(.portInBrackets)
      return view.fatal(
        fault, says: "the port stands inside the brackets", need: "the port behind them: \"[host]:port\"",
        fix: fault.flatMap { fixed($0.text) })
    })
}

/// `[host]:port` for `[host:port]`; nil for anything else.
private func fixed(_ item: SourcedText) -> Fix? {
  let text = item.text
  guard text.hasSuffix("]"), let colon = text.lastIndex(of: ":") else { return nil }
  return Fix(replacing: item, with: text[..<colon] + "]" + text[colon...].dropLast())
}
