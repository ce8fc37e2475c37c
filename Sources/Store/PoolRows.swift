// The rows of a pool database as values.

/// One row of `member`.
package struct MemberRow: Hashable, Sendable {
  package var pool: String
  /// Empty in a pool of next hops.
  package var transport: String
  package var nextHop: String
  package var weight: Int
  /// Few rows have one of these, and a pool may have very many rows: they take no room there.
  private var times: Times?
  package var drain: Drain? {
    get { times?.drain }
    set { times = Times(newValue, ramp) }
  }
  package var ramp: Ramp? {
    get { times?.ramp }
    set { times = Times(drain, newValue) }
  }

  private final class Times: Hashable, Sendable {
    let drain: Drain?
    let ramp: Ramp?

    /// Nil where there is nothing to hold.
    init?(_ drain: Drain?, _ ramp: Ramp?) {
      if drain == nil, ramp == nil { return nil }
      (self.drain, self.ramp) = (drain, ramp)
    }

    static func == (one: Times, other: Times) -> Bool { one.drain == other.drain && one.ramp == other.ramp }

    func hash(into hasher: inout Hasher) {
      hasher.combine(drain)
      hasher.combine(ramp)
    }
  }

  package struct Drain: Hashable, Sendable {
    /// Seconds since 1970; nil: until it is restored.
    package var until: Int64?
    package var author: String?
    package var reason: String?

    package init(until: Int64? = nil, author: String? = nil, reason: String? = nil) {
      self.until = until
      self.author = author
      self.reason = reason
    }
  }

  /// Without a plan, the weight goes from `from` to the member's own between two times. With one, `from` is a share, and
  /// so is what it goes to.
  package struct Ramp: Hashable, Sendable {
    package var from: Double
    package var start: Int64
    package var end: Int64
    package var plan: Plan?

    package init(from: Double, start: Int64, end: Int64, plan: Plan? = nil) {
      self.from = from
      self.start = start
      self.end = end
      self.plan = plan
    }
  }

  /// What `randmap ramp` says of a share that moves.
  package struct Plan: Hashable, Sendable {
    /// The last share, a fraction of 1.
    package var to: Double
    /// How often it moves: `daily` and the like.
    package var steps: String
    /// The most messages a day, and the share that this came to.
    package var most: Int64?
    package var cap: Double?
    package var stopAt: Double
    package var resumed: Int64?
    package var paused: Int64?
    package var reason: String?

    package init(to: Double, steps: String, stopAt: Double) {
      self.to = to
      self.steps = steps
      self.stopAt = stopAt
    }
  }

  package init(
    pool: String, transport: String, nextHop: String, weight: Int, drain: Drain? = nil, ramp: Ramp? = nil
  ) {
    self.pool = pool
    self.transport = transport
    self.nextHop = nextHop
    self.weight = weight
    times = Times(drain, ramp)
  }

  /// As Postfix writes a destination; of a pool of next hops the next hop.
  package var result: String { transport.isEmpty ? nextHop : "\(transport):\(nextHop)" }

  /// Whether it gets no mail at `time`.
  package func isDrained(at time: Int64) -> Bool { drain.map { $0.until.map { $0 > time } ?? true } ?? false }

  /// Which member it is.
  var identity: Identity { Identity(pool: pool, transport: transport, nextHop: nextHop) }

  struct Identity: Hashable {
    let pool, transport, nextHop: String
  }
}

/// One row of `route`: which mail a pool decides for.
package struct RouteRow: Hashable, Sendable {
  /// The main.cf parameter that asks.
  package var map: String
  /// What it asks for; `*`: everything.
  package var key: String
  package var pool: String

  package init(map: String, key: String, pool: String) {
    self.map = map
    self.key = key
    self.pool = pool
  }
}

/// A row, whichever table it is in.
package enum StoredRow: Hashable, Sendable {
  case member(MemberRow)
  case route(RouteRow)
}

/// All rows that decide where mail goes. What probes wrote is not among them: it changes all the time.
package struct PoolRows: Hashable, Sendable {
  /// Each pool's in its order.
  package var members: [MemberRow] = []
  package var routes: [RouteRow] = []

  package init(members: [MemberRow] = [], routes: [RouteRow] = []) {
    self.members = members
    self.routes = routes
  }
}
