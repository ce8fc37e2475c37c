// RM334: A line of a table of domains has no value

import PostfixFiles

extension Rule {
  static let rm334 = Rule(
    "RM334", .error, "A line of a table of domains or addresses has no value",
    why: """
      A table needs a key and a value on each line; for a list of domains the value may be any word. postmap(1) and
      Postfix leave a line without a value out, with a warning, so the domain or address of that line is not in the list.
      """,
    bad: Example(
      main: """
        relay_domains = hash:/etc/postfix/relay_domains

        """,
      others: ["relay_domains": "example.com  x\n«example.net»\n"]),
    good: Example(
      main: """
        relay_domains = hash:/etc/postfix/relay_domains

        """,
      others: ["relay_domains": "example.com  x\nexample.net  x\n"]),
    moreBad: [
      Example(
        main: """
          virtual_mailbox_domains = texthash:/etc/postfix/domains

          """,
        others: ["domains": "«example.com»\n"])
    ],
    moreGood: [
      // A file of names has no values.
      Example(
        main: """
          relay_domains = /etc/postfix/relay_domains

          """,
        others: ["relay_domains": "example.com\nexample.net\n"])
    ],
    check: .directory { subject in
      var seen: Set<String> = []
      return subject.otherTables.flatMap { table -> [Finding] in
        // Credentials and policies have a rule of their own.
        guard table.purpose != .credentials, table.purpose != .tlsPolicy, table.isOfLines,
          let path = table.path,
          table.indexMaker != .postalias, let document = subject.config.otherFiles[path]?.document,
          seen.insert(path).inserted
        else { return [] }
        let missing = document.lines.filter { line in
          do throws(TableLineError) { _ = try Table(document).entry(line) } catch {
            return error == .missingValue
          }
          return false
        }
        guard let first = missing.first else { return [] }
        let text = SourcedText(first, of: document).trimmed()
        let more = missing.count > 1 ? " and \(missing.count - 1) more" : ""
        let finding = Finding(
          text,
          "expected format: key whitespace value; Postfix leaves this line\(more) out; need a value, such as "
            + "\"\(excerpt(text.bytes))  x\"")
        return [finding].compactMap { $0 }
      }
    })
}

extension OtherTable {
  /// Whether its text has a key and a value on each line.
  fileprivate var isOfLines: Bool {
    switch type {
    case .indexed?, .texthash?: true
    default: false
    }
  }
}
