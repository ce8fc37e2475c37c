// RM502: The port is inside the brackets

import PostfixFiles

extension Rule {
  static let rm502 = Rule(
    "RM502", .error, "The port is inside the brackets",
    why: """
      The text inside the brackets is taken for the host.
      \(FatalNextHop.effectInList)
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
        fault, says: "the port is inside the brackets", need: "the port after them: \"[host]:port\"",
        fix: fault.flatMap { fixed($0.text) })
    })
}

/// `[host]:port` for `[host:port]`; nil for anything else.
private func fixed(_ item: SourcedText) -> Fix? {
  let text = item.text
  guard text.hasSuffix("]"), let colon = text.lastIndex(of: ":") else { return nil }
  return Fix(replacing: item, with: text[..<colon] + "]" + text[colon...].dropLast())
}
