// RM309: The index of a table is missing or older than its text

import PostfixFiles
import Routing

extension Rule {
  static let rm309 = Rule(
    "RM309", .warning, "The index of a table is missing or older than its text",
    why: """
      Postfix reads the index that postmap(1) makes, not the text. Without one the table can not be
      opened and mail is not accepted; with an old one Postfix goes on with what the text was.
      """,
    bad: Example(
      main: """
        transport_maps = «hash:/etc/postfix/transport»

        """,
      table: """
        example.com  smtp:[gw1.example]

        """,
      surroundings: Surroundings(indexes: ["/etc/postfix/transport": .outdated])),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """,
      surroundings: Surroundings(indexes: ["/etc/postfix/transport": .current])),
    check: .surrounded { subject, surroundings in
      subject.tables.compactMap { use in
        guard case .indexed = use.type, let state = surroundings.indexes[use.path] else { return nil }
        let what: String
        switch state {
        case .current: return nil
        case .outdated: what = "its index is older than the text, and Postfix goes by the index"
        case .missing(let path):
          what = "open \(printable(path)): No such file or directory; mail is not accepted"
        }
        let spec = use.text.bytes
        return Finding(
          use.text, else: subject.place(of: use.parameter), "\(what); need \"postmap \(printable(spec))\"")
      }
    })
}
