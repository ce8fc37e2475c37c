// The agent beside what Postfix does without it: messages a second and delays through real Postfix instances, and what
// one of four gateways that swallows packets costs.
import Glibc
import TestSupport

/// How many messages go through each instance in a round.
private let messages = 4_000

/// What one instance did.
private struct Flow {
  /// From the first message that is sent to the last that is tried.
  let rate: Double
  let deferred: Int
  let agent: (processor: Duration, memory: Int)?
}

/// Two cores are shared by everything here: enough processes that no gateway has to wait for one.
private let common = "\ndefault_process_limit = 50\nrandmap_destination_concurrency_limit = 80\n"

private func flow(
  _ main: String, count: Int = messages, withAgent: Bool = false, knowing: String? = nil
) throws -> Flow {
  let lab = try PostfixLab(main: main + common)
  let agent = withAgent ? try RunningAgent(beside: lab) : nil
  if let knowing { try agent?.waitUntilItSays(knowing) }
  let before = try agent?.resources().processor ?? .zero
  let start = ContinuousClock.now
  try lab.send(count, to: "user@example.net")
  try waitUntil("all to be tried", limit: .seconds(900)) {
    [.maildrop, .incoming, .active].allSatisfy { lab.messages(in: $0) == 0 }
  }
  let seconds = (ContinuousClock.now - start) / .seconds(1)
  let used = try agent?.resources()
  return Flow(
    rate: Double(count) / seconds, deferred: lab.messages(in: .deferred),
    agent: used.map { ($0.processor - before, $0.memory) })
}

private func agentPool(_ members: [String]) -> String {
  "default_transport = randmap:!" + members.joined(separator: "!")
}

private func stockPool(_ members: [String]) -> String {
  "sender_dependent_default_transport_maps = randmap:{\(members.joined(separator: ", "))}"
}

/// Messages a second: direct, by Postfix's own random table, through the agent, and through the agent with one of four
/// gateways dead and known to be. In turns, each beginning with another, and compared within a turn: the machine's own
/// pace changes by more than what is looked for.
func measurePace() throws -> [Goal] {
  let rounds = 7
  let sinks = try (0..<4).map { _ in try SmtpSink(keepsMail: false) }
  let members = sinks.map { "smtp:\($0.address)" }
  let hole = try BlackHole()
  let holed = ["smtp:\(hole.address)"] + members.dropFirst()
  // The optimizer ends an object with its last use, and a gateway with its object.
  defer { withExtendedLifetime((sinks, hole)) {} }
  let ways: [(name: String, flow: () throws -> Flow)] = [
    ("direct", { try flow("default_transport = \(members[0])") }),
    ("agent", { try flow(agentPool(members), withAgent: true) }),
    ("stock", { try flow(stockPool(members)) }),
    (
      "agent, one dead",
      { try flow(agentPool(holed), withAgent: true, knowing: "gateway \(hole.address) is DOWN") }
    ),
  ]
  var rates: [String: [Double]] = [:]
  var processor: [Duration] = []
  for round in 0...rounds {
    for turn in ways.indices {
      let (name, flow) = ways[(round + turn) % ways.count]
      let found = try flow()
      guard found.deferred == 0 else {
        throw TestFailure("\(name): \(found.deferred) messages were deferred")
      }
      // The first round warms up.
      if round == 0 { continue }
      rates[name, default: []].append(found.rate)
      if let agent = found.agent { processor.append(agent.processor) }
    }
  }
  let stockDead = try flow(stockPool(holed) + "\nsmtp_connect_timeout = 30s", count: 400)
  func ratio(_ name: String, to other: String) -> Double {
    median(zip(rates[name] ?? [], rates[other] ?? []).map { $0 / $1 })
  }
  print("messages a second, \(messages) in each run")
  for (name, _) in ways {
    let all = rates[name] ?? [0]
    let each = all.map { decimal($0) }.joined(separator: " ")
    print("  \(pad(name, 36))\(pad(decimal(median(all)), 12))of \(each)")
  }
  print(
    "  \(pad("stock, one dead", 36))\(pad(decimal(stockDead.rate), 12))\(stockDead.deferred) of 400 deferred")
  let microseconds = median(processor) / .microseconds(1) / Double(messages)
  print("  the agent: \(decimal(microseconds)) microseconds of processor time a delivery\n")
  return [
    Goal(
      what: "pace beside a direct smtp: transport", least: 0.98, value: ratio("agent", to: "direct"),
      unit: " x"),
    Goal(
      what: "pace beside stock randmap:{}", least: 1, value: ratio("agent", to: "stock"), unit: " x"),
    Goal(
      what: "pace with one of four dead beside all alive", least: 0.9,
      value: ratio("agent, one dead", to: "agent"), unit: " x"),
    Goal(
      what: "pace with one of four dead beside stock", least: 40,
      value: median(rates["agent, one dead"] ?? [0]) / stockDead.rate, unit: " x"),
  ]
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
