// The pace of deliveries, as ratios within one run: through the agent, by Postfix's own randmap table, and directly.
// `RANDMAP_PACE=2000 swift test --filter PaceTests` measures; without it, it is not run.
import Glibc
import TestSupport
import Testing

private let paceCount = getenv("RANDMAP_PACE").flatMap { Int(String(cString: $0)) }

@Suite(.serialized) struct PaceTests {
  /// Messages a second from the first that is sent to the last that is delivered, and how many were deferred.
  private func pace(_ main: String, count: Int, withAgent: Bool, knowing: String? = nil) throws
    -> (rate: Double, deferred: Int)
  {
    let lab = try PostfixLab(
      main: main + "\ndefault_process_limit = 50\nrandmap_destination_concurrency_limit = 80\n")
    let agent = withAgent ? try RunningAgent(beside: lab) : nil
    if let knowing { try agent?.waitUntilItSays(knowing) }
    let start = ContinuousClock.now
    try lab.send(count, to: "user@example.net")
    try waitUntil("all to be tried", limit: .seconds(600)) {
      [.maildrop, .incoming, .active].allSatisfy { lab.messages(in: $0) == 0 }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    if let agent { try print("agent:", agent.resources(), "for", count, "messages") }
    return (Double(count) / seconds, lab.messages(in: .deferred))
  }

  @Test(.enabled(if: paceCount != nil)) func keepsPace() throws {
    let count = paceCount ?? 0
    let sinks = try (0..<4).map { _ in try SmtpSink(keepsMail: false) }
    let members = sinks.map { "smtp:\($0.address)" }
    let hole = try BlackHole()
    let holed = ["smtp:\(hole.address)"] + members.dropFirst()
    func agentPool(_ members: [String]) -> String {
      "default_transport = randmap:!" + members.joined(separator: "!")
    }
    func stockPool(_ members: [String]) -> String {
      "sender_dependent_default_transport_maps = randmap:{\(members.joined(separator: ", "))}"
    }
    for _ in 0..<2 {
      let direct = try pace("default_transport = \(members[0])", count: count, withAgent: false)
      let stock = try pace(stockPool(members), count: count, withAgent: false)
      let agent = try pace(agentPool(members), count: count, withAgent: true)
      let dead = try pace(
        agentPool(holed), count: count, withAgent: true, knowing: "gateway \(hole.address) is DOWN")
      print("messages/s: direct \(direct), stock \(stock), agent \(agent), agent with a hole \(dead)")
      print(
        "ratios: to direct \(agent.rate / direct.rate), to stock \(agent.rate / stock.rate),",
        "with a hole to without \(dead.rate / agent.rate)")
      #expect(agent.deferred == 0 && dead.deferred == 0)
    }
    let stockDead = try pace(
      stockPool(holed) + "\nsmtp_connect_timeout = 30s", count: min(count, 400), withAgent: false)
    print("stock with a hole: \(stockDead)")
  }
}
