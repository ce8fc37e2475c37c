// A pool database that a running program keeps open, and into which it writes what probes found.

import Glibc

/// What a probe found of the gateway that a member leads to.
package struct MemberState: Hashable, Sendable {
  package var pool: String
  package var transport: String
  package var nextHop: String
  /// A word of docs/scripts.md.
  package var state: String

  package init(pool: String, transport: String, nextHop: String, state: String) {
    self.pool = pool
    self.transport = transport
    self.nextHop = nextHop
    self.state = state
  }
}

/// One connection. While it is there, no other process is the first to open the database: the first one reads the whole log, and locks
/// the others out for as long. One call at a time.
package final class OpenStore {
  private let database: DatabaseConnection
  private let file: FileIdentity

  /// Opens a database that is there, and reads of it what SQLite has to have read to hold it.
  package init(_ path: String) throws(StoreError) {
    file = try FileIdentity(path)
    database = try asOwner(ofDirectoryOf: path) { () throws(StoreError) in
      try PoolDatabase.open(path, .readWrite)
    }
    try check()
  }

  /// Reads whether it is still a database of pools that this program knows.
  private func check() throws(StoreError) {
    try asOwner(ofDirectoryOf: database.path) { () throws(StoreError) in
      guard try PoolDatabase.version(of: database) != nil else { throw .noPools(database.path) }
    }
  }

  /// Whether its path leads to the same file as when it was opened: a backup may have taken its place.
  package var isInPlace: Bool { (try? FileIdentity(database.path)) == file }

  /// Writes states, all in one transaction; where there are none, only looks. Of a member that is not there any more
  /// nothing is written.
  package func write(_ states: [MemberState], at time: Int64) throws(StoreError) {
    if states.isEmpty { return try check() }
    try asOwner(ofDirectoryOf: database.path) { () throws(StoreError) in
      try PoolDatabase.writing(in: database, creating: false) { (database) throws(StoreError) in
        try database.run(
          "UPDATE member SET state = ?, state_at = ? WHERE pool = ? AND transport = ? AND nexthop = ?",
          for: states.lazy.map {
            [.text($0.state), .integer(time), .text($0.pool), .text($0.transport), .text($0.nextHop)]
          })
      }
    }
  }
}

/// Which file a path leads to.
private struct FileIdentity: Equatable {
  let device: UInt64
  let inode: UInt64

  init(_ path: String) throws(StoreError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .notSeen(path, errno) }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }
}
