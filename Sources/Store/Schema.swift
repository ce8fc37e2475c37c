// The tables of a pool database, and the views that Postfix's query reads. CHECK constraints keep a wrong row out,
// whatever program writes it. Time is in seconds since 1970, UTC.

package enum Schema {
  /// The version that this program writes. Older ones are brought up to it by a write, newer ones are refused.
  package static var version: Int { steps.count }

  /// The first version that has the columns of a plan.
  static let withPlans = 2

  /// A member that was found down comes after the live ones for this long.
  package static let secondsOfAState = 120

  package static let largestWeight = 1_000_000

  private static let now = "(strftime('%s', 'now') + 0)"

  /// Words of a row: no white space, no comma, nothing that a line could be cut at.
  private static func isWord(_ column: String) -> String {
    "typeof(\(column)) = 'text' AND \(column) NOT GLOB '*[^!-~]*' AND \(column) NOT GLOB '*,*'"
  }

  /// What each version adds to the one before it.
  private static let steps = [tables, plans, views, keptMembers]

  private static let tables = """
    CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
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
    """

  /// A plan moves a share: then `ramp_from` is a share too.
  private static let plans = """
    ALTER TABLE member ADD COLUMN ramp_to REAL CHECK (ramp_to IS NULL
      OR (ramp_to > 0 AND ramp_to < 1 AND ramp_from < 1 AND ramp_start IS NOT NULL));
    ALTER TABLE member ADD COLUMN ramp_steps TEXT
      CHECK (ramp_steps IN ('minutely', 'hourly', 'daily', 'weekly'));
    ALTER TABLE member ADD COLUMN ramp_max INTEGER CHECK (ramp_max > 0);
    ALTER TABLE member ADD COLUMN ramp_cap REAL CHECK (ramp_cap > 0 AND ramp_cap < 1);
    ALTER TABLE member ADD COLUMN ramp_stop_at REAL CHECK (ramp_stop_at > 0 AND ramp_stop_at < 1);
    ALTER TABLE member ADD COLUMN ramp_resumed INTEGER;
    ALTER TABLE member ADD COLUMN ramp_paused INTEGER;
    ALTER TABLE member ADD COLUMN ramp_reason TEXT;
    ALTER TABLE member ADD COLUMN ramp_count INTEGER AS (max(1, (ramp_end - ramp_start
        + CASE ramp_steps WHEN 'weekly' THEN 302400 WHEN 'daily' THEN 43200 WHEN 'hourly' THEN 1800 ELSE 30 END)
      / CASE ramp_steps WHEN 'weekly' THEN 604800 WHEN 'daily' THEN 86400 WHEN 'hourly' THEN 3600 ELSE 60 END));
    """

  /// What makes a database of `version` one of today; 0: there is nothing yet. Then `draw` may be the one for plans without
  /// a plan (`DatabaseConnection.fitView()`).
  static func statements(from version: Int) -> String {
    steps[version...].joined(separator: "\n") + "\n" + draw(withPlans: true)
      + "\nINSERT OR REPLACE INTO setting VALUES ('randmap schema', '\(Self.version)');"
  }

  /// What makes the tables of a version.
  static func statements(upTo version: Int) -> String { steps[..<version].joined(separator: "\n") }

  private static let isDrained = "(drained AND coalesce(drained_until > \(now), 1))"

  private static let isDown =
    "coalesce(state IN ('down', 'refused') AND state_at > \(now) - \(secondsOfAState), 0)"

  /// A member with a plan has the weight that gives it the share of its step beside the others, but no more than its cap.
  /// Plans that come to all of the mail leave the others a hundredth.
  private static let views = """
    DROP VIEW IF EXISTS draw;
    DROP VIEW IF EXISTS share;
    CREATE VIEW share AS SELECT pool, transport, nexthop,
        max(1e-9, CASE WHEN ramp_to IS NOT NULL THEN (
            SELECT coalesce(own * rest / (max(1, planned / 0.99) - planned), own, 1.0 * member.weight)
            FROM (SELECT sum(weight) FILTER (WHERE part IS NULL) AS rest, sum(part) AS planned,
                sum(part) FILTER (WHERE mine) AS own
              FROM (SELECT weight, transport = member.transport AND nexthop = member.nexthop AS mine,
                  min(coalesce(ramp_cap, 1.0), ramp_from + (ramp_to - ramp_from) * max(0, min(ramp_count,
                    (coalesce(ramp_paused, \(now)) - ramp_start) * ramp_count / (ramp_end - ramp_start))) / ramp_count)
                    AS part
                FROM member AS other WHERE other.pool = member.pool AND NOT \(isDrained))))
          WHEN ramp_end > \(now)
          THEN ramp_from + (weight - ramp_from) * max(0, \(now) - ramp_start) / (ramp_end - ramp_start)
          ELSE 1.0 * weight END) AS weight,
        \(isDrained) AS drained,
        \(isDown) AS down
      FROM member;
    """

  /// A row that changes its pool leaves one and joins another, as one that goes and one that comes do.
  private static let keptMembers = """
    CREATE TRIGGER route_keeps_member BEFORE UPDATE OF pool ON route
      WHEN NOT EXISTS (SELECT 1 FROM member WHERE member.pool = NEW.pool)
      BEGIN SELECT RAISE(ABORT, 'a route needs a pool that has a member'); END;
    CREATE TRIGGER pool_keeps_member AFTER UPDATE OF pool ON member
      WHEN NOT EXISTS (SELECT 1 FROM member WHERE member.pool = OLD.pool)
        AND EXISTS (SELECT 1 FROM route WHERE route.pool = OLD.pool)
      BEGIN SELECT RAISE(ABORT, 'a pool that mail is routed to needs a member'); END;
    """

  /// There while `draw` knows no plans: another program's plan would move nothing.
  static let guardOfPlainDraw = "no_plan_here"

  /// The view that Postfix asks: the members of one transport, in weighted random order. Postfix prepares its query for each
  /// lookup, and that is most of what a lookup costs: so the text for pools without plans is another, and short.
  static func draw(withPlans: Bool) -> String {
    let events = ["INSERT", "UPDATE"]
    let drops = events.map { "DROP TRIGGER IF EXISTS \(guardOfPlainDraw)_\($0);\n" }.joined()
    let guards = events.map { event in
      """
      CREATE TRIGGER \(guardOfPlainDraw)_\(event) BEFORE \(event) ON member WHEN NEW.ramp_from IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a plan needs a view of its own: randmap ramp makes it'); END;

      """
    }
    .joined()
    return "DROP VIEW IF EXISTS draw;\n" + drops + (withPlans ? drawByShares : drawByWeights + guards)
  }

  // lmtp(8) knows `inet:` in front of the first next hop of a list only: at another one it ends with a fatal error.

  private static let luck = "-ln((abs(random()) % 1000000007 + 1) / 1000000009.0)"

  /// Who is first says which transport it is. The order of the others does not depend on that, so it is drawn for itself.
  private static let drawByWeights = """
    CREATE VIEW draw AS SELECT map, key, coalesce((
        SELECT CASE first WHEN '' THEN '' ELSE first || ':' END || replace(group_concat(nexthop, ', '), ', inet:', ', ') FROM (
          SELECT nexthop, first
          FROM (SELECT transport AS first, \(isDrained) AS kind FROM member WHERE member.pool = route.pool
            ORDER BY kind, \(isDown), \(luck) / weight LIMIT 1)
          CROSS JOIN member ON member.pool = route.pool AND transport = first AND \(isDrained) = kind
          ORDER BY \(isDown), \(luck) / weight)),
        'retry:4.3.0 the pool ' || pool || ' has no member') AS destination
      FROM route;

    """

  private static let drawByShares = """
    CREATE VIEW draw AS SELECT map, key, coalesce((
        SELECT CASE first WHEN '' THEN '' ELSE first || ':' END || replace(group_concat(nexthop, ', '), ', inet:', ', ') FROM (
          SELECT nexthop, first FROM (
            SELECT transport, nexthop, drained, first_value(transport) OVER turn AS first,
              first_value(drained) OVER turn AS kind, row_number() OVER turn AS place
            FROM (SELECT transport, nexthop, drained, down,
                \(luck) / weight AS luck
              FROM share WHERE share.pool = route.pool LIMIT -1)
            WINDOW turn AS (ORDER BY drained, down, luck))
          WHERE transport = first AND drained = kind ORDER BY place)),
        'retry:4.3.0 the pool ' || pool || ' has no member') AS destination
      FROM route;
    """
}
