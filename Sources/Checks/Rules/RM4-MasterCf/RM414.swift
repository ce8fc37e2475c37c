// RM414: An indented service is part of the one before it

import PostfixFiles

extension Rule {
  static let rm414 = Rule(
    "RM414", .error, "An indented service is part of the one before it",
    why: """
      A line of master.cf that starts with white space continues the service before it: its words become arguments of
      that service, and the service that is meant does not exist.
      """,
    bad: Example(
      main: """

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        discard   unix  -       -       y       -       -       discard
          «lane1     unix  -       -       y       -       -       smtp»

        """),
    good: Example(
      main: """

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        discard   unix  -       -       y       -       -       discard
        relay     unix  -       -       y       -       -       smtp

        """),
    check: .directory { subject in
      guard let master = subject.config.master else { return [] }
      return master.services.flatMap { service in
        master.document.physicalLines(in: service.line.range).dropFirst().compactMap { range in
          let text = SourcedText(master.document, range).trimmed()
          let fields = text.split(where: \.isSpace, keepingBraces: true)
          guard fields.count >= 8, ServiceType(rawValue: fields[1].text) != nil,
            fields[0].bytes.first != .hash
          else {
            return nil
          }
          return Finding(
            text,
            "this line starts with white space, so it is part of \(printable(service.name)), and there is no service "
              + "\"\(printable(fields[0].bytes))\"; need the name in column 1")
        }
      }
    })
}
