// RM327: A value that ends the programs that read it

import PostfixFiles

extension Rule {
  static let rm327 = Rule(
    "RM327", .error, "A value that ends the programs that read it",
    why: """
      Yes or no, a number, a time, a word of a list: a program of Postfix that finds something else there
      ends each time that it starts. Some 120 parameters are read by every program, so that all mail
      waits, whatever they are for. postfix check says nothing, as it is long in the log only.
      """,
    bad: Example(
      main: """
        message_size_limit = «10M»

        """),
    good: Example(
      main: """
        message_size_limit = 10000000

        """),
    moreBad: [
      Example(
        main: """
          smtpd_tls_security_level = «maybe»

          """),
      Example(
        master: """
          smtp      unix  -       -       y       -       -       smtp
          26        inet  n       -       y       -       -       smtpd
              -o smtpd_tls_security_level=«on»

          """),
      Example(
        main: """
          masquerade_classes = «envelope»

          """,
        master: """
          smtp      unix  -       -       y       -       -       smtp
          cleanup   unix  n       -       y       -       0       cleanup

          """),
    ],
    moreGood: [
      Example(
        main: """
          smtpd_tls_security_level = May
          masquerade_classes = envelope_sender, header_sender

          """)
    ],
    check: .directory { subject in subject.valueFindings + subject.limitFindings + subject.overrideFindings }
  )
}

extension Subject {
  /// Rules of their own explain an empty transport, and what cannot be expanded.
  private func isExplainedElsewhere(_ problem: StartError, _ parameters: Parameters) -> Bool {
    problem.isExpansion
      || RoutingParameter(rawValue: problem.name)?.isDestination == true
        && parameters.text(problem.name).isEmpty && config.main[problem.name] != nil
  }

  fileprivate var valueFindings: [Finding] {
    config.main.assignments.flatMap { assignment -> [Finding] in
      let name = assignment.name
      guard config.main[name]?.line == assignment.line, !assignment.isQuoted,
        let place = assignment.value.span() ?? assignment.nameText.span()
      else { return [] }
      return parameters.problems(with: name).compactMap { programs, problem in
        guard !isExplainedElsewhere(problem, parameters) else { return nil }
        // A program that master.cf does not run reads nothing.
        let running = programs.map { names in
          names.filter { name in
            name == "master" || (config.master?.services.contains { $0.command == name } ?? true)
          }
        }
        if running?.isEmpty == true { return nil }
        return Finding(place, "\(problem.message): \(Self.effect(on: running)); need \(problem.need)")
      }
    }
  }

  /// Limits of one transport are read when mail comes for it.
  fileprivate var limitFindings: [Finding] {
    config.main.assignments.compactMap { assignment in
      let name = assignment.name
      guard config.main[name]?.line == assignment.line, !assignment.isQuoted,
        let place = assignment.value.span() ?? assignment.nameText.span(),
        let (transport, problem) = parameters.limitProblem(name), !isExplainedElsewhere(problem, parameters),
        transports.has(transport)
      else { return nil }
      return Finding(
        place,
        "\(problem.message): qmgr(8) ends at the first mail for transport \(printable(transport)), again and again, and all "
          + "mail waits; need \(problem.need)")
    }
  }

  fileprivate var overrideFindings: [Finding] {
    (config.master?.services ?? []).flatMap { service -> [Finding] in
      let seen = parameters.seen(by: service)
      return service.overrides.compactMap { name, value in
        guard let place = value.span() else { return nil }
        let problem = seen.problems(with: name).first { programs, problem in
          (programs?.contains(service.command) ?? true) && !isExplainedElsewhere(problem, seen)
        }
        return problem.map {
          let program = "\(printable(service.command))(8) of \(printable(service.name))"
          return Finding(
            place, "\($0.problem.message): \(program) ends when it starts; need \($0.problem.need)")
        }
      }
    }
  }

  /// What the end of these programs means for the mail; nil: all programs end.
  private static func effect(on programs: [String]?) -> String {
    guard let programs else { return "every program of Postfix ends when it starts, and all mail waits" }
    let names = programs.map { "\($0)(8)" }.joined(separator: ", ")
    if programs == ["pickup"] { return "pickup(8) ends at each mail of this host, and that mail waits" }
    let verb = programs.count == 1 ? "ends when it starts" : "end when they start"
    let waiting = ["trivial-rewrite", "qmgr", "master"].contains { programs.contains($0) }
    let closed = ["smtpd", "cleanup"].contains { programs.contains($0) }
    let meaning = waiting ? ", and all mail waits" : closed ? ", and no mail comes in" : ""
    return "\(names) \(verb)\(meaning)"
  }
}
