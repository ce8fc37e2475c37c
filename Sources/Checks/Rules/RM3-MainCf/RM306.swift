// RM306: A parameter is set twice

import PostfixFiles

extension Rule {
  static let rm306 = Rule(
    "RM306", .error, "A parameter is set twice",
    why: """
      The last setting is in force. Postfix reports this only in the log, and an edit of the earlier
      setting has no effect.
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
        guard let place = assignment.nameText.span() else { return nil }
        func words(_ line: String) -> String {
          "overriding earlier entry in line\(line): "
            + "\(printable(earlier.name))=\(printable(earlier.value.bytes)); need one of them"
        }
        return Finding(place, words(" \(earlier.line.number)"), gist: words(""))
      }
    })
}
