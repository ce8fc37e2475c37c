// RM306: A parameter is set twice

import PostfixFiles

extension Rule {
  static let rm306 = Rule(
    "RM306", .error, "A parameter is set twice",
    why: """
      The last setting is in force. Postfix says so in the log only, and an edit of the other one has no
      effect.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example]
        «relayhost» = [gw2.example]

        """),
    good: Example(
      main: """
        relayhost = [gw2.example]

        """),
    check: .main { subject in
      var seen: [String: Assignment] = [:]
      return subject.config.main.assignments.compactMap { assignment in
        let earlier = seen.updateValue(assignment, forKey: assignment.name)
        guard let earlier, earlier.value.bytes != assignment.value.bytes else { return nil }
        return Finding(
          assignment.nameText,
          "overriding earlier entry in line \(earlier.line.number): "
            + "\(printable(earlier.name))=\(printable(earlier.value.bytes)); need one of them")
      }
    })
}
