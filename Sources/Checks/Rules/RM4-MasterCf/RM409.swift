// RM409: A line of master.cf is not a service

import PostfixFiles

extension Rule {
  static let rm409 = Rule(
    "RM409", .error, "A line of master.cf is not a service",
    why: """
      master(8) does not start with it, and all mail stops.
      """,
    bad: Example(
      main: """

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        «relay     unix  -       -       y       -       smtp»

        """),
    good: Example(
      main: """

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp

        """),
    check: .master { master in
      master.problems.compactMap { line, problem in
        let text = SourcedText(line, of: master.document).trimmed()
        return problem == .startsWithSpace
          ? Finding(text, "\(problem.message); Postfix leaves it out; need the name in column 1")
          : Finding(
            text,
            "\(problem.message): master(8) does not start and all mail stops; need name, type, private, unprivileged, chroot, wakeup, process limit and command"
          )
      }
    })
}
