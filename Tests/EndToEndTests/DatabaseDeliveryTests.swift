// Pools in a database through a stock Postfix: what is delivered, and what becomes of mail while the database is edited.

import Glibc
import Store
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct DatabaseDeliveryTests {
  @Test func mailIsSharedByWeightAndAnEditIsInForceAtOnce() throws {
    let scene = try DatabaseScene()
    let first = try scene.deliver(1_000)
    #expect(zip(first, [0.7, 0.2, 0.1]).allSatisfy { isNear($0, $1, of: 1_000) }, "\(first)")
    let gateway = "\(scene.gateways[2].address)"
    try scene.randmap(["set", "outbound", "smtp:\(gateway)", "910", "--write", "--force"])
    let second = try scene.deliver(400)
    #expect(zip(second, [0.07, 0.02, 0.91]).allSatisfy { isNear($0, $1, of: 400) }, "\(second)")
    let drained = try scene.randmap([
      "drain", "smtp:\(gateway)", "--for", "2h", "--why", "new disk", "--write", "--force",
    ])
    #expect(!drained.standardError.contains("by itself"), "\(drained.summary)")
    #expect(try scene.randmap(["pools"]).standardOutput.contains("left: new disk"))
    let third = try scene.deliver(200)
    #expect(third[2] == 0 && isNear(third[0], 7.0 / 9, of: 200), "\(third)")
    try scene.randmap(["undo"])
    #expect(isNear(try scene.deliver(200)[2], 0.91, of: 200))
    #expect(scene.deferred == 0)
  }

  @Test func deadGatewaysDeferNothing() throws {
    let scene = try DatabaseScene([1, 1, 8])
    try scene.gateways[2].stop()
    let unknown = try scene.deliver(300)
    #expect(unknown[0] + unknown[1] == 300 && isNear(unknown[0], 0.5, of: 300), "\(unknown)")
    #expect(scene.deferred == 0)
    // Known as down, it is not tried first any more.
    let row = try #require(
      try PoolDatabase.read(scene.database).members.first { $0.nextHop == "\(scene.gateways[2].address)" })
    let state = MemberState(pool: row.pool, transport: row.transport, nextHop: row.nextHop, state: "down")
    try OpenStore(scene.database).write([state], at: Int64(time(nil)))
    #expect(scene.firsts(2, in: try scene.draw(50)) == 0)
    let known = try scene.deliver(200)
    #expect(known[0] + known[1] == 200, "\(known)")
    #expect(scene.deferred == 0)
  }

  @Test func drainsEndAndRampsClimbByThemselves() throws {
    let scene = try DatabaseScene([1, 1, 1])
    let now = Int64(time(nil))
    try scene.change { rows in
      rows.members[0].drain = MemberRow.Drain(until: now + 3_600, author: "root", reason: "new disk")
      rows.members[2].weight = 10
      rows.members[1].weight = 5
      rows.members[2].ramp = MemberRow.Ramp(from: 0, start: now - 50_000, end: now + 50_000)
    }
    let half = try scene.deliver(400)
    #expect(half[0] == 0 && isNear(half[1], 0.5, of: 400), "\(half)")
    try scene.change { rows in
      rows.members[0].drain?.until = now - 1
      rows.members[0].weight = 15
      rows.members[2].ramp = nil
    }
    let all = try scene.deliver(400)
    #expect(zip(all, [0.5, 1.0 / 6, 1.0 / 3]).allSatisfy { isNear($0, $1, of: 400) }, "\(all)")
    #expect(scene.deferred == 0)
  }

  /// A gateway that is out when mail begins to flow gets none of it, whatever is edited beside it. A plan that comes or goes puts
  /// another view in the place of the one that Postfix asks.
  @Test(arguments: [false, true]) func editsUnderMailFlowLoseAndDeferNothing(withPlans: Bool) throws {
    let now = Int64(time(nil))
    let scene = try DatabaseScene([1, 1, 1])
    // As on a host that sends mail: a proxymap(8) has the database open. (One that opens it while nobody has it open but a
    // writer may find it locked: docs/database.md.)
    try scene.deliver(10)
    let before = scene.gateways.reduce(0) { $0 + $1.count }
    var views: Set<String> = []
    for out in 0..<3 {
      let name = "\(scene.gateways[out].address)"
      let isRemoved = out == 1
      var gone: MemberRow?
      try scene.change { rows in
        guard let index = rows.members.firstIndex(where: { $0.nextHop == name }) else { return }
        if isRemoved {
          gone = rows.members.remove(at: index)
        } else {
          rows.members[index].drain = MemberRow.Drain()
        }
      }
      let former = scene.gateways[out].count
      let source = try scene.source(500, "flow\(out)")
      for edit in 0..<66 {
        try scene.change { rows in
          let others = rows.members.indices.filter { rows.members[$0].nextHop != name }
          rows.members[others[edit % 2]].weight = edit % 50 + 1
          // Another one goes and comes meanwhile: the last takes all.
          rows.members[others[0]].drain = edit % 4 == 1 ? MemberRow.Drain(until: now + 3_600) : nil
          guard withPlans else { return }
          rows.members[others[1]].ramp =
            edit.isMultiple(of: 2) ? MemberRow.Ramp(from: 0.1, start: now - 50_000, end: now + 50_000) : nil
        }
        if edit < 2 {
          let text = "SELECT sql FROM sqlite_schema WHERE name = 'draw'"
          views.insert(try runSuccessfully("sqlite3", [scene.database, text]))
        }
      }
      try source.wait(limit: .seconds(300))
      try scene.lab.waitUntilDrained(limit: .seconds(180))
      #expect(scene.gateways[out].count == former, "gateway \(out)")
      try scene.change { rows in
        if let gone { rows.members.append(gone) }
        for index in rows.members.indices { rows.members[index].drain = nil }
      }
    }
    #expect(views.count == (withPlans ? 2 : 1))
    #expect(scene.gateways.reduce(0) { $0 + $1.count } - before == 1_500)
    #expect(scene.deferred == 0)
    #expect(scene.badLines == [])
  }

  /// Each edit empties the log of changes into the database. Twenty programs that look routes up, as proxymap(8) does, wait for
  /// none of it.
  @Test func twentyReadersSeeNoLock() throws {
    let scene = try DatabaseScene([1, 1, 1])
    try scene.deliver(10)
    let route = try #require(try PoolDatabase.read(scene.database).routes.first)
    let settings = scene.lab.configDirectory + "/randmap_\(route.map).cf"
    let keys = (0..<3_000).map { "sender\($0)@lab.randmap.test\n" }.joined()
    let readers = try (0..<20).map { _ in
      try ChildProcess(
        postfixTool("postmap"), ["-c", scene.lab.configDirectory, "-q", "-", "sqlite:" + settings],
        input: Array(keys.utf8))
    }
    var edits = 0
    while readers.contains(where: { $0.status == nil }) || edits < 100 {
      try scene.change { $0.members[edits % 3].weight = edits % 90 + 1 }
      edits += 1
    }
    for reader in readers {
      let done = try reader.wait(limit: .seconds(180))
      #expect(done.status == .exited(0) && done.standardError.isEmpty, "\(done.standardError.prefix(500))")
      #expect(done.standardOutput.split(separator: "\n").count == 3_000)
    }
    #expect(try scene.deliver(50).reduce(0, +) == 50)
    #expect(scene.deferred == 0 && scene.badLines == [])
  }

  /// An edit then says so and changes nothing; mail goes on, and so do edits once there is room.
  @Test func aFullDiskStopsNoMail() throws {
    var small = ""
    let scene = try DatabaseScene([1, 1, 2]) { lab in
      small = try lab.directory.makeDirectory("small")
      try runSuccessfully("mount", ["-t", "tmpfs", "-o", "size=256k,mode=755", "tmpfs", small])
      let owner = try #require(getpwnam("postfix")).pointee
      #expect(chown(small, owner.pw_uid, owner.pw_gid) == 0)
      return small + "/pools.db"
    }
    defer { _ = try? runSuccessfully("umount", ["--lazy", small]) }
    try scene.deliver(10)
    let before = try PoolDatabase.read(scene.database)
    let filler = small + "/filler"
    _ = try run("dd", ["if=/dev/zero", "of=" + filler, "bs=4k"])
    let edit = try runRandmap([
      "add", "outbound", "[127.0.0.1]:1", "--write", "--force", "-c", scene.lab.configDirectory,
    ])
    #expect(edit.status == .exited(1) && edit.standardError.contains("full"), "\(edit.summary)")
    #expect(try PoolDatabase.read(scene.database) == before)
    #expect(try scene.deliver(100).reduce(0, +) == 100)
    unlink(filler)
    try scene.randmap(["set", "outbound", "smtp:\(scene.gateways[0].address)", "97", "--write", "--force"])
    #expect(isNear(try scene.deliver(100)[0], 0.97, of: 100))
    #expect(scene.deferred == 0 && scene.badLines == [])
  }

  @Test func poolsOfLMTPServersAreShared() throws {
    let scene = try DatabaseScene([70, 20, 10], isLMTP: true)
    let got = try scene.deliver(400)
    #expect(zip(got, [0.7, 0.2, 0.1]).allSatisfy { isNear($0, $1, of: 400) }, "\(got)")
    // Its share goes to the others by their weights.
    try scene.gateways[0].stop()
    let left = try scene.deliver(300)
    #expect(left[1] + left[2] == 300 && isNear(left[1], 2.0 / 3, of: 300), "\(left)")
    #expect(scene.deferred == 0)
  }

  @Test func theShareOfADeadGatewayGoesToTheOthersByWeight() throws {
    let scene = try DatabaseScene([50, 40, 10])
    try scene.gateways[0].stop()
    let got = try scene.deliver(400)
    #expect(got[1] + got[2] == 400 && isNear(got[1], 0.8, of: 400), "\(got)")
    #expect(scene.deferred == 0)
  }

  @Test func mailWaitsWhereAllGatewaysAreDownAndGoesOutAfterwards() throws {
    let scene = try DatabaseScene([1, 1, 1])
    for gateway in scene.gateways { try gateway.stop() }
    try scene.lab.send(60, to: "user@down.elsewhere.example", sessions: 5)
    try waitUntil("the mail to be put off", limit: .seconds(120), seen: scene.lab.log) {
      scene.deferred >= 60
    }
    #expect(scene.lab.deliveries.allSatisfy { $0.status == .deferred })
    // A pool whose members are all known as down tries them all the same.
    let rows = try PoolDatabase.read(scene.database).members
    try OpenStore(scene.database).write(
      rows.map { MemberState(pool: $0.pool, transport: $0.transport, nextHop: $0.nextHop, state: "down") },
      at: Int64(time(nil)))
    for gateway in scene.gateways { try gateway.start() }
    try runSuccessfully(postfixTool("postqueue"), ["-c", scene.lab.configDirectory, "-f"])
    try scene.lab.waitUntilDrained(limit: .seconds(180))
    #expect(scene.gateways.reduce(0) { $0 + $1.count } == 60)
    #expect(scene.badLines == [])
  }

  @Test func aWriterThatHoldsTheLockOrIsKilledStopsNoMail() throws {
    let scene = try DatabaseScene([1, 1, 1])
    for isKilled in [false, true] {
      let end = scene.lab.directory.file("end-\(isKilled)")
      let script = """
        .bail on
        .timeout 10000
        BEGIN IMMEDIATE;
        UPDATE member SET weight = 99;
        .shell while [ ! -e \(end) ]; do sleep 0.1; done
        ROLLBACK;

        """
      let writer = try ChildProcess("sqlite3", [scene.database], input: Array(script.utf8))
      try waitUntil("the lock") {
        (try? run("sqlite3", [scene.database, "BEGIN IMMEDIATE"]).status) != .exited(0)
      }
      let got = try scene.deliver(100)
      #expect(got.reduce(0, +) == 100)
      if isKilled { writer.signal(SIGKILL) }
      try writeFile(end, "")
      try writer.wait()
    }
    #expect(try PoolDatabase.read(scene.database).members.allSatisfy { $0.weight == 1 })
    #expect(try scene.deliver(100).reduce(0, +) == 100)
    #expect(scene.deferred == 0)
  }

  @Test func theWayBackLosesNoMail() throws {
    let scene = try DatabaseScene([3, 1, 1])
    try scene.randmap(["convert", "--to", "stock", "--write"])
    // Postfix was not reloaded: it still asks the database.
    #expect(try scene.deliver(50).reduce(0, +) == 50)
    try scene.restart()
    let got = try scene.deliver(300)
    #expect(got.reduce(0, +) == 300 && isNear(got[0], 0.6, of: 300), "\(got)")
    let pools = try scene.randmap(["pools", "--format", "json"]).standardOutput
    #expect(pools.contains("\"stock\"") && !pools.contains("\"database\""))
    #expect(scene.deferred == 0)
  }
}
