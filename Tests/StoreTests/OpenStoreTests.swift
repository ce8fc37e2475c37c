// A database that a program keeps open: what this process does beside that must not take its locks away.

import Glibc
import Store
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct OpenStoreTests {
  /// With the last descriptor of our own that is closed on a file, all locks of the process on it would go; then another program
  /// that closes the database takes itself for the last one, and removes the log.
  @Test func lookingAtTheFileKeepsTheLocks() throws {
    let (directory, path) = try StoreTests().database()
    let open = try OpenStore(path)
    #expect(PoolDatabase.hasWriteAheadLog(path) == true)
    #expect(PoolDatabase.holdsPools(path))
    _ = try PoolDatabase.read(path)
    func log() -> UInt64? {
      var status = stat()
      return stat(path + "-wal", &status) == 0 ? UInt64(status.st_ino) : nil
    }
    let before = log()
    #expect(before != nil)
    for _ in 0..<3 {
      #expect(try run("sqlite3", [path, "UPDATE member SET weight = weight + 1"]).status == .exited(0))
      #expect(PoolDatabase.hasWriteAheadLog(path) == true)
    }
    #expect(log() == before)
    try open.write([], at: 1)
    // What is no such database is none.
    try directory.write("text", "no database at all, but long enough")
    #expect(PoolDatabase.hasWriteAheadLog(directory.file("text")) == nil)
    try directory.write("empty", "")
    #expect(PoolDatabase.hasWriteAheadLog(directory.file("empty")) == nil)
    withExtendedLifetime(open) {}
  }
}
