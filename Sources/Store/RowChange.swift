// A change of a pool database, as the lines of the rows that go and that come. Small however large the database is, so a
// journal can hold it, and it can be taken back.

package struct RowChange: Hashable, Sendable, Codable {
  /// Rows that are there before, in words.
  package let removed: [String]
  /// Rows that are there after it.
  package let added: [String]
  /// The rows of each changed pool, in the order that they are to have; empty where the order stays.
  let order: [String]
  let oldOrder: [String]
  /// Who asks for it, and what for: the words of the revision.
  package let author: String
  package let summary: String

  /// - Parameters:
  ///   - before: The rows in words, as they were read; nil where there is no database.
  ///   - after: As they are to be.
  package init(from before: String?, to after: String, author: String, summary: String) {
    func lines(_ text: String) -> [String] {
      text.split(separator: "\n").map(String.init).filter { StoredRow(line: $0) != nil }
    }
    let old = lines(before ?? "")
    let new = lines(after)
    let (oldSet, newSet) = (Set(old), Set(new))
    removed = old.filter { !newSet.contains($0) }
    added = new.filter { !oldSet.contains($0) }
    let pools = Set((removed + added).compactMap(Self.pool(of:)))
    order = Self.order(of: new, pools)
    oldOrder = Self.order(of: old, pools)
    self.author = author
    self.summary = summary
  }

  private init(undoing change: RowChange) {
    removed = change.added
    added = change.removed
    order = change.oldOrder
    oldOrder = change.order
    author = change.author
    summary = "taken back: \(change.summary)"
  }

  /// What takes it back.
  package var reversed: RowChange { RowChange(undoing: self) }

  package var isEmpty: Bool { removed.isEmpty && added.isEmpty }

  private static func pool(of line: String) -> String? {
    if case .member(let row) = StoredRow(line: line) { row.pool } else { nil }
  }

  private static func order(of lines: [String], _ pools: Set<String>) -> [String] {
    lines.filter { pool(of: $0).map(pools.contains) ?? false }
  }

  /// How far a database is, by the rows that this change is about.
  package enum Progress: Hashable, Sendable { case before, after, neither }

  package func progress(in text: String) -> Progress {
    let lines = Set(text.split(separator: "\n").map(String.init))
    let isThere = { (line: String) in lines.contains(line) }
    if added.allSatisfy(isThere), !removed.contains(where: isThere) { return .after }
    if removed.allSatisfy(isThere), !added.contains(where: isThere) { return .before }
    return .neither
  }
}
