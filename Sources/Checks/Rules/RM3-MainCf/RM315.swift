// RM315: A value cannot be expanded

import PostfixFiles

extension Rule {
  static let rm315 = Rule(
    "RM315", .error, "A value cannot be expanded",
    why: """
      A $name that is not closed, or that leads back to itself, is fatal for every program of Postfix:
      all mail stops. Write $$ for a literal $.
      """,
    bad: Example(
      main: """
        relayhost = «${hub»

        """),
    good: Example(
      main: """
        hub = [gw1.example]
        relayhost = ${hub}

        """),
    check: .main { subject in
      subject.expansionFailures.filter { !$0.isPattern }.compactMap { failure in
        Finding(
          failure.value,
          "\(failure.error.message): no program of Postfix starts and all mail stops; need \"${name}\" or \"$$\""
        )
      }
    })
}
