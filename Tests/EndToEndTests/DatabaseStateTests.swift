// The agent beside a stock Postfix whose pool is in a database: it writes which gateways are alive, and mail goes to those.

import Glibc
import TestSupport
import TestTraits
import Testing

@testable import Store

extension DatabaseScene {
  /// The state of each gateway in the database, and how old it is.
  func states() throws -> [(state: String?, age: Int)] {
    try asOwner(ofDirectoryOf: database) { () throws(StoreError) in
      var found: [String: (String?, Int)] = [:]
      try DatabaseConnection(database, .readOnly).query("SELECT nexthop, state, state_at FROM member") {
        row in
        guard case .text(let name) = row[0], case .text(let state) = row[1], case .integer(let time) = row[2]
        else { return }
        found[name] = (state, Int(Glibc.time(nil)) - Int(time))
      }
      return gateways.map { found["\($0.address)"] ?? (nil, 0) }
    }
  }

  func waitForStates(_ wanted: [String?], _ agent: RunningAgent, limit: Duration = .long) throws {
    var seen: [String?] = []
    try waitUntil("the states \(wanted)", limit: limit, seen: "\(seen) \(agent.log)") {
      seen = (try? states().map(\.state)) ?? []
      return seen == wanted
    }
  }

  /// Which of its files a program has open.
  func isOpen(in agent: RunningAgent) throws -> Bool {
    try namesIn("/proc/\(agent.pid)/fd").contains { name in
      realpath("/proc/\(agent.pid)/fd/\(name)", nil).map { found in
        defer { free(found) }
        return String(cString: found) == database
      } ?? false
    }
  }

  /// Changes rows as another program does.
  func run(_ statements: String) throws {
    try asOwner(ofDirectoryOf: database) { () throws(StoreError) in
      try DatabaseConnection(database, .readWrite).run(statements)
    }
  }
}

@Suite(.waits) struct DatabaseStateTests {
  @Test func mailGoesToTheLiveOnesFirst() throws {
    let scene = try DatabaseScene([1, 1, 8])
    let agent = try RunningAgent(beside: scene.lab)
    try scene.waitForStates(["up", "up", "up"], agent)
    #expect(try scene.isOpen(in: agent))
    #expect(isNear(try scene.deliver(200)[2], 0.8, of: 200))

    // Within the interval of its probes, 30 seconds and a tenth.
    try scene.gateways[2].stop()
    let death = ContinuousClock.now
    try scene.waitForStates(["up", "up", "down"], agent)
    #expect(ContinuousClock.now - death < .seconds(40))
    let attempts = { scene.lab.log.ranges(of: "connect to \(scene.gateways[2].address.host)").count }
    let before = attempts()
    let without = try scene.deliver(300)
    #expect(without[2] == 0 && isNear(without[0], 0.5, of: 300), "\(without)")
    #expect(attempts() == before)
    #expect(scene.deferred == 0)

    // A member that another program adds is probed too.
    try scene.gateways[2].start()
    try scene.run(
      "INSERT INTO member (pool, transport, nexthop, weight) SELECT pool, transport, '[127.0.0.1]:1', 1 FROM member LIMIT 1"
    )
    try waitUntil("the new member's state", limit: .seconds(60), seen: agent.log) {
      agent.log.contains("gateway [127.0.0.1]:1 is DOWN")
    }
    try scene.waitForStates(["up", "up", "up"], agent)
    #expect(isNear(try scene.deliver(200)[2], 0.8, of: 200))
    #expect(scene.deferred == 0)
    #expect(scene.badLines == [])
    // What it writes itself is no change of the configuration; the member was one.
    #expect(agent.log.ranges(of: "the configuration changed").count == 1, "\(agent.log)")

    // Once the agent is gone, a state counts for two minutes.
    try scene.gateways[2].stop()
    try scene.waitForStates(["up", "up", "down"], agent)
    try agent.kill()
    #expect(try scene.states().allSatisfy { (0...60).contains($0.age) })
    #expect(scene.firsts(2, in: try scene.draw(50)) == 0)
    // The draws take a while: on a loaded machine more than a second or two.
    try scene.run("UPDATE member SET state_at = strftime('%s', 'now') - 100")
    #expect(scene.firsts(2, in: try scene.draw(50)) == 0)
    try scene.run("UPDATE member SET state_at = strftime('%s', 'now') - 121")
    let answers = try scene.draw(300)
    let old = try scene.states()
    #expect(isNear(scene.firsts(2, in: answers), 8.0 / 11, of: 300), "\(old) \(answers.prefix(9))")
    let unknown = try scene.deliver(100)
    #expect(unknown[0] + unknown[1] == 100, "\(unknown)")
    #expect(scene.deferred == 0)
  }

  @Test func aDatabaseComesAndGoesWithTheConfiguration() throws {
    let scene = try DatabaseScene([1, 1, 1])
    try scene.randmap(["convert", "--to", "stock", "--write"])
    let agent = try RunningAgent(beside: scene.lab)
    #expect(try !scene.isOpen(in: agent))
    try scene.randmap(["undo"])
    try scene.waitForStates(["up", "up", "up"], agent)
    #expect(try scene.isOpen(in: agent))
    try scene.randmap(["convert", "--to", "stock", "--write"])
    try waitUntil("the database to be closed", limit: .seconds(30), seen: agent.log) {
      (try? scene.isOpen(in: agent)) == false
    }
    #expect(try agent.stop()?.status == .exited(0))
    #expect(scene.badLines == [])
  }

  enum Trouble: String, CaseIterable {
    case missing = "No such file or directory"
    case junk = "is no SQLite database"
    case newer = "was made by a newer randmap"
    case notWritable = "this user may not write it"
  }

  @Test(arguments: Trouble.allCases)
  func aDatabaseInTroubleIsSaidOnce(_ trouble: Trouble) throws {
    let scene = try DatabaseScene([1, 1, 1])
    let agent = try RunningAgent(beside: scene.lab)
    try scene.waitForStates(["up", "up", "up"], agent)
    let aside = scene.database + ".aside"
    switch trouble {
    case .missing: rename(scene.database, aside)
    case .junk:
      rename(scene.database, aside)
      try writeFile(scene.database, String(repeating: "no database, and long enough to be one\n", count: 50))
    case .newer: try scene.run("UPDATE setting SET value = '99' WHERE name = 'randmap schema'")
    case .notWritable:
      rename(scene.database, aside)
      try writeFile(scene.database, try readFile(aside), mode: 0o444)
    }
    let words = "cannot write the states of gateways: "
    try waitUntil("the trouble", limit: .seconds(60), seen: agent.log) {
      agent.log.contains(words + trouble.rawValue)
    }
    if trouble == .newer {
      try scene.run("UPDATE setting SET value = '\(Schema.version)' WHERE name = 'randmap schema'")
    } else {
      rename(aside, scene.database)
    }
    try waitUntil("its end", limit: .seconds(60), seen: agent.log) {
      agent.log.contains("the states of gateways are written again")
    }
    try scene.waitForStates(["up", "up", "up"], agent)
    #expect(agent.log.ranges(of: words).count == 1, "\(agent.log)")
    #expect(try agent.stop()?.status == .exited(0))
  }

  @Test func aLockIsWaitedForAsideAndSaidOnce() throws {
    let scene = try DatabaseScene([1, 1, 1])
    let end = scene.lab.directory.file("end")
    let script = """
      .bail on
      .timeout 10000
      BEGIN IMMEDIATE;
      .shell while [ ! -e \(end) ]; do sleep 0.1; done
      ROLLBACK;

      """
    let writer = try ChildProcess("sqlite3", [scene.database], input: Array(script.utf8))
    try waitUntil("the lock") {
      (try? TestSupport.run("sqlite3", [scene.database, "BEGIN IMMEDIATE"]).status) != .exited(0)
    }
    let agent = try RunningAgent(beside: scene.lab)
    try agent.waitUntilItSays("cannot write the states of gateways: another program holds its lock")
    #expect(try scene.deliver(50).reduce(0, +) == 50)
    try writeFile(end, "")
    try writer.wait()
    try scene.waitForStates(["up", "up", "up"], agent)
    try agent.waitUntilItSays("the states of gateways are written again")
    #expect(agent.log.ranges(of: "cannot write").count == 1, "\(agent.log)")
    #expect(try agent.stop()?.status == .exited(0))
    #expect(scene.deferred == 0)
  }
}
