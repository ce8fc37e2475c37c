// RM804: A NUL byte or a byte order mark

import PostfixFiles

extension Rule {
  static let rm804 = Rule(
    "RM804", .error, "A NUL byte or a byte order mark",
    why: """
      Postfix ends a line at a NUL byte: the text after it is lost, without a warning before Postfix 3.12.
      A byte order mark becomes part of the first key or name, which then is never found.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]
        example.net  smtp:[gw2.example]«\0», [gw3.example]

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """),
    check: .document { document, _, _ in
      var findings: [Finding] = []
      if document.startsWithByteOrderMark {
        findings.append(
          Finding(
            FileRange(file: document.path, range: 0..<3),
            "a byte order mark becomes part of the first key or name; need the file without it"))
      }
      if let nul = document.firstNUL {
        findings.append(
          Finding(
            FileRange(file: document.path, range: nul..<nul + 1),
            "text after null byte is lost; need the line without it"))
      }
      return findings
    })
}
