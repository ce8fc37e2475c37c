// RM320: A transport parameter is empty

import PostfixFiles

extension Rule {
  static let rm320 = Rule(
    "RM320", .error, "A transport parameter is empty",
    why: """
      default_transport, local_transport, relay_transport and virtual_transport must name a transport.
      With an empty value trivial-rewrite(8) ends each time it starts ("bad string length 0 < 1"), and all
      mail waits. Without the line, the built-in default is in force.
      """,
    bad: Example(
      main: """
        «default_transport» =

        """),
    good: Example(
      main: """
        default_transport = smtp

        """),
    check: .main { subject in
      RoutingParameter.destinations.compactMap { name in
        guard let place = subject.place(of: name), let value = try? subject.parameters.value(name),
          value.isEmpty
        else { return nil }
        return Finding(
          place,
          "\(name) is empty: trivial-rewrite(8) ends and all mail waits; need a transport, or remove the line"
        )
      }
    })
}
