// RM305: fallback_relay is an old name

import PostfixFiles

extension Rule {
  static let rm305 = Rule(
    "RM305", .warning, "fallback_relay is an old name",
    why: """
      Since Postfix 2.3 the parameter is smtp_fallback_relay; the old name only gives its default.
      """,
    bad: Example(
      main: """
        «fallback_relay» = [gw3.example]

        """),
    good: Example(
      main: """
        smtp_fallback_relay = [gw3.example]

        """),
    check: .main { subject in
      guard let old = subject.config.main["fallback_relay"] else { return [] }
      return [Finding(old.nameText, "fallback_relay is an old name; need smtp_fallback_relay")].compactMap {
        $0
      }
    })
}
