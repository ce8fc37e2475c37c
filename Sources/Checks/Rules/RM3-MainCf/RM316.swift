// RM316: A line of main.cf is no assignment

import PostfixFiles

extension Rule {
  static let rm316 = Rule(
    "RM316", .error, "A line of main.cf is no assignment",
    why: """
      This is fatal for every program of Postfix: none starts, and all mail stops.
      """,
    bad: Example(
      main: """
        myhostname = mx1.example
        «relayhost [gw1.example]»

        """),
    good: Example(
      main: """
        myhostname = mx1.example
        relayhost = [gw1.example]

        """),
    check: .main { subject in
      subject.config.main.problems.filter { $0.problem != .startsWithSpace }.compactMap { line, problem in
        Finding(
          SourcedText(line, of: subject.config.main.document).trimmed(),
          "\(problem.rawValue): no program of Postfix starts and all mail stops; need \"name = value\"")
      }
    })
}
