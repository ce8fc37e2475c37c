// RM117: A $ in a pattern is not doubled

import PostfixFiles

extension Rule {
  static let rm117 = Rule(
    "RM117", .error, "A $ in a pattern is not doubled",
    why: """
      In main.cf $ begins the name of a parameter, inside in-line patterns too. A $ that cannot be
      expanded is fatal for every program of Postfix: all mail stops. Write $$ for the $ of a pattern.
      """,
    bad: Example(
      main: """
        mydestination =
        transport_maps = «regexp:{{/@example\\.com$/ :}}»

        """),
    good: Example(
      main: """
        mydestination =
        transport_maps = regexp:{{/@example\\.com$$/ :}}

        """),
    check: .main { subject in
      subject.expansionFailures.filter { $0.isPattern }.compactMap { failure in
        Finding(
          failure.value,
          "\(failure.error.message): no program of Postfix starts and all mail stops; need \"$$\" in a pattern"
        )
      }
    })
}
