// RM810: A journal of randmap is in the configuration directory

import PostfixFiles

extension Rule {
  static let rm810 = Rule(
    "RM810", .warning, "A journal of randmap is in the configuration directory",
    why: """
      randmap keeps the journal of a write in its state directory, and never follows a journal in a
      configuration directory: with it, a directory from elsewhere could have files moved or removed with
      your rights. randmap 0.1.0 or older left the file, or it came with the directory, and then it may be
      an attack.
      """,
    bad: Example(
      main: """
        «relayhost = [gw1.example]»

        """, hasJournal: true),
    good: Example(
      main: """
        relayhost = [gw1.example]

        """),
    check: .directory { subject in
      guard let journal = subject.config.strayJournal else { return [] }
      let main = subject.config.main.document
      let line = main.bytes.prefix { $0 != UInt8(ascii: "\n") }
      return [
        Finding(
          FileRange(file: main.path, range: 0..<line.count),
          "\(printable(journal)) is not followed; look at it, then remove it: rm \(printable(journal))")
      ]
    })
}
