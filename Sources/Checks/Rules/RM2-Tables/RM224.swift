// RM224: $1 in the result of a pattern

import PostfixFiles
import Routing

extension Rule {
  static let rm224 = Rule(
    "RM224", .error, "$1 in the result of a pattern",
    why: """
      Text that a stranger writes in an address must not decide where mail goes. In transport_maps and the
      sender-dependent tables Postfix refuses a rule with $1 in its result: it logs a warning and ignores
      the rule. Write $$ for a literal $.
      """,
    bad: Example(
      main: """
        mydestination =
        transport_maps = regexp:/etc/postfix/transport

        """,
      table: """
        /@(.*)\\.example\\.com$/  «smtp:[$1.example.net]»

        """),
    good: Example(
      main: """
        mydestination =
        transport_maps = regexp:/etc/postfix/transport

        """,
      table: """
        /@.*\\.example\\.com$/  smtp:[gw1.example]

        """),
    check: .result { view in
      guard view.isPatternResult, let parts = PatternResult.parse(view.text.bytes[...]),
        parts.contains(where: { if case .group = $0 { true } else { false } })
      else { return nil }
      return Offence(
        view.text,
        "Postfix refuses $1 here, and the rule has no effect; need one result for all that the pattern matches"
      )
    })
}
