// A pool database: reading its rows, and changing them in one transaction. It is opened for each of these and closed again,
// since edits are rare and Postfix has it open all the time.

import Glibc
import Synchronization
import System

package enum PoolDatabase {
  /// Its file on disk, and the two that SQLite makes beside it: what to look at for changes.
  package static func files(of path: String) -> [String] { [path, path + "-wal"] }

  /// The rows. Nothing on disk changes, no lock file is made.
  package static func read(_ path: String) throws(StoreError) -> PoolRows {
    try reading(path) { (database) throws(StoreError) in try rows(of: database) }
  }

  /// The same with the text that says them in words.
  package static func worded(_ path: String) throws(StoreError) -> WordedRows {
    var stamp: DatabaseStamp?
    let found = try reading(path, whole: { stamp = $0 }) { (database) throws(StoreError) in
      try rows(of: database)
    }
    let worded = WordedRows(found)
    lastText.withLock { $0 = stamp.map { KeptText(path: path, stamp: $0, text: worded.text) } }
    return worded
  }

  /// The text that says the rows in words. Where nothing was written since this process has read them last, nothing is read.
  package static func text(_ path: String) throws(StoreError) -> [UInt8] {
    if let kept = lastText.withLock({ $0 }), kept.path == path, kept.isCurrent { return kept.text }
    return try worded(path).text
  }

  private struct KeptText: Sendable {
    let path: String
    let stamp: DatabaseStamp
    let text: [UInt8]

    /// Each change goes into the log first. When the log is empty again, the file has another time.
    var isCurrent: Bool { !hasLog(path) && (try? DatabaseStamp(path)) == stamp && !hasLog(path) }
  }

  /// A write looks at what an edit has read a moment before.
  private static let lastText = Mutex<KeptText?>(nil)

  /// - Parameter whole: gets the stamp of the file where that alone was read, and held all.
  private static func reading<Answer>(
    _ path: String, whole: (DatabaseStamp) -> Void = { _ in },
    _ body: (DatabaseConnection) throws(StoreError) -> Answer
  ) throws(StoreError) -> Answer {
    // A program that changes it all the time does not stop this one.
    for _ in 0..<200 {
      let file = try DatabaseStamp(path)
      if hasLog(path) {
        let read = Result { () throws(StoreError) in
          try asOwner(ofDirectoryOf: path) { () throws(StoreError) in
            try body(open(path, .readOnly))
          }
        }
        // A writer that has ended has emptied the log; then there is nothing to open any more.
        if case .failure = read, !hasLog(path) { continue }
        return try read.get()
      }
      // Without a log of changes beside it, the file is all there is, and it can be read without a lock. A writer may come
      // while it is read: then its time is another one, if it was not written at this very moment before.
      guard file.isOlder(than: 0.02) else {
        usleep(5_000)
        continue
      }
      let read = Result { () throws(StoreError) in try body(try open(path, .frozen)) }
      if !hasLog(path), try DatabaseStamp(path) == file {
        whole(file)
        return try read.get()
      }
    }
    throw .locked(path)
  }

  /// Whether tables of this program are in a SQLite database, of whatever version; false too where that cannot be seen.
  /// Nothing on disk changes, and no writer is waited for: it may be another program's, which writes all the time.
  package static func holdsPools(_ path: String) -> Bool {
    do throws(StoreError) {
      _ = try DatabaseStamp(path)
      return try asOwner(ofDirectoryOf: path) { () throws(StoreError) in
        try version(of: try open(path, hasLog(path) ? .readOnly : .frozen)) != nil
      }
    } catch {
      if case .newer = error { return true }
      return false
    }
  }

  /// Whether a regular file is a SQLite database with a write-ahead log: the bytes 18 and 19 are 2 then, and otherwise 1. Nil for
  /// any other file.
  package static func hasWriteAheadLog(_ path: String) -> Bool? {
    let head = try? asOwner(ofDirectoryOf: path) { () throws(StoreError) in
      try open(path, .frozen).head(20)
    }
    guard let head, head.starts(with: "SQLite format 3\0".utf8), head[18] == head[19] else { return nil }
    return head[18] == 2 ? true : head[18] == 1 ? false : nil
  }

  /// Makes the change, all of it or nothing, and records it as a revision. The database is made where there is none, and
  /// one of an older schema is brought up to date.
  package static func apply(_ change: RowChange, to path: String, at time: Int64) throws(StoreError) {
    try writing(path, creating: change.removed.isEmpty) { (database) throws(StoreError) in
      switch change.progress(among: try lines(change, of: database)) {
      case .after: return
      case .neither: throw .changed(path)
      case .before: break
      }
      try write(change, to: database)
      try database.query(
        "INSERT INTO revision (time, author, reason, change) VALUES (?, ?, ?, ?)",
        [
          .integer(time), .text(change.author), .text(change.summary),
          .text((change.removed.map { "- \($0)\n" } + change.added.map { "+ \($0)\n" }).joined()),
        ])
    }
  }

  /// How far a database is, by the rows that a change is about.
  package static func progress(of change: RowChange, in path: String) throws(StoreError) -> RowChange.Progress
  {
    try reading(path) { (database) throws(StoreError) in
      change.progress(among: try lines(change, of: database))
    }
  }

  /// One answer of the view that Postfix asks: for tests and comparisons.
  package static func draw(map: String, key: String, from path: String, times: Int) throws(StoreError)
    -> [String]
  {
    try asOwner(ofDirectoryOf: path) { () throws(StoreError) in
      let database = try open(path, .readOnly)
      var answers: [String] = []
      for _ in 0..<times {
        try database.query(
          "SELECT destination FROM draw WHERE map = ? AND key = ?", [.text(map), .text(key)]
        ) { (row) throws(StoreError) in
          if case .text(let text) = row[0] { answers.append(text) }
        }
      }
      return answers
    }
  }

  // MARK: -

  private static func writing(
    _ path: String, creating: Bool, _ body: (DatabaseConnection) throws(StoreError) -> Void
  ) throws(StoreError) {
    try asOwner(ofDirectoryOf: path) { () throws(StoreError) in
      let isThere = access(path, F_OK) == 0
      // access(2) asks for the real user; root may do anything, and then writes as the owner.
      if !isThere, !creating { throw .missing(path) }
      if isThere { _ = try DatabaseStamp(path) }
      let database = try open(path, creating ? .create : .readWrite)
      if !isThere { chmod(path, 0o640) }
      try writing(in: database, creating: creating, body)
    }
  }

  /// One transaction of an open database: all of `body`, or nothing.
  static func writing(
    in database: DatabaseConnection, creating: Bool, _ body: (DatabaseConnection) throws(StoreError) -> Void
  ) throws(StoreError) {
    // Before anything of it is changed.
    if try version(of: database) == nil, !creating { throw .noPools(database.path) }
    // A reader never waits for a writer then: Postfix's daemons end where they have to wait for a database.
    try database.run("PRAGMA journal_mode = WAL")
    try database.run("BEGIN IMMEDIATE")
    do throws(StoreError) {
      let version = try version(of: database) ?? 0
      try checkParts(of: database, version)
      if version < Schema.version { try database.run(Schema.statements(from: version)) }
      try body(database)
      if version < Schema.version { try database.fitView() }
      try database.run("COMMIT")
    } catch {
      try? database.run("ROLLBACK")
      throw error
    }
    // The first program that opens the database after all others have closed it reads the whole log, and locks the
    // others out for as long: an empty log is read at once. No reader waits for this, and it waits for readers only
    // shortly; what cannot be moved now, the next write moves.
    database.waiting(for: 50) { try? database.run("PRAGMA wal_checkpoint(TRUNCATE)") }
  }

  private static func hasLog(_ path: String) -> Bool {
    var status = stat()
    return stat(path + "-wal", &status) == 0 && status.st_size > 0
  }

  /// The schema of a database; nil where it has none of ours.
  static func version(of database: DatabaseConnection) throws(StoreError) -> Int? {
    var found: Int?
    var hasTable = false
    try database.query(
      "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'setting' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    ) {
      (_) throws(StoreError) in hasTable = true
    }
    guard hasTable else { return nil }
    try database.query("SELECT value FROM setting WHERE name = 'randmap schema'") {
      (row) throws(StoreError) in
      if case .text(let text) = row[0] { found = Int(text) }
    }
    if let found, found > Schema.version { throw .newer(database.path, version: found) }
    return found
  }

  private static func rows(of database: DatabaseConnection) throws(StoreError) -> PoolRows {
    guard let version = try version(of: database) else { throw .noPools(database.path) }
    try checkParts(of: database, version)
    var rows = PoolRows()
    // In the order of the key. SQLite would sort what has no end before it gives a row.
    var members = OrderedMembers()
    try database.members(version) { (row, member) throws(StoreError) in members.add(member, at: row.place) }
    rows.members = members.inOrder
    try database.query("SELECT map, key, pool FROM route ORDER BY map, key") { (row) throws(StoreError) in
      if let route = RouteRow(row) { rows.routes.append(route) }
    }
    return rows
  }

  /// The rows that a change is about as they are now, and perhaps others, in words.
  private static func lines(_ change: RowChange, of database: DatabaseConnection) throws(StoreError) -> Set<
    String
  > {
    let rows = (change.removed + change.added).compactMap { StoredRow(line: $0) }
    if rows.count > mostLooks {
      let all = try self.rows(of: database)
      return Set(all.members.map { StoredRow.member($0).line } + all.routes.map { StoredRow.route($0).line })
    }
    guard let version = try version(of: database) else { throw .noPools(database.path) }
    try checkParts(of: database, version)
    var lines: Set<String> = []
    for row in rows {
      switch row {
      case .member(let row):
        try database.members(
          version, where: "pool = ? AND transport = ? AND nexthop = ?",
          [.text(row.pool), .text(row.transport), .text(row.nextHop)]
        ) { (_, member) throws(StoreError) in lines.insert(StoredRow.member(member).line) }
      case .route(let row):
        try database.query(
          "SELECT map, key, pool FROM route WHERE map = ? AND key = ?", [.text(row.map), .text(row.key)]
        ) { (row) throws(StoreError) in
          if let route = RouteRow(row) { lines.insert(StoredRow.route(route).line) }
        }
      }
    }
    return lines
  }

  /// To look for more rows one by one takes longer than to read all of them.
  private static let mostLooks = 500
}
