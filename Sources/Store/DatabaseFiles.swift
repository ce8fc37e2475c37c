// A database that another user may have made. SQLite obeys the files beside it: a rollback journal can name any file for SQLite to
// remove. The database itself can make a statement run for ever, or give Postfix other answers than its rows.

import Glibc
import System

extension PoolDatabase {
  /// Opens a database after a look at what is there.
  static func open(_ path: String, _ mode: DatabaseConnection.Mode) throws(StoreError) -> DatabaseConnection {
    let size = try checkFiles(of: path)
    if mode != .frozen, mode != .memory { try checkDirectories(of: path, isWritten: mode != .readOnly) }
    let database = try DatabaseConnection(path, mode)
    database.distrust(fileSize: size)
    return database
  }

  /// Whether what is there may be opened: a FIFO would be waited for, and a file of the kernel's does something.
  ///
  /// - Returns: The bytes of the database and of its log, without the holes of a large sparse file; 0 where there is none yet. A
  ///   file system that packs, or places what is written later, has few blocks of a file that has no holes.
  @discardableResult
  static func checkFiles(of path: String) throws(StoreError) -> Int {
    var size = 0
    for suffix in ["", "-wal", "-shm", "-journal"] {
      var status = stat()
      guard lstat(path + suffix, &status) == 0 else { continue }
      guard status.st_mode & S_IFMT == S_IFREG, !KernelFiles.have(path + suffix) else {
        throw .notAFile(path + suffix)
      }
      // A database of randmap's has a write-ahead log. An empty journal says nothing.
      if suffix == "-journal", status.st_size > 0 { throw .journal(path) }
      if suffix.isEmpty || suffix == "-wal" {
        size += min(Int(status.st_size), max(512 * Int(status.st_blocks), 16 << 20))
      }
    }
    return size
  }

  /// Root writes as the owner of the directory (`asOwner`). No other user may put names there, as SQLite opens files by name. Where SQLite
  /// only reads, it may still make a file beside the database.
  private static func checkDirectories(of path: String, isWritten: Bool) throws(StoreError) {
    guard geteuid() == 0 else { return }
    var status = stat()
    guard stat(directory(of: path), &status) == 0 else { throw .missing(path) }
    // Since `asOwner` looked, another directory may have come to this name.
    guard status.st_uid == userForFiles() else {
      throw .foreignPlace(
        path, place: directory(of: path), reason: "its owner is not the one of a moment ago")
    }
    guard isWritten else { return }
    if status.st_uid == 0 {
      if let found = foreignPlace(onTheWayTo: path) {
        throw .foreignPlace(path, place: found.path, reason: found.reason)
      }
    } else if status.st_mode & 0o022 != 0 {
      throw .foreignPlace(
        path, place: directory(of: path), reason: "its owner is not the only user who may write it")
    }
  }

  /// Whether the tables, the triggers and the views are those of randmap. A view in the place of a table has no end, a trigger
  /// changes more than was asked for, and a column that compares in another way, or an index with other rows, gives Postfix
  /// other answers than `pools` shows. Of an older version the views are others, which a write replaces.
  static func checkParts(of database: DatabaseConnection, _ version: Int) throws(StoreError) {
    if version == 0 { return }
    let viewNames = version < Schema.version ? [] : Schema.viewNames
    var others: [String] = []
    try database.parts { part in
      let isKnown = Schema.parts.contains(part)
      switch part.type {
      case "table" where Schema.tableNames.contains(part.name) && !Schema.tables(of: version).contains(part):
        others.append("the table \(part.name) with other columns or types")
      // SQLite makes one of its own for each key.
      case "index" where Schema.tableNames.contains(part.table) && !part.text.isEmpty:
        others.append("the index \(part.name)")
      case "view" where Schema.tableNames.contains(part.name) || viewNames.contains(part.name) && !isKnown,
        "trigger" where (Schema.tableNames + Schema.viewNames).contains(part.table) && !isKnown:
        others.append("the \(part.type) \(part.name)")
      default: break
      }
    }
    if !others.isEmpty { throw .foreignParts(database.path, others) }
  }
}

/// A row of `sqlite_master`.
struct SchemaPart: Hashable, Sendable {
  let type, name, table, text: String
}

extension DatabaseConnection {
  /// Everything that its schema has.
  func parts(_ body: (SchemaPart) -> Void) throws(StoreError) {
    try query("SELECT type, name, tbl_name, sql FROM sqlite_master") { (row) throws(StoreError) in
      guard case (.text(let type), .text(let name), .text(let table)) = (row[0], row[1], row[2]) else {
        return
      }
      let text = if case .text(let text) = row[3] { text } else { "" }
      body(SchemaPart(type: type, name: name.lowercased(), table: table.lowercased(), text: text))
    }
  }
}

extension Schema {
  static let tableNames = ["setting", "member", "route", "revision"]
  static let viewNames = ["share", "draw"]

  /// The triggers and views of this version, with plans and without, as SQLite keeps their texts.
  static let parts: Set<SchemaPart> = {
    var parts: Set<SchemaPart> = []
    guard let database = try? DatabaseConnection("", .memory) else { return [] }
    for statements in [statements(from: 0), draw(withPlans: false)] {
      try? database.run(statements)
      try? database.parts { parts.insert($0) }
    }
    return parts
  }()

  /// The tables of a version.
  static func tables(of version: Int) -> Set<SchemaPart> {
    tablesByVersion.indices.contains(version - 1) ? tablesByVersion[version - 1] : []
  }

  private static let tablesByVersion = (1...version).map { version in
    var parts: Set<SchemaPart> = []
    guard let database = try? DatabaseConnection("", .memory) else { return parts }
    try? database.run(statements(upTo: version))
    try? database.parts { if $0.type == "table" { parts.insert($0) } }
    return parts
  }
}
