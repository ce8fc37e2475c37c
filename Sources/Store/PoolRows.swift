// The rows of a pool database as values, and in words: one row in each line, so that a difference of two states is a
// difference of two texts.

/// One row of `member`.
package struct MemberRow: Hashable, Sendable {
  package var pool: String
  /// Empty in a pool of next hops.
  package var transport: String
  package var nextHop: String
  package var weight: Int
  package var drain: Drain?
  package var ramp: Ramp?

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

  /// The weight goes from `from` to the member's own between two times.
  package struct Ramp: Hashable, Sendable {
    package var from: Double
    package var start: Int64
    package var end: Int64

    package init(from: Double, start: Int64, end: Int64) {
      self.from = from
      self.start = start
      self.end = end
    }
  }

  package init(
    pool: String, transport: String, nextHop: String, weight: Int, drain: Drain? = nil, ramp: Ramp? = nil
  ) {
    self.pool = pool
    self.transport = transport
    self.nextHop = nextHop
    self.weight = weight
    self.drain = drain
    self.ramp = ramp
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
package enum PoolRow: Hashable, Sendable {
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

extension PoolRows {
  /// One row in each line.
  package var text: String {
    (["# Rows of a pool database. This is no file: change it with randmap set, add, remove, drain or pool."]
      + members.map { PoolRow.member($0).line } + routes.map { PoolRow.route($0).line })
      .map { $0 + "\n" }.joined()
  }

  /// The rows of a text; lines that are no rows are left out.
  package init(text: String) {
    for line in Array(text.utf8).split(separator: UInt8(ascii: "\n")) {
      switch PoolRow(line: line) {
      case .member(let row): members.append(row)
      case .route(let row): routes.append(row)
      case nil: break
      }
    }
  }
}

extension PoolRow {
  /// The row in words.
  package var line: String {
    switch self {
    case .route(let row): return "route \(row.map) \(row.key) to \(row.pool)"
    case .member(let row):
      var text = "\(Self.lead(of: row))\(row.result) weight \(row.weight)"
      if let ramp = row.ramp {
        text += " ramp from \(ramp.from) start \(timeText(ramp.start)) end \(timeText(ramp.end))"
      }
      if let drain = row.drain {
        text += " drained"
        if let until = drain.until { text += " until \(timeText(until))" }
        if let author = drain.author { text += " by \(author.asWord)" }
        if let reason = drain.reason { text += " why \(reason.asLine)" }
      }
      return text
    }
  }

  /// What is in front of the result: whether that begins with a transport cannot be seen from it.
  package static func lead(of row: MemberRow) -> String {
    "member \(row.pool) \(row.transport.isEmpty ? "next-hop" : "to") "
  }

  package init?(line: String) { self.init(line: Array(line.utf8)[...]) }

  package init?(line: ArraySlice<UInt8>) {
    var words = Words(left: line)
    switch words.next() {
    case "route":
      guard let map = words.next(), let key = words.next(), words.next() == "to", let pool = words.next()
      else { return nil }
      self = .route(RouteRow(map: map, key: key, pool: pool))
    case "member":
      guard let pool = words.next(), let kind = words.next(), let result = words.next(),
        words.next() == "weight", let weight = words.next().flatMap({ Int($0) })
      else { return nil }
      let colon = kind == "to" ? result.firstIndex(of: ":") : nil
      guard colon != nil || kind == "next-hop" else { return nil }
      var row = MemberRow(
        pool: pool, transport: colon.map { String(result[..<$0]) } ?? "",
        nextHop: colon.map { String(result[result.index(after: $0)...]) } ?? result, weight: weight)
      while let word = words.next() {
        switch word {
        case "ramp":
          guard words.next() == "from", let from = words.next().flatMap({ Double($0) }),
            words.next() == "start", let start = words.next().flatMap(seconds(of:)),
            words.next() == "end", let end = words.next().flatMap(seconds(of:))
          else { return nil }
          row.ramp = MemberRow.Ramp(from: from, start: start, end: end)
        case "drained": row.drain = MemberRow.Drain()
        case "until": row.drain?.until = words.next().flatMap(seconds(of:))
        case "by": row.drain?.author = words.next()
        case "why": row.drain?.reason = words.rest()
        default: return nil
        }
      }
      self = .member(row)
    default: return nil
    }
  }
}

/// The words of a line, one after the other.
private struct Words {
  var left: ArraySlice<UInt8>

  private static let blank = UInt8(ascii: " ")

  mutating func next() -> String? {
    left = left.drop { $0 == Self.blank }
    let word = left.prefix { $0 != Self.blank }
    left = left.dropFirst(word.count)
    return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
  }

  mutating func rest() -> String {
    defer { left = [] }
    return String(decoding: left.drop { $0 == Self.blank }, as: UTF8.self)
  }
}

extension String {
  /// Without what would end the line or hide on a screen.
  fileprivate var asLine: String {
    String(
      String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }

  fileprivate var asWord: String { asLine.replacing(" ", with: "_") }
}
