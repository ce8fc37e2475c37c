// An edit of a table that Postfix uses for something else too asks first: a route that goes may take with it that this host
// accepts the mail, and one that comes may open the host for a domain.

import PostfixFiles
import Routing

extension MailConfig {
  /// What keys that come, go or change mean to the other settings that read their tables.
  func sharedTableGuards(against edited: MailConfig) -> [EditGuard] {
    var seen: Set<String> = []
    return (tablePaths + edited.tablePaths).filter { seen.insert($0).inserted }.flatMap {
      path -> [EditGuard] in
      guard let new = edited.document(path) else { return [] }
      // The edit may be the first to name it.
      let old = document(path) ?? (new.isNew ? nil : Document(path: path, bytes: new.original))
      guard old?.bytes != new.bytes else { return [] }
      let uses = edited.otherUses(of: path)
      guard !uses.isEmpty else { return [] }
      let (before, after) = (Self.values(of: old), Self.values(of: new))
      return uses.flatMap { use in
        use.words(from: before, to: after).map {
          .sharedTable(words: "\(use.words) uses \(path) too: \($0)")
        }
      }
    }
  }

  /// Of several entries of a key the first counts.
  static func values(of document: Document?) -> [String: String] {
    let entries = document.map { Table($0).entries.map { ($0.key.text.lowercased(), $0.value.text) } } ?? []
    return Dictionary(entries, uniquingKeysWith: { first, _ in first })
  }
}

extension TableUse {
  /// A sentence for each kind of change that it would notice.
  fileprivate func words(from before: [String: String], to after: [String: String]) -> [String] {
    func names(_ keys: [String]) -> String? {
      let keys = keys.filter(asks).sorted()
      let more = keys.count > 3 ? " and \(keys.count - 3) more" : ""
      return keys.isEmpty ? nil : keys.prefix(3).joined(separator: ", ") + more
    }
    let gone = names(before.keys.filter { after[$0] == nil })
    let new = names(after.keys.filter { before[$0] == nil })
    let changed =
      takesValues ? names(after.keys.filter { before[$0] != nil && before[$0] != after[$0] }) : nil
    return [
      gone.map { words(without: $0) }, new.map { words(with: $0) },
      changed.map { "the entry for \($0) would say something else there" },
    ].compactMap(\.self)
  }
}
