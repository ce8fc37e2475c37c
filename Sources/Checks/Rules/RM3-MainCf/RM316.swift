// RM316: A line of main.cf is not an assignment

import PostfixFiles

extension Rule {
  static let rm316 = Rule(
    "RM316", .error, "A line of main.cf is not an assignment",
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
      let document = subject.config.main.document
      let problems = subject.config.main.problems.filter { $0.problem != .startsWithSpace }
      // A file of a different kind gets one finding that says so.
      if problems.count > 3, problems.count > subject.config.main.assignments.count,
        let first = problems.first
      {
        return [
          Finding(
            SourcedText(first.line, of: document).trimmed(),
            "this file is not a main.cf: \(problems.count) of its lines are not \"name = value\", and no program of Postfix "
              + "starts with it; need another file, or --as with its kind")
        ].compactMap { $0 }
      }
      return problems.compactMap { line, problem in
        Finding(
          SourcedText(line, of: document).trimmed(),
          "\(problem.rawValue): no program of Postfix starts and all mail stops; need \"name = value\"")
      }
    })
}
