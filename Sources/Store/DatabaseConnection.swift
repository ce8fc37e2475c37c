// A thin wrapper of SQLite: open, run, read rows, close. Only what the pool database needs.

import CSQLite
import Glibc
import Synchronization

/// One open database. One call at a time.
final class DatabaseConnection {
  let path: String
  private let handle: OpaquePointer

  enum Mode {
    /// Nothing is made or changed, not even a lock file.
    case frozen
    case readOnly
    case readWrite
    case create
    /// One without a file.
    case memory
  }

  /// How many rows all queries of this process have given.
  static let rowsRead = Atomic(0)

  /// How long another writer is waited for, in milliseconds.
  static let patience: Int32 = 5_000

  init(_ path: String, _ mode: Mode) throws(StoreError) {
    self.path = path
    let name: String
    // One call at a time: then a lock for each value that is read is time lost.
    var flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOMUTEX
    switch mode {
    case .frozen:
      name = Self.uri(path) + "?immutable=1"
      flags |= SQLITE_OPEN_READONLY
    case .readOnly:
      // The file of locks is only looked at.
      name = Self.uri(path) + "?readonly_shm=1"
      flags |= SQLITE_OPEN_READONLY
    case .readWrite:
      name = Self.uri(path)
      flags |= SQLITE_OPEN_READWRITE
    case .create:
      name = Self.uri(path)
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    case .memory:
      name = ":memory:"
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY
    }
    var opened: OpaquePointer?
    let status = sqlite3_open_v2(name, &opened, flags, nil)
    guard status == SQLITE_OK, let opened else {
      let reason = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close(opened)
      throw Self.error(status, reason, path)
    }
    handle = opened
    sqlite3_busy_timeout(handle, Self.patience)
    sqlite3_extended_result_codes(handle, 1)
    // To clear the log away, the last connection locks all others out for a moment: a daemon of Postfix that opens the
    // database just then would end with a fatal error.
    randmap_keep_log_on_close(handle)
  }

  deinit {
    sqlite3_close(handle)
    steps.deallocate()
  }

  /// How many millions of SQLite's steps a statement has left.
  private let steps: UnsafeMutablePointer<Int> = {
    let steps = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    steps.initialize(to: .max)
    return steps
  }()
  private var mostSteps = Int.max
  private var mostRows = Int.max

  /// Anybody may have made it: no statement runs for longer than one over all its rows, none gives more rows, no text is longer
  /// than a change of all of them, and nothing is put into temporary files. Pages that lead to each other in a circle have rows
  /// without end.
  func distrust(fileSize: Int) {
    sqlite3_exec(handle, "PRAGMA temp_store = MEMORY", nil, nil, nil)
    mostRows = 10_000 + fileSize / 8
    let memory = Int64(256 << 20) + 16 * Int64(fileSize)
    sqlite3_hard_heap_limit64(max(memory, sqlite3_hard_heap_limit64(-1)))
    randmap_distrust(handle, Int32(clamping: 64_000_000 + fileSize))
    mostSteps = 200 + fileSize / 500_000
    sqlite3_progress_handler(
      handle, 1_000_000,
      { steps in
        guard let left = steps?.assumingMemoryBound(to: Int.self) else { return 1 }
        left.pointee -= 1
        return left.pointee < 0 ? 1 : 0
      }, steps)
  }

  /// A path with what has a meaning in a URI written as numbers. Links in its directory are followed here: SQLite then
  /// follows none, and the last step must be no link.
  private static func uri(_ path: String) -> String {
    var real = path
    if let resolved = realpath(directory(of: path), nil) {
      real = String(cString: resolved) + "/" + (path.split(separator: "/").last ?? "")
      free(resolved)
    }
    return "file:"
      + real.utf8.map { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
          UInt8(ascii: "_"):
          String(UnicodeScalar(byte))
        default:
          "%" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
      }.joined()
  }

  private static func error(_ status: Int32, _ reason: String, _ path: String) -> StoreError {
    let isThere = access(path, F_OK) == 0
    switch status & 0xFF {
    case SQLITE_CANTOPEN where !isThere: return .missing(path)
    case SQLITE_CANTOPEN where deniedOwner(of: path) != nil,
      SQLITE_READONLY where deniedOwner(of: path) != nil:
      return .notForOwner(path, owner: deniedOwner(of: path) ?? "")
    case SQLITE_CANTOPEN where access(path, R_OK) != 0: return .denied(path, isWrite: false)
    case SQLITE_CANTOPEN where access(path + "-wal", F_OK) == 0 && access(path + "-shm", F_OK) != 0:
      return .logOfACopy(path)
    case SQLITE_CANTOPEN: return .directoryNotWritable(path)
    case SQLITE_INTERRUPT, SQLITE_TOOBIG, SQLITE_NOMEM: return .endless(path)
    case SQLITE_READONLY, SQLITE_PERM: return .denied(path, isWrite: true)
    case SQLITE_BUSY, SQLITE_LOCKED: return .locked(path)
    case SQLITE_NOTADB: return .notADatabase(path)
    case SQLITE_CORRUPT: return .corrupt(path, reason: reason)
    default: return .sqlite(path, reason: reason)
    }
  }

  private func error(_ status: Int32) -> StoreError {
    Self.error(status, String(cString: sqlite3_errmsg(handle)), path)
  }

  /// Waits for other programs only so long meanwhile.
  func waiting(for milliseconds: Int32, _ body: () -> Void) {
    sqlite3_busy_timeout(handle, milliseconds)
    body()
    sqlite3_busy_timeout(handle, Self.patience)
  }

  /// The first bytes of its file; nil where there are fewer.
  func head(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    return randmap_read_head(handle, &bytes, Int32(count)) == 1 ? bytes : nil
  }

  /// Runs statements without results.
  func run(_ statements: String) throws(StoreError) {
    steps.pointee = mostSteps
    let status = sqlite3_exec(handle, statements, nil, nil, nil)
    guard status == SQLITE_OK else { throw error(status) }
  }

  /// Runs one statement without results for each of these values.
  func run(_ statement: String, for each: some Sequence<[Value]>) throws(StoreError) {
    let prepared = try prepare(statement)
    defer { sqlite3_finalize(prepared) }
    for values in each {
      for (index, value) in values.enumerated() { value.bind(to: prepared, at: Int32(index + 1)) }
      let status = sqlite3_step(prepared)
      guard status == SQLITE_DONE || status == SQLITE_ROW else { throw error(status) }
      sqlite3_reset(prepared)
    }
  }

  private func prepare(_ statement: String) throws(StoreError) -> OpaquePointer {
    steps.pointee = mostSteps
    var prepared: OpaquePointer?
    let status = sqlite3_prepare_v2(handle, statement, -1, &prepared, nil)
    guard status == SQLITE_OK, let prepared else { throw error(status) }
    return prepared
  }

  /// Runs one statement; `row` gets each row that it gives.
  func query(
    _ statement: String, _ values: [Value] = [], row: (Row) throws(StoreError) -> Void = { _ in }
  ) throws(StoreError) {
    let prepared = try prepare(statement)
    defer { sqlite3_finalize(prepared) }
    for (index, value) in values.enumerated() { value.bind(to: prepared, at: Int32(index + 1)) }
    var rows = 0
    defer { Self.rowsRead.wrappingAdd(rows, ordering: .relaxed) }
    while true {
      let status = sqlite3_step(prepared)
      if status == SQLITE_DONE { return }
      guard status == SQLITE_ROW else { throw error(status) }
      rows += 1
      if rows > mostRows { throw .endless(path) }
      try row(Row(statement: prepared))
    }
  }
}

/// A value of a row.
enum Value: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)

  fileprivate func bind(to statement: OpaquePointer, at index: Int32) {
    switch self {
    case .null: sqlite3_bind_null(statement, index)
    case .integer(let value): sqlite3_bind_int64(statement, index, value)
    case .real(let value): sqlite3_bind_double(statement, index, value)
    case .text(let value): randmap_bind_text(statement, index, value, Int32(value.utf8.count))
    }
  }

  init(_ text: String?) { self = text.map { .text($0) } ?? .null }
  init(_ number: Int64?) { self = number.map { .integer($0) } ?? .null }
  init(_ number: Double?) { self = number.map { .real($0) } ?? .null }
}

/// The row that a statement is at.
struct Row {
  fileprivate let statement: OpaquePointer

  subscript(column: Int) -> Value {
    let column = Int32(column)
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
    case SQLITE_TEXT, SQLITE_BLOB: return .text(String(decoding: bytes(column), as: UTF8.self))
    default: return .null
    }
  }

  /// Of a column that holds a text; only until the next step.
  private func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
    // The text first: of a database in UTF-16 it makes UTF-8, which is what is counted then.
    let text = sqlite3_column_text(statement, column)
    return UnsafeRawBufferPointer(start: text, count: Int(sqlite3_column_bytes(statement, column)))
  }

  // A pool may have very many rows, and most of their columns are empty: these make no value in between.

  func isNull(_ columns: ClosedRange<Int>) -> Bool {
    for column in columns where sqlite3_column_type(statement, Int32(column)) != SQLITE_NULL { return false }
    return true
  }

  func integer(_ column: Int) -> Int64? {
    let column = Int32(column)
    return sqlite3_column_type(statement, column) == SQLITE_INTEGER
      ? sqlite3_column_int64(statement, column) : nil
  }

  /// A word as the tables have them: no white space, no comma, in ASCII. Nil for anything else.
  ///
  /// - Parameter last: That of the row before, which is nearly always the same: then no other is made.
  func word(_ column: Int, like last: String = "") -> String? {
    let column = Int32(column)
    let type = sqlite3_column_type(statement, column)
    guard type == SQLITE_TEXT || type == SQLITE_BLOB else { return nil }
    let bytes = bytes(column)
    if last.utf8.count == bytes.count, last.utf8.elementsEqual(bytes) { return last }
    for byte in bytes where byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: ",") { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
