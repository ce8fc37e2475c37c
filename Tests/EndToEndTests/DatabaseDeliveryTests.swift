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
    try scene.randmap(["set", "outbound", "smtp:\(gateway)", "91", "--write", "--force"])
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
      try Store.read(scene.database).members.first { $0.nextHop == "\(scene.gateways[2].address)" })
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

  /// A plan that comes or goes puts another view in the place of the one that Postfix asks.
  @Test(arguments: [false, true]) func editsUnderMailFlowLoseAndDeferNothing(withPlans: Bool) throws {
    let now = Int64(time(nil))
    let scene = try DatabaseScene([1, 1, 1])
    // As on a host that sends mail: a proxymap(8) has the database open. (One that opens it while nobody has it open but a
    // writer may find it locked: docs/database.md.)
    try scene.deliver(10)
    let before = scene.gateways.reduce(0) { $0 + $1.count }
    let source = try ChildProcess(
      postfixTool("smtp-source"),
      [
        "-N", "-s", "5", "-m", "1500", "-f", "sender@lab.randmap.test", "-t", "user@flow.elsewhere.example",
        "\(scene.lab.address.host):\(scene.lab.address.port)",
      ])
    var views: Set<String> = []
    for edit in 0..<200 {
      try scene.change { rows in
        rows.members[edit % 3].weight = edit % 50 + 1
        guard withPlans else { return }
        rows.members[2].ramp =
          edit.isMultiple(of: 2) ? MemberRow.Ramp(from: 0.1, start: now - 50_000, end: now + 50_000) : nil
      }
      if edit < 2 {
        let text = "SELECT sql FROM sqlite_schema WHERE name = 'draw'"
        views.insert(try runSuccessfully("sqlite3", [scene.database, text]))
      }
    }
    #expect(views.count == (withPlans ? 2 : 1))
    try source.wait(limit: .seconds(300))
    try scene.lab.waitUntilDrained(limit: .seconds(180))
    #expect(scene.gateways.reduce(0) { $0 + $1.count } - before == 1_500)
    #expect(scene.deferred == 0)
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
    #expect(try Store.read(scene.database).members.allSatisfy { $0.weight == 1 })
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
