// A pool in a database that Postfix itself asks: each member is a row with its weight.

import PostfixFiles
import Store

package struct DatabaseNotation: PoolNotation {
  package let name = "database"
  package let words = "database"
  package let passesOthersOn = true
  package let largestWeight = Schema.largestWeight

  package init() {}

  package func problem(withItem result: String) -> String? {
    if result.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: ",") }) {
      return "a row holds one next hop, in ASCII: the other members follow it by themselves"
    }
    if result.hasPrefix("unix:") || Destination(SourcedText(builtIn: result)).nextHop.text.hasPrefix("unix:")
    {
      return
        "the other members follow each one in a list, which lmtp(8) would take for the name of the socket: need inet:HOST:PORT, or another notation"
    }
    return nil
  }
}

extension Pool {
  /// What comes of a pool in a database that has no member left; nil where it has one.
  package var wordsOfAllDrained: String? {
    guard case .database = notation, !members.isEmpty, members.allSatisfy(\.isDrained) else { return nil }
    return "all members are drained: so all of them get mail, by their weights"
  }
}

/// The rows of a database with their places.
package struct DatabaseText: Sendable {
  package private(set) var pools: [String: [DatabaseRow]] = [:]
  /// With the number of its line.
  package private(set) var routes: [(row: RouteRow, line: Range<Int>)] = []

  /// The text that they are in.
  private let bytes: Bytes

  package init(_ document: Document) { self.init(document, former: nil) }

  /// Of rows that were just read: nothing is looked for in their text.
  init(_ rows: WordedRows) {
    bytes = rows.text
    routes = rows.routes
    var left = rows.members[...]
    while let first = left.first {
      let pool = left.prefix { $0.member.pool == first.member.pool }
      pools[first.member.pool, default: []] += pool
      left = left.dropFirst(pool.count)
    }
  }

  /// - Parameter former: of the text before an edit: the rows around what differs are the same.
  init(_ document: Document, former: DatabaseText?) {
    let bytes = document.bytes
    if let former, former.bytes == bytes {
      self = former
      return
    }
    self.bytes = bytes
    let same = former.map { CommonEnds($0.bytes, bytes) } ?? CommonEnds()
    if let former {
      for (pool, rows) in former.pools {
        // Each pool's rows are in one piece, and in order.
        let first = rows.prefix { $0.line.upperBound < same.start }
        if !first.isEmpty { pools[pool] = Array(first) }
      }
      routes = former.routes.filter { $0.line.upperBound < same.start }
    }
    read(from: same.start, to: bytes.count - same.end)
    if let former {
      let shift = bytes.count - former.bytes.count
      let end = former.bytes.count - same.end
      for (pool, rows) in former.pools where rows.last.map({ $0.line.lowerBound >= end }) ?? false {
        let first = bisect(0..<rows.count) { rows[$0].line.lowerBound >= end }
        pools[pool, default: []] += rows[first...].lazy.map { $0.moved(by: shift) }
      }
      routes += former.routes.lazy.filter { $0.line.lowerBound >= end }.map {
        ($0.row, $0.line.moved(by: shift))
      }
    }
  }

  private mutating func read(from first: Int, to last: Int) {
    let newline = UInt8.newline
    var start = first
    while start < last {
      let end = bytes[start..<last].firstIndex(of: newline) ?? last
      defer { start = end + 1 }
      switch StoredRow(line: bytes[start..<end]) {
      case .route(let row): routes.append((row, start..<end))
      case .member(let row):
        let lead = StoredRow.lead(of: row).utf8.count
        let item = start + lead..<start + lead + row.result.utf8.count
        pools[row.pool, default: []].append(DatabaseRow(member: row, item: item, line: start..<end))
      case nil: break
      }
    }
  }
}

extension DatabaseRow {
  fileprivate func moved(by shift: Int) -> DatabaseRow {
    DatabaseRow(member: member, item: item.moved(by: shift), line: line.moved(by: shift))
  }
}

extension Range<Int> {
  fileprivate func moved(by shift: Int) -> Range<Int> { lowerBound + shift..<upperBound + shift }
}

extension MailConfig {
  /// The rows of a pool database that was read.
  package func databaseText(_ path: String) -> DatabaseText? {
    files[path]?.document.map { document in
      workedOut(of: path, isOfFilesAlone: true) {
        DatabaseText(document, former: formerlyWorkedOut(DatabaseText.self, of: path))
      }
    }
  }
}

extension Drain {
  /// A drained row says so at least.
  init(_ drain: MemberRow.Drain?) {
    self.init(until: drain?.until.map { Int($0) }, why: drain?.reason, author: drain?.author)
  }
}

extension PoolText {
  /// Whether it has rows, of which no two have one result. `smtp:[a]` without a transport would be `[a]` with one.
  var hasDistinctRows: Bool {
    guard let first = rows.first else { return false }
    return rows.allSatisfy { $0.member.transport.isEmpty == first.member.transport.isEmpty }
  }

  /// The rows of one pool.
  init(_ pool: String, of document: Document, rows: [DatabaseRow], at now: Int) {
    let isDrained = { (row: DatabaseRow) in row.member.isDrained(at: Int64(now)) }
    let active = rows.contains(where: isDrained) ? rows.filter { !isDrained($0) } : rows
    self.init(
      notation: .database(path: document.path, pool: pool), text: SourcedText(document, 0..<document.count),
      items: active.map(\.item), rows: rows, weights: active.map(\.member.weight))
    for row in active where row.member.ramp != nil {
      guard let plan = Ramp(row.member.ramp) else { continue }
      ramps[row.member.result] = plan.share(at: now)
      nextChange = [nextChange, plan.nextChange(after: now)].compactMap(\.self).min()
    }
    let ends = rows.lazy.compactMap { $0.member.drain?.until }.map { Int($0) }.filter { $0 > now }
    nextChange = [nextChange, ends.min()].compactMap(\.self).min()
  }
}
