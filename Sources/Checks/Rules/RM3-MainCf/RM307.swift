// RM307: A parameter has a name that Postfix does not know

import PostfixFiles

extension Rule {
  static let rm307 = Rule(
    "RM307", .error, "A parameter has a name that Postfix does not know",
    why: """
      A name that is not a parameter and that no $name uses has no effect, and only postconf(1) warns.
      This name differs in one or two letters, or in the order of two, from a parameter that decides where mail goes.
      """,
    bad: Example(
      main: """
        «transport_map» = hash:/etc/postfix/transport

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """),
    check: .main { subject in
      subject.config.main.assignments.compactMap { assignment in
        guard let known = ParameterNames.meant(by: assignment.name), !subject.isReferenced(assignment.name)
        else { return nil }
        return Finding(
          assignment.nameText, "unused parameter: \(printable(assignment.name)); need \"\(known)\"?",
          fix: nil)
      }
    })
}
