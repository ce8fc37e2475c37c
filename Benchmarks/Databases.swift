// Pools in a database: messages a second beside a direct transport, lookups by proxymap(8) in a large one beside an indexed table,
// and an edit of a large pool.
import Glibc
import TestSupport

/// A Postfix that goes by a database in its data directory, made as people make it.
func databaseLab(_ main: String, _ call: [String]) throws -> PostfixLab {
  let lab = try PostfixLab(main: main)
  let made = try runRandmap(
    ["pool"] + call + ["--notation", "database", "--write", "--force", "-c", lab.configDirectory])
  guard made.status == .exited(0) else { throw TestFailure("pool: \(made.summary)") }
  // After a start all of its daemons have read main.cf.
  try lab.stop()
  try lab.start()
  return lab
}

extension PostfixLab {
  fileprivate var database: String { directory.file("data/randmap-pools.db") }
}

/// 10,000 pools and 100,000 routes to them, asked as trivial-rewrite(8) asks, one question at a time.
func measureDatabaseLookups() throws -> [Goal] {
  let lab = try databaseLab(
    "indexed = proxy:hash:$config_directory/indexed\nproxy_read_maps = $transport_maps $indexed\n",
    ["to:d0.example", "[127.0.0.1]:9", "[127.0.0.2]:9"])
  let routes = 100_000
  let rows = """
    import os, sqlite3, sys
    db = sqlite3.connect(sys.argv[1])
    with db:
        db.executemany("INSERT INTO member (pool, transport, nexthop, weight) VALUES (?, 'smtp', ?, 1)",
            ((f"pool{n}", f"[127.0.0.{host}]:9") for n in range(10000) for host in (1, 2)))
        db.executemany("INSERT INTO route (map, key, pool) VALUES ('transport_maps', ?, ?)",
            ((f"d{n}.example", f"pool{n % 10000}") for n in range(1, \(routes))))
    db.close()
    """
  try runSuccessfully("python3", ["-c", rows, lab.database])
  try lab.directory.write(
    "etc/indexed", (0..<routes).map { "d\($0).example smtp:[127.0.0.1]:9\n" }.joined())
  let indexed = "hash:\(lab.configDirectory)/indexed"
  try runSuccessfully(postfixTool("postmap"), ["-c", lab.configDirectory, indexed])
  let count = 10_000
  let keys = Array((0..<count).map { "d\($0 * 7919 % routes).example\n" }.joined().utf8)
  let tables = [
    ("a pool database", "proxy:sqlite:\(lab.configDirectory)/randmap_transport_maps.cf"),
    ("an indexed table", "proxy:\(indexed)"),
  ]
  var times = tables.map { _ in [Duration]() }
  for round in 0...5 {
    for (index, table) in tables.enumerated() {
      let start = ContinuousClock.now
      let finished = try run(
        postfixTool("postmap"), ["-c", lab.configDirectory, "-q", "-", table.1], input: keys)
      let answers = finished.standardOutput.utf8.count { $0 == UInt8(ascii: "\n") }
      guard answers == count else { throw TestFailure("\(table.0): \(answers) answers, \(finished.summary)") }
      if round > 0 { times[index].append((ContinuousClock.now - start) / count) }
    }
  }
  print("a lookup by proxymap(8), \(routes) keys")
  for (table, time) in zip(tables, times) { print("  \(pad(table.0, 36))\(milliseconds(median(time)))") }
  print("")
  return [
    Goal(
      what: "lookup in a database of 100,000 routes", most: 1, value: median(times[0]) / .milliseconds(1),
      unit: " ms")
  ]
}

/// The whole call, from its start to its end.
func measureDatabaseEdit() throws -> [Goal] {
  let lab = try databaseLab("", ["outbound", "[127.0.0.1]:9", "[127.0.0.2]:9"])
  let rows = """
    import sqlite3, sys
    db = sqlite3.connect(sys.argv[1])
    with db:
        db.executemany("INSERT INTO member (pool, nexthop, weight) SELECT pool, ?, 1 FROM route",
            ((f"[127.{n // 65536 + 1}.{n // 256 % 256}.{n % 256}]:9",) for n in range(19998)))
    db.close()
    """
  try runSuccessfully("python3", ["-c", rows, lab.database])
  var times: [Duration] = []
  for weight in 2...12 {
    let start = ContinuousClock.now
    let edit = try runRandmap(
      [
        "set", "outbound", "[127.1.1.7]:9", "\(weight)", "--write", "--force", "-c", lab.configDirectory,
      ])
    if weight > 2 { times.append(ContinuousClock.now - start) }
    guard edit.status == .exited(0) else { throw TestFailure("set: \(edit.summary)") }
  }
  print("an edit of one of 20,000 members in a database: \(milliseconds(median(times)))\n")
  return [
    Goal(
      what: "edit in a database pool of 20,000 members", most: 50, value: median(times) / .milliseconds(1),
      unit: " ms")
  ]
}
