// RM330: defer_transports holds mail

import PostfixFiles

extension Rule {
  static let rm330 = Rule(
    "RM330", .warning, "defer_transports holds mail",
    why: """
      The queue manager defers all mail of the transports in defer_transports. The mail waits until somebody runs
      "postqueue -f". The line is for a host that is not always online. Often it was forgotten after other work.
      """,
    bad: Example(
      main: """
        relayhost = [gw1.example]
        defer_transports = «smtp»

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]

        """),
    check: .directory { subject in
      guard let value = subject.config.main["defer_transports"]?.value else { return [] }
      return value.listItems.compactMap { item in
        guard subject.transports.has(item.text) else { return nil }
        return Finding(
          item, else: value.span(),
          "all mail of transport \(printable(item.bytes)) waits in the queue; to send it, remove this name"
        )
      }
    })
}
