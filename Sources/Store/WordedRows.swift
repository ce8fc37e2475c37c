// The rows of a database with the text that says them in words, made in one go: an edit needs both, and a pool may have very
// many rows.

/// A row of a pool, where it is in the text that says the rows in words.
package struct DatabaseRow: Hashable, Sendable {
  package let member: MemberRow
  /// Its result.
  package let item: Range<Int>
  /// The whole line, newline excluded.
  package let line: Range<Int>

  package init(member: MemberRow, item: Range<Int>, line: Range<Int>) {
    self.member = member
    self.item = item
    self.line = line
  }
}

/// The rows of a database, each with its line of the text.
package struct WordedRows: Sendable {
  /// One row in each line.
  package private(set) var text: [UInt8]
  /// Each pool's in one piece, in order.
  package private(set) var members: [DatabaseRow] = []
  package private(set) var routes: [(row: RouteRow, line: Range<Int>)] = []

  private static let head =
    "# Rows of a pool database. This is no file: change it with randmap set, add, remove, drain or pool.\n"

  package init(_ rows: PoolRows) {
    text = Array(Self.head.utf8)
    text.reserveCapacity(text.count + 64 * (rows.members.count + rows.routes.count))
    members.reserveCapacity(rows.members.count)
    for member in rows.members {
      let start = text.count
      let item = member.write(to: &text)
      members.append(DatabaseRow(member: member, item: item, line: start..<text.count))
      text.append(UInt8(ascii: "\n"))
    }
    for route in rows.routes {
      let start = text.count
      text += StoredRow.route(route).line.utf8
      routes.append((route, start..<text.count))
      text.append(UInt8(ascii: "\n"))
    }
  }
}

extension MemberRow {
  /// Writes its line, newline excluded.
  ///
  /// - Returns: Where its result is.
  @discardableResult
  func write(to text: inout [UInt8]) -> Range<Int> {
    text += "member ".utf8
    text += pool.utf8
    text += transport.isEmpty ? " next-hop ".utf8 : " to ".utf8
    let start = text.count
    if !transport.isEmpty {
      text += transport.utf8
      text.append(UInt8(ascii: ":"))
    }
    text += nextHop.utf8
    let item = start..<text.count
    text += " weight ".utf8
    text += String(weight).utf8
    // Few rows have more.
    if ramp != nil || drain != nil { text += wordsOfTimes.utf8 }
    return item
  }
}
