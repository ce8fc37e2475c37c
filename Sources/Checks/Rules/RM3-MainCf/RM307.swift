// RM307: A parameter has a name that Postfix does not know

import PostfixFiles

extension Rule {
  static let rm307 = Rule(
    "RM307", .error, "A parameter has a name that Postfix does not know",
    why: """
      A name that is not a parameter and that no $name uses has no effect, and only postconf(1) warns.
      This name differs in one or two letters, or in the order of two, from a parameter that decides where mail goes, or
      how smtp(8) gets into a gateway. The same is true of an override in master.cf.
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
    moreBad: [
      Example(
        main: """
          «smtp_sender_restrictions» = reject_unknown_sender_domain

          """)
    ],
    check: .main { subject in
      let referenced = subject.referencedNames
      let overrides = (subject.config.master?.services ?? []).flatMap(\.overrides)
      let names =
        subject.config.main.assignments.map { ($0.name, $0.nameText) } + overrides.map { ($0.name, $0.value) }
      return names.compactMap { name, text in
        guard let known = ParameterNames.meant(by: name), !referenced.contains(name) else { return nil }
        return Finding(text, "unused parameter: \(printable(name)); need \"\(known)\"?")
      }
    })
}
