// Twenty proxymap(8) at once on one pool database, as a busy host has them, while it is written, locked, killed in the middle of a
// transaction and its log of changes is moved into it.

import Glibc
import Store
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct DatabaseProxyTests {
  private static let count = 20

  private func proxymaps(_ lab: PostfixLab) -> [pid_t] {
    processes(inSession: lab.masterPid ?? 0).filter {
      ((try? readText("/proc/\($0)/comm")) ?? "").hasPrefix("proxymap")
    }
  }

  @Test func twentyProxymapsFindEveryRoute() throws {
    let scene = try DatabaseScene([1, 1, 1])
    // As on a host that sends mail: a proxymap(8) has the database open (docs/database.md).
    try scene.deliver(10)
    let lab = scene.lab
    let route = try #require(try PoolDatabase.read(scene.database).routes.first)
    let table = "proxy:sqlite:\(lab.configDirectory)/randmap_\(route.map).cf"
    // One proxymap(8) serves many clients, and takes no other name: so there is one in each of twenty instances.
    let labs = try [lab] + (1..<Self.count).map { _ in try PostfixLab(main: "\(route.map) = \(table)\n") }
    let perRound = 400
    let keys = Array((0..<perRound).map { "sender\($0)@lab.randmap.test\n" }.joined().utf8)
    var most = 0
    /// Lookups by all of them while `work` goes on, in rounds of one process each. `work` starts them when it has begun.
    func lookUp(during what: String, _ work: (_ round: Int, _ start: () throws -> Void) throws -> Void) throws
    {
      for round in 0..<3 {
        var clients: [ChildProcess] = []
        try work(round) {
          clients = try labs.map { lab in
            try ChildProcess(
              postfixTool("postmap"), ["-c", lab.configDirectory, "-q", "-", table], input: keys)
          }
        }
        #expect(clients.count == Self.count)
        for client in clients {
          let done = try client.wait(limit: .seconds(180))
          #expect(
            done.status == .exited(0) && done.standardError.isEmpty,
            "\(what): \(done.status) \(done.standardError.prefix(300))")
          let answers = done.standardOutput.split(separator: "\n")
          #expect(answers.count == perRound, "\(what)")
        }
        most = max(most, labs.count { !proxymaps($0).isEmpty })
      }
    }
    let source = try scene.source(300, "flow")
    try lookUp(during: "edits, each with a checkpoint") { round, start in
      try start()
      for edit in 0..<60 {
        try scene.change { $0.members[edit % 3].weight = 1 + (edit + round) % 90 }
      }
    }
    for isKilled in [false, true] {
      try lookUp(during: isKilled ? "a SIGKILL in a transaction" : "a lock") { round, start in
        let end = lab.directory.file("end-\(isKilled)-\(round)")
        // The pages do not fit into its cache: they are in the log of changes before the end.
        let script = """
          .bail on
          .timeout 10000
          PRAGMA cache_size = 1;
          BEGIN IMMEDIATE;
          UPDATE member SET weight = 99;
          INSERT INTO revision (time, author, reason, change)
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
            SELECT 1, 'test', 'large', printf('%.200c', 'x') FROM n;
          .shell touch \(end).begun
          .shell while [ ! -e \(end) ]; do sleep 0.1; done
          ROLLBACK;

          """
        let writer = try ChildProcess("sqlite3", [scene.database], input: Array(script.utf8))
        try waitUntil("the transaction") { access(end + ".begun", F_OK) == 0 }
        try start()
        #expect(try PoolDatabase.read(scene.database).members.allSatisfy { $0.weight < 99 })
        if isKilled { writer.signal(SIGKILL) }
        try writeFile(end, "")
        try writer.wait()
      }
    }
    try lookUp(during: "checkpoints of all kinds") { _, start in
      try start()
      for kind in ["PASSIVE", "FULL", "RESTART", "TRUNCATE"] {
        try scene.change { $0.members[0].weight = 1 + $0.members[0].weight % 90 }
        // It may say that a reader is in its way, and then it has moved less.
        _ = try run(
          "sqlite3", [scene.database, "PRAGMA busy_timeout = 2000; PRAGMA wal_checkpoint(\(kind))"])
      }
    }
    try source.wait(limit: .seconds(180))
    try lab.waitUntilDrained(limit: .seconds(180))
    #expect(most >= Self.count, "\(most) proxymaps")
    #expect(scene.gateways.reduce(0) { $0 + $1.count } == 310)
    #expect(scene.deferred == 0 && scene.badLines == [])
    for lab in labs { #expect(!lab.log.contains("fatal") && !lab.log.contains("database is locked")) }
  }
}
