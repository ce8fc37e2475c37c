// The agent beside what Postfix does without it: messages a second and delays through real Postfix instances, and what
// one of four gateways that swallows packets costs.
import Glibc
import TestSupport

/// How many messages go through an instance at a time.
private let batch = 600

/// Two cores are shared by everything here: enough processes that no gateway has to wait for one. What is one destination
/// to the queue manager may have as much as the four of stock randmap:{} together.
private let common = """

  default_process_limit = 50
  randmap_destination_concurrency_limit = 80
  randmap_initial_destination_concurrency = 20

  """

private let asFour = """

  smtp_destination_concurrency_limit = 80
  smtp_initial_destination_concurrency = 20
  """

/// A way for mail to go: a Postfix of its own that stands ready between the batches.
private final class Way {
  let name: String
  private let lab: PostfixLab
  private let agent: RunningAgent?
  private(set) var rates: [Double] = []
  /// Processor time of the agent, or of what stands in its place, for each batch.
  private var processor: [Duration] = []

  /// Who takes what is meant for randmap(8).
  enum Deliverer {
    case none
    /// The agent, when it has said this.
    case agent(knowing: String? = nil)
    /// A C program that does nothing but choose and pass on.
    case leastRelay
    /// Postfix, by a database with this pool.
    case database([String])
    /// Postfix, by a database that has one answer for all: the least that one can cost.
    case leastDatabase(String)
  }

  init(_ name: String, _ main: String, by deliverer: Deliverer = .none) throws {
    self.name = name
    if case .database(let members) = deliverer {
      lab = try databaseLab(main + common, ["outbound"] + members)
      agent = nil
      return
    }
    if case .leastDatabase(let answer) = deliverer {
      let table = "\nsender_dependent_default_transport_maps = proxy:sqlite:$config_directory/least.cf"
      lab = try PostfixLab(
        main: main + common + table, files: ["least.cf": "dbpath = :memory:\nquery = SELECT '\(answer)'\n"])
      agent = nil
      return
    }
    lab = try PostfixLab(main: main + common)
    switch deliverer {
    case .none, .database, .leastDatabase: agent = nil
    case .agent(let words):
      agent = try RunningAgent(beside: lab)
      if let words { try agent?.waitUntilItSays(words) }
    case .leastRelay:
      agent = try RunningAgent(builtProgram("least-relay"), [lab.queueDirectory], beside: lab)
    }
  }

  /// Sends a batch, and notes the messages a second from the first that is sent to the last that is tried.
  func run(_ count: Int = batch, counts: Bool = true) throws {
    // What the batch before left to be written is not this one's.
    sync()
    let before = try agent?.resources().processor
    let start = ContinuousClock.now
    try lab.send(count, to: "user@example.net")
    try waitUntil("all to be tried", limit: .seconds(900)) {
      [.maildrop, .incoming, .active].allSatisfy { lab.messages(in: $0) == 0 }
    }
    let time = ContinuousClock.now - start
    guard counts else { return }
    rates.append(Double(count) / (time / .seconds(1)))
    if let before, let agent { processor.append(try agent.resources().processor - before) }
  }

  var deferred: Int { lab.messages(in: .deferred) }

  /// The median of the rates beside those of `other`, each pair from the same turn.
  func ratio(to other: Way) -> Double { median(zip(rates, other.rates).map { $0 / $1 }) }

  /// The median of its rates, the half of them around it, how they are beside those of `first`, and what a delivery took.
  func summary(beside first: Way) -> String {
    let sorted = rates.sorted()
    let cells = [
      decimal(median(rates)),
      "\(decimal(sorted[rates.count / 4])) to \(decimal(sorted[rates.count * 3 / 4]))",
      "\(decimal(ratio(to: first))) x \(first.name)",
      processor.isEmpty
        ? "" : "\(decimal(median(processor) / .microseconds(1) / Double(batch))) us of CPU in between",
    ]
    return zip(cells, [8, 18, 16, 0]).map { pad($0, $1) }.joined()
  }
}

private func agentPool(_ members: [String]) -> String {
  "default_transport = randmap:!" + members.joined(separator: "!")
}

private func stockPool(_ members: [String]) -> String {
  "sender_dependent_default_transport_maps = randmap:{\(members.joined(separator: ", "))}"
}

/// Has small batches go through all ways in turns, each turn in another order, so that they are compared within it: the
/// machine's own pace changes by more than what is looked for.
private func takeTurns(_ turns: Int, warmUp: Int, _ ways: [Way], _ title: String) throws {
  for turn in 0..<turns + warmUp {
    for way in ways.shuffled() { try way.run(counts: turn >= warmUp) }
  }
  for way in ways where way.deferred > 0 {
    throw TestFailure("\(way.name): \(way.deferred) messages were deferred")
  }
  print(
    "\(title): messages a second, \(batch) in each of \(turns) runs: the median, and the half of them around it"
  )
  for way in ways { print("  \(pad(way.name, 26))\(way.summary(beside: ways[0]))") }
}

/// Messages a second: direct, by Postfix's own random table, through the agent, and through the agent with one of four
/// gateways dead and known to be. The gateways are one process, as in earnest they cost other machines: four would take
/// more of this one than the one of the direct way.
func measurePace() throws -> [Goal] {
  let sink = try SmtpSink(keepsMail: false, isEverywhere: true)
  let members = fourMembers(port: sink.address.port)
  let hole = try BlackHole()
  let holed = ["smtp:\(hole.address)"] + members.dropFirst()
  // The optimizer ends an object with its last use, and a gateway with its object.
  defer { withExtendedLifetime((sink, hole)) {} }
  let direct = try Way("direct", "default_transport = \(members[0])\(asFour)")
  let agent = try Way("agent", agentPool(members), by: .agent())
  let relay = try Way("the least relay in C", agentPool(members), by: .leastRelay)
  let stock = try Way("stock", stockPool(members))
  let oneDead = try Way(
    "agent, one dead", agentPool(holed), by: .agent(knowing: "gateway \(hole.address) is DOWN"))
  try takeTurns(31, warmUp: 3, [direct, agent, relay, stock, oneDead], "gateways that answer at once")
  let stockDead = try Way("stock, one dead", stockPool(holed) + "\nsmtp_connect_timeout = 30s")
  try stockDead.run(400)
  let stockRate = stockDead.rates[0]
  print("  \(pad(stockDead.name, 26))\(pad(decimal(stockRate), 8))\(stockDead.deferred) of 400 deferred\n")
  return [
    Goal(
      what: "pace beside a direct smtp: transport", least: 0.98, value: agent.ratio(to: direct),
      unit: " x"),
    Goal(
      what: "pace beside stock randmap:{}", least: 1, value: agent.ratio(to: stock), unit: " x"),
    Goal(
      what: "pace with one of four dead beside all alive", least: 0.9, value: oneDead.ratio(to: agent),
      unit: " x"),
    Goal(
      what: "pace with one of four dead beside stock", least: 40,
      value: median(oneDead.rates) / stockRate, unit: " x"),
  ]
}

/// Messages a second by a pool database, which proxymap(8) asks.
func measureDatabasePace() throws -> [Goal] {
  let sink = try SmtpSink(keepsMail: false, isEverywhere: true)
  defer { withExtendedLifetime(sink) {} }
  let members = fourMembers(port: sink.address.port)
  let direct = try Way("direct", "default_transport = \(members[0])\(asFour)")
  let database = try Way("database", asFour, by: .database(members))
  let least = try Way("the least query", asFour, by: .leastDatabase(members[0]))
  let stock = try Way("stock", stockPool(members))
  try takeTurns(31, warmUp: 3, [direct, database, least, stock], "a pool in a database")
  print("")
  return [
    Goal(
      what: "pace by a database beside a direct smtp: transport", least: 0.98,
      value: database.ratio(to: direct), unit: " x"),
    Goal(
      what: "pace by a database beside the least query", least: 0.98, value: database.ratio(to: least),
      unit: " x"),
  ]
}

/// The same where the gateways set the pace, and not the two processors that all of it shares.
func measureBusyPace() throws -> [Goal] {
  let members = fourMembers(port: try startGateways(BusyGateway.self)[0])
  let direct = try Way("direct", "default_transport = \(members[0])\(asFour)")
  let agent = try Way("agent", agentPool(members), by: .agent())
  let stock = try Way("stock", stockPool(members))
  try takeTurns(15, warmUp: 1, [direct, agent, stock], "gateways that take 0.25 s for a message")
  print("")
  return [
    Goal(
      what: "pace at slow gateways beside a direct smtp: transport", least: 0.98,
      value: agent.ratio(to: direct), unit: " x"),
    Goal(
      what: "pace at slow gateways beside stock randmap:{}", least: 1, value: agent.ratio(to: stock),
      unit: " x"),
  ]
}

private func fourMembers(port: Int) -> [String] {
  (0..<4).map { _ in "smtp:\(LoopbackAddress(host: LoopbackAddress.ownHost(), port: port))" }
}

/// The time from the arrival of a message to its delivery, as Postfix logs it, when little is to be done.
func measureDelay() throws -> [Goal] {
  let sinks = try (0..<2).map { _ in try SmtpSink(keepsMail: false) }
  let members = sinks.map { "smtp:\($0.address)" }
  defer { withExtendedLifetime(sinks) {} }
  var delays: [String: [Double]] = [:]
  // The first ones wait for processes that are not there yet.
  let warmUp = 100
  for _ in 0..<4 {
    for (name, main) in [("direct", "default_transport = \(members[0])"), ("agent", agentPool(members))] {
      // As many digits as the clock has.
      let lab = try PostfixLab(main: main + common + "delay_logging_resolution_limit = 6\n")
      let agent = name == "agent" ? try RunningAgent(beside: lab) : nil
      try lab.send(warmUp + 300, to: "user@example.net", sessions: 1)
      try lab.waitUntilDrained()
      delays[name, default: []] += lab.deliveries.dropFirst(warmUp).map(\.delay)
      withExtendedLifetime(agent) {}
    }
  }
  func share(_ name: String, _ part: Double) -> Double {
    let sorted = (delays[name] ?? []).sorted()
    return sorted.isEmpty ? 0 : 1000 * sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
  }
  print("\(pad("delay of a message, one at a time", 38))\(pad("P50", 12))P99")
  for name in ["direct", "agent"] {
    print("  \(pad(name, 36))\(pad("\(decimal(share(name, 0.5))) ms", 12))\(decimal(share(name, 0.99))) ms")
  }
  print("")
  return [
    Goal(
      what: "delay beside direct, p50", most: 1.5, value: share("agent", 0.5) / share("direct", 0.5),
      unit: " x"),
    Goal(
      what: "delay beside direct, p99", most: 2, value: share("agent", 0.99) / share("direct", 0.99),
      unit: " x"),
  ]
}
