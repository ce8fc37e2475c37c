// A write of files and of rows of a database together: whatever happens to the process, both are old or both are new.

import Changes
import Glibc
import Store
import TestSupport
import TestTraits
import Testing

/// A configuration directory, and a database in a directory of another user.
private struct DatabaseScene {
  let temporary: TemporaryDirectory
  var directory: String { temporary.file("etc") }
  var state: String { temporary.file("state") }
  var new: String { temporary.file("new") }
  var database: String { directory + "/pools.db" }

  static let old = PoolRows(
    members: [MemberRow(pool: "p", transport: "smtp", nextHop: "[old]", weight: 1)],
    routes: [RouteRow(map: "m", key: "*", pool: "p")])
  static let after = PoolRows(
    members: [
      MemberRow(pool: "p", transport: "smtp", nextHop: "[new]", weight: 7),
      MemberRow(pool: "p", transport: "smtp", nextHop: "[old]", weight: 2),
    ], routes: [RouteRow(map: "m", key: "*", pool: "p"), RouteRow(map: "m", key: "x", pool: "p")])

  /// - Parameter isNew: whether the write makes the database.
  init(isNew: Bool) throws {
    temporary = try TemporaryDirectory()
    for name in ["etc", "new"] { try temporary.makeDirectory(name) }
    try writeFile(directory + "/main.cf", "a = old\n")
    try writeFile(new + "/main.cf", "a = new\n")
    try writeFile(new + "/fresh.cf", "dbpath = here\n")
    try writeFile(new + "/pools.db.rows", Self.after.text)
    guard !isNew else { return }
    try PoolDatabase.apply(
      RowChange(from: nil, to: Self.old.text, author: "test", summary: "made"), to: database, at: 1)
  }

  var writer: Writer {
    Writer(
      state: StateDirectory(state), author: Author(user: "test", command: "test"),
      fileSystem: QuickFileSystem())
  }

  /// What is there: all old, all new, or neither.
  func state(isNew: Bool) throws -> String {
    let rows = (try? PoolDatabase.read(database)) ?? PoolRows()
    let main = try readText(directory + "/main.cf")
    let hasFresh = access(directory + "/fresh.cf", F_OK) == 0
    if rows == Self.after, main == "a = new\n", hasFresh { return "new" }
    if rows == (isNew ? PoolRows() : Self.old), main == "a = old\n", !hasFresh { return "old" }
    return "mixed: \(rows.text)\(main)\(hasFresh)"
  }
}

@Suite(.waits) struct DatabaseCrashTests {
  @Test(arguments: ["before", "after"], [false, true])
  func killedAtEachCall(_ side: String, isNew: Bool) throws {
    let program = try builtProgram("CrashingWriter")
    var ends: [String: Int] = [:]
    for point in 1... {
      let scene = try DatabaseScene(isNew: isNew)
      let process = try run(program, [scene.directory, scene.state, scene.new, side, String(point)])
      if process.status == .exited(0) { break }
      try #require(process.status == .killed(signal: SIGKILL), "\(process.summary)")
      let recovery = try scene.writer.recover(scene.directory)
      let state = try scene.state(isNew: isNew)
      #expect(["old", "new"].contains(state), "killed \(side) call \(point), then \(recovery): \(state)")
      #expect(try scene.writer.recover(scene.directory) == .nothing)
      ends[state, default: 0] += 1
    }
    print("crash test, database: \(side), \(isNew ? "new" : "there"): \(ends)")
    #expect(ends["old", default: 0] > 10)
    #expect(ends["new", default: 0] > 0)
  }

  @Test func aWriteIsTakenBackAndIsInTheLog() throws {
    let scene = try DatabaseScene(isNew: false)
    let program = try builtProgram("CrashingWriter")
    #expect(
      try run(program, [scene.directory, scene.state, scene.new, "before", "9999"]).status == .exited(0))
    #expect(try scene.state(isNew: false) == "new")
    let diffs = try scene.writer.written(scene.directory, number: nil).diffs
    #expect(diffs.contains { $0.path == scene.database && !$0.hunks.isEmpty })
    let undone = try scene.writer.undo(scene.directory)
    #expect(String(decoding: undone.set.diff, as: UTF8.self).contains("-member p to smtp:[new] weight 7\n"))
    #expect(try scene.state(isNew: false) == "old")
  }

  @Test func aRowThatWasEditedSinceIsAConflict() throws {
    let scene = try DatabaseScene(isNew: false)
    let change = FileChange(
      path: scene.database, before: Array(DatabaseScene.old.text.utf8),
      after: Array(DatabaseScene.after.text.utf8), storage: .database)
    var other = DatabaseScene.old
    other.members[0].weight = 9
    try PoolDatabase.apply(
      RowChange(from: DatabaseScene.old.text, to: other.text, author: "other", summary: "edit"),
      to: scene.database, at: 2)
    #expect(throws: WriteError.conflict([scene.database])) {
      _ = try scene.writer.write(ChangeSet(directory: scene.directory, changes: [change], summary: "test"))
    }
    #expect(try PoolDatabase.read(scene.database) == other)
  }
}
