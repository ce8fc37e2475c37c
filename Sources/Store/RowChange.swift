// A change of a pool database, as the lines of the rows that go and that come. Small however large the database is, so a
// journal can hold it, and it can be taken back.

package struct RowChange: Hashable, Sendable, Codable {
  /// Rows that are there before, in words.
  package let removed: [String]
  /// Rows that are there after it.
  package let added: [String]
  /// The rows of each changed pool, in the order that they are to have; empty where those that stay keep theirs, and those that
  /// come are the last ones.
  let order: [String]
  let oldOrder: [String]
  /// Who asks for it, and what for: the words of the revision.
  package let author: String
  package let summary: String

  /// - Parameters:
  ///   - before: The rows in words, as they were read; nil where there is no database.
  ///   - after: As they are to be.
  package init(from before: String?, to after: String, author: String, summary: String) {
    self.init(from: before.map { Array($0.utf8) }, to: Array(after.utf8), author: author, summary: summary)
  }

  /// The same of bytes.
  package init(from before: [UInt8]?, to after: [UInt8], author: String, summary: String) {
    let before = before ?? []
    // Each row is there once. Those around what differs need no look.
    let same = CommonEnds(before, after)
    let oldLines = Self.rows(before[same.start..<before.count - same.end])
    let newLines = Self.rows(after[same.start..<after.count - same.end])
    let (oldSet, newSet) = (Set(oldLines), Set(newLines))
    removed = oldLines.filter { !newSet.contains($0) }
    added = newLines.filter { !oldSet.contains($0) }
    let pools = Set((removed + added).compactMap(Self.pool(of:)))
    let (old, new) = (Self.members(oldLines, pools), Self.members(newLines, pools))
    let rest = after[(after.count - same.end)...].prefix { $0 != UInt8(ascii: "\n") }
    let next: String? = if case .member(let row) = StoredRow(line: rest) { row.pool } else { nil }
    order = Self.keepsOrder(of: old, in: new, beforeRowOf: next) ? [] : Self.order(of: after, pools)
    oldOrder = Self.keepsOrder(of: new, in: old, beforeRowOf: next) ? [] : Self.order(of: before, pools)
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

  /// Whether the members that stay keep their order, and those that come are the last ones of their pools.
  ///
  /// - Parameter next: The pool of the row that follows; nil where none does.
  private static func keepsOrder(
    of old: [MemberRow.Identity], in new: [MemberRow.Identity], beforeRowOf next: String?
  ) -> Bool {
    let (before, now) = (Set(old), Set(new))
    guard old.filter(now.contains) == new.filter(before.contains) else { return false }
    var joined: Set<String> = []
    for member in new {
      if !before.contains(member) {
        joined.insert(member.pool)
      } else if joined.contains(member.pool) {
        return false
      }
    }
    return next.map { !joined.contains($0) } ?? true
  }

  /// The lines of the members of these pools. They begin with words that no other line has.
  private static func order(of text: [UInt8], _ pools: Set<String>) -> [String] {
    let starts = Set(pools.map { Array("member \($0) ".utf8)[...] })
    return text.split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard let first = line.firstIndex(of: UInt8(ascii: " ")),
        let second = line[(first + 1)...].firstIndex(of: UInt8(ascii: " ")),
        starts.contains(line[...second])
      else { return nil }
      return String(decoding: line, as: UTF8.self)
    }
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
