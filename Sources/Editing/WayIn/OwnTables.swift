// Tables that randmap has made: with the last entry their name goes out of main.cf again. The file stays with its mark, because
// a daemon asks for it until it is reloaded, and it is taken up again when a table is needed.

import PostfixFiles
import Routing
import System

extension MailConfig {
  /// The first line of a table that randmap has made.
  static let tableMark = "# randmap: table"

  /// A table with one entry, as it is made.
  static func newTable(_ path: String, entry: String) -> Document {
    Document(newAt: path, bytes: Bytes("\(tableMark)\n\(entry)\n".utf8))
  }

  /// Whether a document is such a table without an entry, and without anything else that a person would miss.
  package static func isOwnEmptyTable(_ bytes: Bytes) -> Bool {
    // A table of a person may be large.
    guard bytes.starts(with: Bytes("\(tableMark)\n".utf8)) else { return false }
    let lines = bytes.text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.last == "" && lines.dropFirst().dropLast().allSatisfy { isPlaceMark(String($0)) }
  }

  static func isOwnEmptyTable(_ document: Document) -> Bool { isOwnEmptyTable(document.bytes) }

  /// A table that randmap has made and that nothing names any more.
  func emptyTableLeft(at path: String) -> Document? {
    guard !tableSites.contains(where: { $0.source == path }) else { return nil }
    var config = self
    if document(path) == nil { config.read(path) }
    return config.document(path).flatMap { Self.isOwnEmptyTable($0) ? $0 : nil }
  }

  /// The tables that randmap has made and that an edit has left empty and without a name.
  func emptyTablesLeft(by edited: MailConfig) -> [String] {
    let named = Set(edited.tablePaths)
    return Set(tablePaths).subtracting(named)
      .filter { edited.document($0).map(Self.isOwnEmptyTable) ?? false }.sorted()
  }

  /// Without the name of a table that an edit has left empty, if randmap has made it. Where other text holds the name too, it
  /// stays: the table answers nothing then.
  func removingEmptyTable(_ path: String) -> MailConfig {
    guard let document = files[path]?.document, Self.isOwnEmptyTable(document) else { return self }
    var edited = self
    for site in tableSites where site.source == path {
      guard let table = site.table, table.isWholeItem,
        let shorter = try? edited.removingItem(table.item, of: site.parameter)
      else { return self }
      edited = shorter
    }
    // Made and taken away before a write, it is not to be made at all.
    if document.isNew { edited.files[path] = nil }
    return edited
  }
}
