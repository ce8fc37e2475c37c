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
    let (before, after) = (Array((before ?? "").utf8), Array(after.utf8))
    // Each row is there once. Those around what differs need no look.
    let same = CommonEnds(before, after)
    let oldLines = Self.rows(before[same.start..<before.count - same.end])
    let newLines = Self.rows(after[same.start..<after.count - same.end])
    let (oldSet, newSet) = (Set(oldLines), Set(newLines))
    removed = oldLines.filter { !newSet.contains($0) }
    added = newLines.filter { !oldSet.contains($0) }
    let pools = Set((removed + added).compactMap(Self.pool(of:)))
    let isSameOrder = Self.members(oldLines, pools) == Self.members(newLines, pools)
    order = isSameOrder ? [] : Self.order(of: Self.rows(after[...]), pools)
    oldOrder = isSameOrder ? [] : Self.order(of: Self.rows(before[...]), pools)
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

  /// The lines of a text that are rows.
  private static func rows(_ text: ArraySlice<UInt8>) -> [String] {
    text.split(separator: UInt8(ascii: "\n")).filter { StoredRow(line: $0) != nil }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// The members of these pools, in their order.
  private static func members(_ lines: [String], _ pools: Set<String>) -> [MemberRow.Identity] {
    lines.compactMap {
      guard case .member(let row) = StoredRow(line: $0), pools.contains(row.pool) else { return nil }
      return row.identity
    }
  }

  private static func pool(of line: String) -> String? {
    if case .member(let row) = StoredRow(line: line) { row.pool } else { nil }
  }

  private static func order(of lines: [String], _ pools: Set<String>) -> [String] {
    lines.filter { pool(of: $0).map(pools.contains) ?? false }
  }

  /// How far a database is, by the rows that this change is about.
  package enum Progress: Hashable, Sendable { case before, after, neither }

  package func progress(in text: String) -> Progress {
    progress(among: Set(text.split(separator: "\n").map(String.init)))
  }

  /// - Parameter lines: those of the rows that it is about, and any others.
  func progress(among lines: Set<String>) -> Progress {
    let isThere = { (line: String) in lines.contains(line) }
    if added.allSatisfy(isThere), !removed.contains(where: isThere) { return .after }
    if removed.allSatisfy(isThere), !added.contains(where: isThere) { return .before }
    return .neither
  }
}
