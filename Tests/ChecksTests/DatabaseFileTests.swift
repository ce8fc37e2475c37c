// What --check says of the database of a directory that is in use: whatever lies at its path, nothing of it is waited for,
// and nothing is made or changed.

import Glibc
import PostfixFiles
import Routing
import Store
import TestSupport
import Testing

@testable import Checks

/// A configuration directory that a process of this machine uses (this one), with a pool database.
private struct Bench {
  let directory: TemporaryDirectory
  var database: String { directory.file("data/pools.db") }

  init() throws {
    directory = try TemporaryDirectory()
    guard chmod(directory.path, 0o755) == 0 else { throw TestFailure("chmod \(directory.path)") }
    for name in ["etc", "data", "queue", "queue/pid"] { try directory.makeDirectory(name) }
    try directory.write("queue/pid/master.pid", "\(getpid())\n")
    // Postfix takes no privileged user.
    let user = try #require(geteuid() == 0 ? getpwnam("daemon") : getpwuid(geteuid())).pointee
    chown(directory.file("data"), user.pw_uid, user.pw_gid)
    try directory.write(
      "etc/main.cf",
      """
      myhostname = mx1.example
      queue_directory = \(directory.file("queue"))
      mail_owner = \(String(cString: user.pw_name))
      transport_maps = proxy:sqlite:$config_directory/pools.cf

      """)
    try directory.write("etc/master.cf", DatabaseExample.master)
    try directory.write("etc/pools.cf", DatabaseTable.text(of: database))
    try PoolDatabase.apply(
      RowChange(from: nil, to: DatabaseExample.rows, author: "test", summary: "made"), to: database, at: 1)
  }

  /// The rules that say something, those of who owns the files of this test left out.
  func codes() throws -> [String] {
    let config = try MailConfig(
      directory: directory.file("etc"), environment: Environment(hostName: "mx1.example")
    ).readingFiles()
    return Linter().lint(config).diagnostics.map(\.code).filter { $0 != "RM801" || geteuid() == 0 }
  }

  func remove() {
    for suffix in ["", "-wal", "-shm"] { unlink(database + suffix) }
  }
}

extension DatabaseTable {
  fileprivate static func text(of database: String) -> String {
    DatabaseSettings.text(database: database, map: "transport_maps")
  }
}

@Suite struct DatabaseFileTests {
  @Test func aDatabaseAsRandmapMakesItIsSoundAndLeftAsItIs() throws {
    let bench = try Bench()
    for hasLog in [true, false] {
      if !hasLog { for suffix in ["-wal", "-shm"] { unlink(bench.database + suffix) } }
      let data = bench.directory.file("data")
      func state() throws -> [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: try namesIn(data).map { ($0, try readFile("\(data)/\($0)")) })
      }
      let before = try state()
      #expect(try bench.codes() == [])
      #expect(try state() == before)
    }
  }

  @Test func anythingElseAtItsPathIsOneFindingAndNotWaitedFor() throws {
    let bench = try Bench()
    bench.remove()
    #expect(try bench.codes() == ["RM308"])
    mkfifo(bench.database, 0o644)
    #expect(try bench.codes() == ["RM308"])
    bench.remove()
    mkdir(bench.database, 0o755)
    #expect(try bench.codes() == ["RM308"])
    rmdir(bench.database)
    symlink("/dev/zero", bench.database)
    #expect(try bench.codes() == ["RM308"])
    bench.remove()
    try bench.directory.write("data/pools.db", "no database")
    #expect(try bench.codes() == ["RM308"])
    truncate(bench.database, 1 << 36)
    #expect(try bench.codes() == ["RM308"])
  }

  @Test func rightsAreLookedAt() throws {
    let bench = try Bench()
    let data = bench.directory.file("data")
    chmod(data, 0o555)
    #expect(try bench.codes() == ["RM821"])
    chmod(data, 0o777)
    #expect(try bench.codes() == (geteuid() == 0 ? ["RM801"] : []))
    chmod(data, 0o1777)
    #expect(try bench.codes() == [])
    if geteuid() == 0 {
      chown(bench.database, 0, 0)
      chmod(bench.database, 0o600)
      #expect(try bench.codes() == ["RM821"])
    }
  }

  @Test func theQueryAndTheKindOfTheFileAreLookedAt() throws {
    let bench = try Bench()
    let settings = "dbpath = \(bench.database)\nquery = SELECT destination FROM draw WHERE key = '%s'\n"
    try bench.directory.write("etc/pools.cf", settings)
    #expect(try bench.codes() == ["RM143"])
    // A database of somebody else's, asked by a query of somebody else's.
    bench.remove()
    let empty = [UInt8]("SQLite format 3\0".utf8) + [0x10, 0, 1, 1] + [UInt8](repeating: 0, count: 80)
    try writeFile(bench.database, empty)
    #expect(try bench.codes() == ["RM820"])
    unlink(bench.directory.file("etc/pools.cf"))
    #expect(try bench.codes() == ["RM308"])
  }

  @Test func nothingIsSaidOfTheDatabaseOfAnotherMachine() throws {
    let bench = try Bench()
    unlink(bench.directory.file("queue/pid/master.pid"))
    chmod(bench.directory.file("data"), 0o777)
    #expect(try bench.codes() == [])
    let settings = DatabaseTable.text(of: "/var/lib/postfix/of-another-machine/pools.db")
    try bench.directory.write("etc/pools.cf", settings)
    #expect(try bench.codes() == [])
  }

  /// Whether a Postfix runs by the configuration makes no difference to what is not there.
  @Test func whatIsMissingIsSaidWhereNoPostfixRuns() throws {
    let bench = try Bench()
    unlink(bench.directory.file("queue/pid/master.pid"))
    bench.remove()
    #expect(try bench.codes() == ["RM308"])
    try bench.directory.write("etc/pools.cf", DatabaseTable.text(of: bench.directory.file("no/pools.db")))
    #expect(try bench.codes() == ["RM308"])
    unlink(bench.directory.file("etc/pools.cf"))
    #expect(try bench.codes() == ["RM308"])
  }
}
