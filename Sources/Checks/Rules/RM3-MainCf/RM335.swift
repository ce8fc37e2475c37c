// RM335: A parameter that a later release brought

import PostfixFiles

extension Rule {
  static let rm335 = Rule(
    "RM335", .info, "A parameter that a later release brought",
    why: """
      Postfix ignores a parameter that it does not know; only postconf(1) warns. The release is that of the
      Postfix here, or what --postfix-version says.
      """,
    bad: Example(
      main: """
        «use_srv_lookup» = submission

        """, version: PostfixVersion(3, 7)),
    good: Example(
      main: """
        use_srv_lookup = submission

        """, version: PostfixVersion(3, 10)),
    moreBad: [
      Example(
        main: """

          """,
        master: """
          smtp      unix  -       -       y       -       -       smtp
              -o use_srv_lookup=«submission»

          """, version: PostfixVersion(3, 7))
    ],
    check: .directory { subject in
      let referenced = subject.referencedNames
      let main = subject.config.main.assignments.map { ($0.name, $0.nameText) }
      let overrides = (subject.config.master?.services ?? []).flatMap(\.overrides).map { ($0.name, $0.value) }
      return (main + overrides).compactMap { name, text in
        guard let first = Parameters.firstRelease(of: name), subject.version < first,
          !referenced.contains(name)
        else {
          return nil
        }
        return Finding(
          text,
          "Postfix \(subject.version) does not know \(printable(name)), so it changes nothing; need Postfix \(first) or later"
        )
      }
    })
}
