// What the agent keeps of others has a bound in bytes, and what others can cause has one in number: as values.
import Gateways
import Glibc
import Liveness
import PostfixFiles
import Routing
import TestSupport
import Testing
import Threads

@testable import Agent

@Suite struct BoundsTests {
  @Test func aCacheHoldsNoMoreBytesThanItMayAndForgetsTheOldestFirst() {
    var cache = ByteBoundedCache<String, Int>(limit: 20_000)
    for number in 0..<1_000 {
      cache.set(number, for: "key\(number)", bytes: 900)
      #expect(cache.use("key0") == 0, "what is used stays")
      #expect(cache.bytes <= 20_000)
    }
    #expect(cache["key999"] == 999 && cache["key1"] == nil)
    #expect(cache.forgotten > 900)
    cache.change("key0", bytes: 10, otherwise: 5) { $0 += 1 }
    cache.change("new", bytes: 10, otherwise: 5) { $0 += 1 }
    #expect(cache["key0"] == 1 && cache["new"] == 6)
    // One that is too large is kept alone.
    cache.set(7, for: "large", bytes: 1 << 30)
    #expect(cache["large"] == 7)
    cache.set(8, for: "small", bytes: 10)
    cache.set(9, for: "next", bytes: 1 << 30)
    #expect(cache["large"] == nil && cache["next"] == 9)
    #expect(cache.entries.count == cache.count)
    cache.removeAll()
    #expect(cache.bytes == 0 && cache.count == 0)
  }

  @Test func countsOfLongNamesHaveABoundInBytes() throws {
    let config = MailConfig(directory: "/etc/postfix", main: "", master: "discard unix - - n - - discard\n")
    var counters = Counters(limit: 100_000)
    for number in 0..<200 {
      let text = "!discard:\(number)\(String(repeating: "x", count: 2_000))"
      let parsed = try #require(PoolText(value: SourcedText(builtIn: "randmap:\(text)")))
      let pool = try AgentPool(name: text, text: parsed, in: config)
      counters.count(pool, pool.members[0]) { $0.chosen += 1 }
    }
    let bytes = counters.members.reduce(0) { $0 + $1.key.pool.utf8.count + $1.key.member.utf8.count }
    #expect(bytes <= 100_000 && bytes > 40_000 && counters.forgotten > 100)
  }

  private func targets(_ numbers: Range<Int>) -> [Target] {
    numbers.map { Target(.host("127.0.0.1", port: 10_000 + $0), Approach(heloName: "mx")) }
  }

  @Test func tooManyGatewaysAreProbedByTurns() {
    let fixed = targets(0..<10)
    var list = WatchList(Set(fixed), mostExtra: 100, mostKnown: 1_000)
    #expect(list.want(targets(5..<500)) == true)
    #expect(list.want(targets(5..<500)) == false, "known already")
    #expect(list.watched.count == 110 && list.watched.isSuperset(of: fixed))
    // Each that was probed makes way for a new one.
    var seen: Set<Gateway> = []
    while let gateway = list.watched.map(\.gateway).first(where: { !seen.contains($0) }) {
      seen.insert(gateway)
      _ = list.found(gateway)
      #expect(list.watched.count == 110)
      #expect(!list.watches(gateway) || list.configured.contains(gateway) || seen.count > 390)
    }
    #expect(seen.count == 500, "all were probed")
    // From then on they take turns, a hundred at a time.
    var again: Set<Gateway> = []
    for _ in 0..<5 {
      #expect(list.turn() == true)
      #expect(list.watched.count == 110)
      again.formUnion(list.watched.map(\.gateway))
    }
    #expect(again.count == 500)
    #expect(list.want(targets(500..<5_000)) == false)
    var tooLong = WatchList([])
    let name = String(repeating: "x", count: 19_000)
    #expect(tooLong.want([Target(.host(name, port: 25), Approach(heloName: "mx"))]) == false)
    for gateway in list.watched.map(\.gateway) { _ = list.found(gateway) }
    #expect(list.watched.count == 110)
  }

  @Test func deliveriesGetMostOfTheDescriptors() {
    for limit in [64, 256, 1_024, 4_096, 524_288] {
      let budget = DescriptorBudget(limit: limit, used: 25)
      let all = 3 * budget.requests + budget.lookups + 3 * budget.strangers + budget.probes
      #expect(all <= limit - 25 && budget.requests >= 6, "\(limit): \(budget)")
    }
  }

  private final class FakeClient: Client {
    var isBusy = false
    var isGone = false
    func dismiss() { isGone = true }
  }

  @Test func oneClientTooManySendsTheIdlestAway() {
    let limit = ClientLimit(3)
    let clients = (0..<5).map { _ in FakeClient() }
    clients[0].isBusy = true
    for client in clients[..<3] { limit.opened(client) }
    limit.used(clients[1])
    limit.opened(clients[3])
    #expect(
      clients.map(\.isGone) == [false, false, true, false, false], "the busy one and the one that asked stay")
    limit.opened(clients[4])
    #expect(clients.map(\.isGone) == [false, true, true, false, false])
    limit.closed(clients[0])
    limit.opened(clients[1])
    #expect(clients.map(\.isGone) == [false, true, true, false, false])
  }

  @Test func aThrottleSaysHowMuchItHeldBack() {
    var throttle = Throttle(2, in: .seconds(10))
    let start = ContinuousClock.now
    #expect(throttle.pass("a", at: start) == "a")
    #expect(throttle.pass("b", at: start) == "b")
    for _ in 0..<5 { #expect(throttle.pass("c", at: start + .seconds(9)) == nil) }
    #expect(throttle.pass("d", at: start + .seconds(10)) == "d (and 5 more of its kind before)")
    #expect(throttle.pass("e", at: start + .seconds(11)) == "e")
  }

  /// A report without end ends the conversation; the pieces that came are not copied for each further piece.
  @Test func aReportWithoutEndIsRefused() {
    var reader = DeliveryReport.Reader()
    let piece = Bytes(Array(repeating: "reason\0no route\0", count: 500).joined().utf8)
    #expect(throws: ProtocolError.self) { for _ in 0..<100 { _ = try reader.receive(piece) } }
    var value = DeliveryReport.Reader()
    #expect(throws: ProtocolError.tooLong(limit: ProtocolLimits.report)) {
      _ = try value.receive(Bytes("reason\0".utf8))
      for _ in 0..<100 { _ = try value.receive(Bytes(repeating: 65, count: 10_000)) }
    }
  }

  /// Of a pool that is larger than a list, those that are known to be alive come first, then those that were not probed.
  @Test func ofALargePoolTheLivingAreTriedFirst() throws {
    let config = MailConfig(directory: "/etc/postfix", main: "", master: "smtp unix - - n - - smtp\n")
    let text = (0..<300).map { "!smtp:[127.0.0.1]:\(10_000 + $0)" }.joined()
    let parsed = try #require(PoolText(value: SourcedText(builtIn: "randmap:\(text)")))
    let pool = try AgentPool(name: "large", text: parsed, in: config)
    let alive: Set = [250, 120]
    let plan = try #require(
      DeliveryPlan(pool, order: Array(0..<300), listsSupported: true) { member in
        let number = pool.members.firstIndex(of: member) ?? 0
        return alive.contains(number) ? .alive : number.isMultiple(of: 2) ? .unknown : .inTrouble
      })
    #expect(plan.members == [120, 250] + stride(from: 0, to: 36, by: 2))
    #expect(plan.nextHop?.split(separator: ",").count == 20)
  }
}
