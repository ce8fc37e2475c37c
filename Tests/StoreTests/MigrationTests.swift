// A database of an older schema: it is read as it is, and the first write brings it up to date.

import Glibc
import TestSupport
import Testing

@testable import Store

@Suite struct MigrationTests {
  /// The first schema, as it was.
  static let first = """
    CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO setting VALUES ('randmap schema', '1');
    CREATE TABLE member (
      pool TEXT NOT NULL CHECK (pool <> '' AND typeof(pool) = 'text' AND pool NOT GLOB '*[^!-~]*' AND pool NOT GLOB '*,*'),
      transport TEXT NOT NULL DEFAULT '' CHECK (typeof(transport) = 'text' AND transport NOT GLOB '*[^!-~]*' AND transport NOT GLOB '*,*' AND transport NOT GLOB '*:*'),
      nexthop TEXT NOT NULL CHECK (typeof(nexthop) = 'text' AND nexthop NOT GLOB '*[^!-~]*' AND nexthop NOT GLOB '*,*' AND transport || nexthop <> ''),
      weight INTEGER NOT NULL CHECK (typeof(weight) = 'integer' AND weight BETWEEN 1 AND 1000000),
      place INTEGER NOT NULL DEFAULT 0,
      drained INTEGER NOT NULL DEFAULT 0 CHECK (drained IN (0, 1)),
      drained_until INTEGER CHECK (typeof(drained_until) IN ('null', 'integer')),
      reason TEXT, author TEXT,
      ramp_from REAL CHECK (ramp_from >= 0), ramp_start INTEGER, ramp_end INTEGER,
      state TEXT CHECK (state IN ('unknown', 'up', 'degraded', 'down', 'refused')), state_at INTEGER,
      CHECK ((ramp_from IS NULL) = (ramp_start IS NULL) AND (ramp_from IS NULL) = (ramp_end IS NULL)
        AND (ramp_from IS NULL OR ramp_start < ramp_end)),
      PRIMARY KEY (pool, transport, nexthop)) WITHOUT ROWID;
    CREATE TABLE route (
      map TEXT NOT NULL CHECK (map <> '' AND typeof(map) = 'text' AND map NOT GLOB '*[^!-~]*' AND map NOT GLOB '*,*'),
      key TEXT NOT NULL CHECK (key <> '' AND typeof(key) = 'text' AND key NOT GLOB '*[^!-~]*' AND key NOT GLOB '*,*'),
      pool TEXT NOT NULL,
      PRIMARY KEY (map, key)) WITHOUT ROWID;
    CREATE TABLE revision (
      number INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, author TEXT NOT NULL, reason TEXT,
      change TEXT NOT NULL);
    CREATE TRIGGER route_needs_member BEFORE INSERT ON route
      WHEN NOT EXISTS (SELECT 1 FROM member WHERE member.pool = NEW.pool)
      BEGIN SELECT RAISE(ABORT, 'a route needs a pool that has a member'); END;
    CREATE TRIGGER pool_needs_member AFTER DELETE ON member
      WHEN NOT EXISTS (SELECT 1 FROM member WHERE member.pool = OLD.pool)
        AND EXISTS (SELECT 1 FROM route WHERE route.pool = OLD.pool)
      BEGIN SELECT RAISE(ABORT, 'a pool that mail is routed to needs a member'); END;
    CREATE VIEW share AS SELECT pool, transport, nexthop,
        max(1e-9, 1.0 * CASE WHEN ramp_end > (strftime('%s', 'now') + 0)
          THEN ramp_from + (weight - ramp_from) * max(0, (strftime('%s', 'now') + 0) - ramp_start) / (ramp_end - ramp_start)
          ELSE weight END) AS weight,
        drained AND coalesce(drained_until > (strftime('%s', 'now') + 0), 1) AS drained,
        coalesce(state IN ('down', 'refused') AND state_at > (strftime('%s', 'now') + 0) - 120, 0) AS down
      FROM member;
    CREATE VIEW draw AS SELECT map, key, coalesce((
        SELECT CASE first WHEN '' THEN '' ELSE first || ':' END || group_concat(nexthop, ', ') FROM (
          SELECT nexthop, first FROM (
            SELECT transport, nexthop, drained, first_value(transport) OVER turn AS first,
              first_value(drained) OVER turn AS kind, row_number() OVER turn AS place
            FROM (SELECT transport, nexthop, drained, down,
                -ln((abs(random()) % 1000000007 + 1) / 1000000009.0) / weight AS luck
              FROM share WHERE share.pool = route.pool LIMIT -1)
            WINDOW turn AS (ORDER BY drained, down, luck))
          WHERE transport = first AND drained = kind ORDER BY place)),
        'retry:4.3.0 the pool ' || pool || ' has no member') AS destination
      FROM route;
    """

  /// A database that the first version made.
  private func old() throws -> (directory: TemporaryDirectory, path: String) {
    let directory = try TemporaryDirectory()
    let path = directory.file("pools.db")
    let database = try DatabaseConnection(path, .create)
    try database.run("PRAGMA journal_mode = WAL")
    try database.run(Self.first)
    try database.run(
      """
      CREATE TABLE mail (name TEXT);
      INSERT INTO member (pool, transport, nexthop, weight, place, ramp_from, ramp_start, ramp_end, state, state_at)
        VALUES ('p', 'smtp', '[a]', 3, 0, NULL, NULL, NULL, 'up', 77), ('p', 'smtp', '[b]', 5, 1, 1.5, 10, 20, NULL, NULL);
      INSERT INTO member (pool, transport, nexthop, weight, place, drained, drained_until, reason, author)
        VALUES ('p', 'smtp', '[c]', 1, 2, 1, 30, 'new disk', 'root');
      INSERT INTO route VALUES ('m', '*', 'p');
      INSERT INTO revision (time, author, reason, change) VALUES (5, 'root', 'made', '+ x');
      """)
    return (directory, path)
  }

  private let rows = PoolRows(
    members: [
      MemberRow(pool: "p", transport: "smtp", nextHop: "[a]", weight: 3),
      MemberRow(
        pool: "p", transport: "smtp", nextHop: "[b]", weight: 5,
        ramp: MemberRow.Ramp(from: 1.5, start: 10, end: 20)),
      MemberRow(
        pool: "p", transport: "smtp", nextHop: "[c]", weight: 1,
        drain: MemberRow.Drain(until: 30, author: "root", reason: "new disk")),
    ], routes: [RouteRow(map: "m", key: "*", pool: "p")])

  private func value(_ statement: String, of path: String) throws -> [Value] {
    var found: [Value] = []
    try DatabaseConnection(path, .readOnly).query(statement) { found.append($0[0]) }
    return found
  }

  private func version(_ path: String) throws -> Int? {
    try PoolDatabase.version(of: DatabaseConnection(path, .readOnly))
  }

  @Test func aReadChangesNothing() throws {
    let (directory, path) = try old()
    let before = try readFile(path)
    #expect(try PoolDatabase.read(path) == rows)
    #expect(try PoolDatabase.draw(map: "m", key: "*", from: path, times: 9).count == 9)
    #expect(try readFile(path) == before)
    #expect(try version(path) == 1)
    withExtendedLifetime(directory) {}
  }

  @Test func theFirstWriteBringsItUpToDateAndKeepsEachRow() throws {
    let (directory, path) = try old()
    var after = rows
    after.members[0].weight = 4
    let change = RowChange(from: rows.text, to: after.text, author: "test", summary: "edited")
    try PoolDatabase.apply(change, to: path, at: 40)
    #expect(try version(path) == Schema.version)
    #expect(try PoolDatabase.read(path) == after)
    #expect(try value("SELECT state_at FROM member WHERE nexthop = '[a]'", of: path) == [.integer(77)])
    #expect(try value("SELECT time FROM revision ORDER BY number", of: path) == [.integer(5), .integer(40)])
    #expect(try value("SELECT count(*) FROM mail", of: path) == [.integer(0)])
    let answers = try PoolDatabase.draw(map: "m", key: "*", from: path, times: 200)
    #expect(answers.allSatisfy { $0.hasPrefix("smtp:") })
    // It is the same as one that is new.
    let new = directory.file("new.db")
    try PoolDatabase.apply(RowChange(from: nil, to: after.text, author: "t", summary: "made"), to: new, at: 1)
    let schema = "SELECT name || ' ' || type FROM sqlite_master WHERE name <> 'mail' ORDER BY 1"
    #expect(try value(schema, of: path) == value(schema, of: new))
    let views = "SELECT sql FROM sqlite_master WHERE type = 'view' ORDER BY name"
    #expect(try value(views, of: path) == value(views, of: new))
    let columns = "SELECT name || ' ' || type FROM pragma_table_info('member')"
    #expect(try value(columns, of: path) == value(columns, of: new))
    // And a second write changes no schema.
    try PoolDatabase.apply(change.reversed, to: path, at: 41)
    #expect(try PoolDatabase.read(path) == rows)
    #expect(try version(path) == Schema.version)
  }

  @Test func aStateIsAWriteToo() throws {
    let (directory, path) = try old()
    let open = try OpenStore(path)
    try open.write([], at: 50)
    #expect(try version(path) == 1)
    try open.write([MemberState(pool: "p", transport: "smtp", nextHop: "[a]", state: "down")], at: 50)
    #expect(try version(path) == Schema.version)
    #expect(try PoolDatabase.read(path) == rows)
    withExtendedLifetime(directory) {}
  }

  /// A pool with a route keeps its last member, whatever statement would take that away. The third schema knew only DELETE.
  @Test(arguments: [
    "DELETE FROM member", "UPDATE member SET pool = 'other'", "UPDATE route SET pool = 'none'",
    "INSERT INTO route VALUES ('m', 'k', 'none')", "INSERT OR REPLACE INTO route VALUES ('m', '*', 'none')",
  ])
  func aPoolWithARouteKeepsAMember(statement: String) throws {
    let (directory, path) = try old()
    let open = try OpenStore(path)
    try open.write([MemberState(pool: "p", transport: "smtp", nextHop: "[a]", state: "up")], at: 50)
    #expect(throws: StoreError.self) { try DatabaseConnection(path, .readWrite).run(statement) }
    #expect(try PoolDatabase.read(path) == rows)
    // All but the last may go, and a route may come to a pool that has one.
    try DatabaseConnection(path, .readWrite).run(
      "UPDATE member SET pool = 'other' WHERE nexthop = '[a]'; UPDATE route SET pool = 'other'; DELETE FROM member WHERE pool = 'p'"
    )
    #expect(try PoolDatabase.read(path).members.map(\.pool) == ["other"])
    withExtendedLifetime(directory) {}
  }

  /// An edit that does not fit leaves the old schema.
  @Test func aWriteThatFailsLeavesItAsItIs() throws {
    let (directory, path) = try old()
    var (before, after) = (rows, rows)
    before.members[0].weight = 9
    after.members[0].weight = 8
    let change = RowChange(from: before.text, to: after.text, author: "test", summary: "edited")
    #expect(throws: StoreError.changed(path)) { try PoolDatabase.apply(change, to: path, at: 40) }
    #expect(try version(path) == 1)
    #expect(try PoolDatabase.read(path) == rows)
    withExtendedLifetime(directory) {}
  }
}
