// What became of the mail that gateways were given: a gateway that greets every probe may take no mail. Such a one is passed
// by for a rest that grows each time, and then gets mail again.

import Gateways
import Routing

/// What a delivery agent reported of one request.
enum DeliveryResult: Sendable, CaseIterable {
  case sent, deferred, refused

  var word: String {
    switch self {
    case .sent: "sent"
    case .deferred: "deferred"
    case .refused: "refused"
    }
  }
}

/// A value. Times are those of the clock that it is given.
struct DeliveryResults: Sendable {
  struct Counts: Hashable, Sendable {
    var sent = 0
    var deferred = 0
    var refused = 0

    subscript(result: DeliveryResult) -> Int {
      get {
        switch result {
        case .sent: sent
        case .deferred: deferred
        case .refused: refused
        }
      }
      set {
        switch result {
        case .sent: sent = newValue
        case .deferred: deferred = newValue
        case .refused: refused = newValue
        }
      }
    }
  }

  /// How long transports took, from the hand-over to the report.
  struct Delays: Hashable, Sendable {
    static let bounds: [Double] = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
    /// One more than there are bounds: the last one is for what took longer.
    private(set) var counts = Array(repeating: 0, count: bounds.count + 1)
    private(set) var seconds = 0.0

    mutating func add(_ seconds: Double) {
      counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
      self.seconds += seconds
    }
  }

  struct Record: Sendable {
    /// Since the agent started.
    fileprivate(set) var total = Counts()
    fileprivate(set) var delays = Delays()
    /// By the minute, the last ones.
    fileprivate var minutes: [(start: ContinuousClock.Instant, counts: Counts)] = []
    fileprivate var rest: Rest?
    /// How often in a row it was passed by.
    fileprivate var rests = 0
  }

  /// While it lasts, the gateway gets no mail that another one can take.
  fileprivate struct Rest: Sendable {
    let end: ContinuousClock.Instant
    let trouble: DeliveryTrouble
  }

  static let firstRest = Duration.seconds(60)
  static let longestRest = Duration.seconds(1_800)
  /// Requests may name any number of gateways.
  private static let mostGateways = 20_000

  let limits: DeliveryLimits
  private(set) var records: [Gateway: Record] = [:]
  /// Those that rest, or did until a moment ago: mostly none.
  private var resting: Set<Gateway> = []
  /// How often a rest began or ended.
  private(set) var changes = 0

  init(limits: DeliveryLimits = DeliveryLimits()) { self.limits = limits }

  /// Takes the result of one request that went to `gateway`. Returns words for the log where that begins a rest.
  mutating func note(
    _ result: DeliveryResult, of gateway: Gateway, took: Duration, at now: ContinuousClock.Instant
  ) -> String? {
    var record = records[gateway] ?? Record()
    if records[gateway] == nil, records.count >= Self.mostGateways { return nil }
    defer { records[gateway] = record }
    record.total[result] += 1
    record.delays.add(took / .seconds(1))
    // What was under way when the rest began is about the time before it.
    if let rest = record.rest, now < rest.end { return nil }
    if record.rest != nil {
      record.rest = nil
      resting.remove(gateway)
      changes += 1
    }
    let window = Duration.seconds(limits.window)
    record.minutes.removeAll { now - $0.start > window }
    if let last = record.minutes.last, now - last.start < .seconds(60) {
      record.minutes[record.minutes.count - 1].counts[result] += 1
    } else {
      var counts = Counts()
      counts[result] = 1
      record.minutes.append((now, counts))
    }
    var sum = Counts()
    for minute in record.minutes {
      for result in DeliveryResult.allCases { sum[result] += minute.counts[result] }
    }
    guard
      let trouble = DeliveryTrouble(
        sent: sum.sent, deferred: sum.deferred, refused: sum.refused, words: "", limits: limits)
    else {
      if sum.sent >= limits.messages { record.rests = 0 }
      return nil
    }
    let length = min(Self.longestRest, Self.firstRest * (1 << min(record.rests, 10)))
    record.rests += 1
    record.rest = Rest(end: now + length, trouble: trouble)
    record.minutes = []
    resting.insert(gateway)
    changes += 1
    return
      "gateway \(gateway) \(trouble.reason): others get its mail for \(length.components.seconds) s, where they can"
  }

  /// Whether any gateway rests, or did until a moment ago.
  var hasResting: Bool { !resting.isEmpty }

  /// What its deliveries say of a gateway that rests; nil where it does not.
  func trouble(of gateway: Gateway, at now: ContinuousClock.Instant) -> DeliveryTrouble? {
    guard resting.contains(gateway), let rest = records[gateway]?.rest, now < rest.end else { return nil }
    return rest.trouble
  }

  /// When the rest of a gateway ends; nil where it has none.
  func endOfRest(of gateway: Gateway) -> ContinuousClock.Instant? { records[gateway]?.rest?.end }

  /// The members of a pool that are passed by now: those whose gateways all rest, as far as the limits allow.
  func passedBy(_ pool: AgentPool, at now: ContinuousClock.Instant) -> Set<String> {
    if resting.isEmpty { return [] }
    let failing = pool.members.filter { member in
      !member.targets.isEmpty && member.targets.allSatisfy { trouble(of: $0.gateway, at: now) != nil }
    }
    let total = pool.members.reduce(0) { $0 + $1.weight }
    return Set(
      DeliveryLimits.passedBy(failing, ofWeight: total, most: limits.passedByShare) { ($0.weight, $0.result) }
        .map(\.result))
  }
}
