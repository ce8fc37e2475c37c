// RM805: A line is not UTF-8

import PostfixFiles

extension Rule {
  static let rm805 = Rule(
    "RM805", .error, "A line is not UTF-8",
    why: """
      With smtputf8_enable, the default from compatibility_level 1 on, postmap(1) prints a warning and
      leaves the line out; its exit status is 0 nevertheless.
      """,
    bad: Example(
      main: """
        compatibility_level = 3.6
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]
        «b�cher.example  smtp:[gw2.example]»

        """),
    good: Example(
      main: """
        compatibility_level = 3.6
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        bücher.example  smtp:[gw1.example]

        """),
    check: .document { document, kind, subject in
      // Patterns are no keys, and compared as bytes.
      let isOfPatterns = subject.tables.contains {
        if case .pattern = $0.type { $0.path == document.path } else { false }
      }
      guard kind == .transport || kind == .pool, subject.setting.isUnicode, !isOfPatterns,
        let (range, count) = document.linesNotUTF8
      else { return [] }
      return [
        Finding(
          FileRange(file: document.path, range: range),
          "non-UTF-8 input; Postfix leaves this line out; need UTF-8", count: count, of: .lines)
      ]
    })
}
