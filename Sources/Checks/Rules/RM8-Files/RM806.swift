// RM806: The last line has no newline

import PostfixFiles

extension Rule {
  static let rm806 = Rule(
    "RM806", .style, "The last line has no newline",
    why: """
      Postfix reads the line nevertheless; text that is appended to the file becomes part of it.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example«]»
        """),
    good: Example(
      main: """
        relayhost = [gw1.example]

        """),
    check: .document { document, _, _ in
      guard document.count > 0, document[document.count - 1..<document.count].first != UInt8(ascii: "\n")
      else { return [] }
      let end = document.count
      return [
        Finding(
          FileRange(file: document.path, range: end - 1..<end), "no newline at the end of the file; need one",
          fix: Fix([Replacement(FileRange(file: document.path, range: end..<end), with: "\n")]))
      ]
    })
}
