// RM309: The index of a table is missing, old, or made by the wrong program

import PostfixFiles
import Routing

extension Rule {
  static let rm309 = Rule(
    "RM309", .warning, "The index of a table is missing, old, or made by the wrong program",
    why: """
      Postfix reads the index that postmap(1) makes, not the text. Without an index Postfix cannot open
      the table and mail is not accepted; with an old index Postfix uses the old entries. The index of an
      aliases file is made by postalias(1), which newaliases(1) calls for alias_database. postmap(1) makes
      one too, but leaves the colons in the keys: no alias is found then.
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
        return state.finding(
          at: use.text, else: subject.place(of: use.parameter), "mail is not accepted",
          need: "postmap \(printable(use.text.bytes))")
      }
        + subject.otherTables.compactMap { table in
          // Another rule reports a table without a text and an index.
          guard case .indexed? = table.type, let path = table.path, let state = surroundings.indexes[path],
            subject.config.otherFiles[path]?.document != nil
          else { return nil }
          return state.finding(
            at: table.text, else: subject.place(of: table.parameter) ?? table.service?.fields.first?.span(),
            table.effect, need: table.indexCommand)
        }
    })
}

extension TableIndex.State {
  /// Nil where nothing is wrong.
  fileprivate func finding(
    at spec: SourcedText, else place: FileRange?, _ effect: String, need: String
  ) -> Finding? {
    let what: String
    switch self {
    case .current: return nil
    case .outdated: what = "its index is older than the text, and Postfix uses the index"
    case .madeByPostmap:
      what = "postmap made its index, in which each key ends with a colon: no alias is found"
    case .missing(let path): what = "open \(printable(path)): No such file or directory; \(effect)"
    }
    return Finding(spec, else: place, "\(what); need \"\(need)\"")
  }
}
