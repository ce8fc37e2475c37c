// The tables of a pool database, and the two views that Postfix's query reads. CHECK constraints keep a wrong row out,
// whatever program writes it. Time is in seconds since 1970, UTC.

package enum Schema {
  /// The version that this program writes. Older ones are brought up to it by a write, newer ones are refused.
  package static let version = 1

  /// A member that was found down comes after the live ones for this long.
  package static let secondsOfAState = 120

  package static let largestWeight = 1_000_000

  private static let now = "(strftime('%s', 'now') + 0)"

  /// Words of a row: no white space, no comma, nothing that a line could be cut at.
  private static func isWord(_ column: String) -> String {
    "typeof(\(column)) = 'text' AND \(column) NOT GLOB '*[^!-~]*' AND \(column) NOT GLOB '*,*'"
  }

  static let statements = """
    CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO setting VALUES ('randmap schema', '\(version)');
    CREATE TABLE member (
      pool TEXT NOT NULL CHECK (pool <> '' AND \(isWord("pool"))),
      transport TEXT NOT NULL DEFAULT '' CHECK (\(isWord("transport")) AND transport NOT GLOB '*:*'),
      nexthop TEXT NOT NULL CHECK (\(isWord("nexthop")) AND transport || nexthop <> ''),
      weight INTEGER NOT NULL CHECK (typeof(weight) = 'integer' AND weight BETWEEN 1 AND \(largestWeight)),
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
      map TEXT NOT NULL CHECK (map <> '' AND \(isWord("map"))),
      key TEXT NOT NULL CHECK (key <> '' AND \(isWord("key"))),
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
        max(1e-9, 1.0 * CASE WHEN ramp_end > \(now)
          THEN ramp_from + (weight - ramp_from) * max(0, \(now) - ramp_start) / (ramp_end - ramp_start)
          ELSE weight END) AS weight,
        drained AND coalesce(drained_until > \(now), 1) AS drained,
        coalesce(state IN ('down', 'refused') AND state_at > \(now) - \(secondsOfAState), 0) AS down
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
}
