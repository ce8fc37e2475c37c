// RM317: The first line starts with white space

import PostfixFiles

extension Rule {
  static let rm317 = Rule(
    "RM317", .error, "The first line starts with white space",
    why: """
      There is no earlier line that this line could continue. Postfix logs a warning and leaves it out.
      """,
    bad: Example(
      main: """
          «relayhost = [gw1.example]»
        myhostname = mx1.example

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]
        myhostname = mx1.example

        """),
    check: .main { subject in
      subject.config.main.problems.filter { $0.problem == .startsWithSpace }.compactMap { line, _ in
        Finding(
          SourcedText(line, of: subject.config.main.document).trimmed(),
          "logical line must not start with whitespace; Postfix leaves it out; need the name in column 1")
      }
    })
}
