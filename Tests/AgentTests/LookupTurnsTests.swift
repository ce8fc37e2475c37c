// Many questions of lookup clients at once: each turn of the loop answers one, Postfix's first, so that mail does not wait.
import Gateways
import Glibc
import Liveness
import PostfixFiles
import Routing
import System
import TestSupport
import Testing
import Threads

@testable import Agent

@Suite struct LookupTurnsTests {
  private let directory: TemporaryDirectory
  private let loop = SocketLoop()

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
  }

  private func dispatcher(main: String, _ stickiness: Stickiness = .none) throws -> Dispatcher {
    try directory.write("main.cf", main)
    let setup = try AgentSetup(directory: directory.path, environment: Environment())
    return Dispatcher(setup, stickiness: stickiness, on: loop) { _ in }
  }

  /// A client that does not wait for anything.
  private final class Asking {
    let file: Int32
    init(_ file: Int32) { self.file = file }
    deinit { close(file) }

    /// How many bytes of the questions were taken.
    @discardableResult func ask(_ question: String, times: Int) -> Int {
      let bytes = Bytes(repeatElement(Bytes(netstring: Bytes(question.utf8)), count: times).joined())
      return bytes.withUnsafeBytes { send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// How many answers are here now.
    func answers() -> Int {
      var chunk = Bytes(repeating: 0, count: 1 << 20)
      let count = recv(file, &chunk, chunk.count, Int32(MSG_DONTWAIT))
      return count > 0 ? chunk[..<count].count { $0 == UInt8(ascii: ",") } : 0
    }
  }

  private func client(_ dispatcher: Dispatcher, _ asker: Asker, _ clients: ClientLimit) throws -> Asking {
    var ends: [Int32] = [-1, -1]
    let kind = SocketKind.nonblockingStream
    try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
    _ = LookupHandler(dispatcher, ends[0], asker, among: clients)
    return Asking(ends[1])
  }

  /// Goes round, and waits for nothing.
  private func turn(_ times: Int = 1) {
    for _ in 0..<times {
      loop.after(.zero) {}
      loop.turn()
    }
  }

  @Test func manyQuestionsTakeATurnOfTheLoopEach() throws {
    let dispatcher = try dispatcher(main: "out = randmap:!smtp:[127.0.0.2]:1\n")
    let (strangers, own) = (ClientLimit(100), ClientLimit(100))
    let clients = try (0..<20).map { _ in try client(dispatcher, .anybody, strangers) }
    for client in clients { client.ask("out a@b.c", times: 500) }
    turn(40)
    #expect(dispatcher.counters.lookups > 20 && dispatcher.counters.lookups <= 40)
    #expect(clients.allSatisfy { $0.answers() > 0 }, "they take turns")

    // What comes meanwhile is not read.
    let before = clients[0].ask("out a@b.c", times: 100)
    turn()
    var waiting: Int32 = 0
    _ = ioctl(clients[0].file, UInt(TIOCOUTQ), &waiting)
    #expect(waiting >= before)

    // Postfix has its answer at once, and has its other questions answered before those of strangers.
    let postfix = try client(dispatcher, .postfix, own)
    postfix.ask("out a@b.c", times: 10)
    turn()
    var answers = postfix.answers()
    #expect(answers >= 1)
    turn(9)
    postfix.ask("out a@b.c", times: 1)
    turn()
    answers += postfix.answers()
    #expect(answers == 11)

    // All are answered in the end.
    let all = 20 * 500 + 100 + 11
    for _ in 0..<(2 * all) where dispatcher.counters.lookups < all {
      turn()
      for client in clients { _ = client.answers() }
    }
    #expect(dispatcher.counters.lookups == all)
  }

  /// Those who wait for a file that is read aside take turns too.
  @Test func clientsThatWaitForAFileHaveATurnEach() throws {
    try directory.write("pool", (0..<4_000).map { "smtp:[127.0.0.2]:\(10_000 + $0)\n" }.joined())
    let dispatcher = try dispatcher(main: "relay_transport = randmap:\(directory.path)/pool\n")
    let strangers = ClientLimit(100)
    let clients = try (0..<20).map { _ in try client(dispatcher, .anybody, strangers) }
    for client in clients { client.ask("relay_transport a@b.c", times: 1) }
    turn(25)
    var answered = 0
    for _ in 0..<1_000_000 where answered < 20 {
      turn()
      let more = clients.reduce(0) { sum, client in sum + min(1, client.answers()) }
      #expect(more <= 1)
      answered += more
    }
    #expect(answered == 20 && dispatcher.counters.lookups == 20)
  }

  @Test func aClientThatHangsUpLeavesItsQuestions() throws {
    let dispatcher = try dispatcher(main: "out = randmap:!smtp:[127.0.0.2]:1\n")
    let strangers = ClientLimit(100)
    var client: Asking? = try client(dispatcher, .anybody, strangers)
    client?.ask("out a@b.c", times: 5_000)
    turn(10)
    client = nil
    turn(100)
    #expect(dispatcher.counters.lookups <= 12, "\(dispatcher.counters.lookups)")
  }

  /// The processor time of `work`, the least of three.
  private func time(_ work: () -> Void) -> Double {
    (0..<3).map { _ in
      var (start, end) = (timespec(), timespec())
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
      work()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
      return Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1e9
    }.min() ?? 0
  }

  /// The gateways of a pool are looked at when it is made, and of its members as many as smtp(8) will try.
  @Test func aLookupInALargePoolCostsWhatOneInASmallPoolDoes() throws {
    func pool(_ count: Int) -> String {
      "randmap:" + (0..<count).map { "!smtp:[127.0.0.2]:\(10_000 + $0)" }.joined()
    }
    let dispatcher = try dispatcher(
      main:
        "relay_transport = randmap:small\ndefault_transport = randmap:large\nsmall = \(pool(500))\nlarge = \(pool(8_000))\n"
    )
    #expect(dispatcher.watchList.configured.count == 8_000)
    for gateway in dispatcher.watchList.configured {
      var status = GatewayStatus(gateway)
      for _ in 0..<3 {
        status.take(
          [
            Approach(heloName: "mx"): [
              Reading(
                address: "127.0.0.2", port: 25, finding: .answers, latency: nil, capabilities: [], time: .now)
            ]
          ], at: .now, settings: ProbeSettings())
      }
      dispatcher.take(status)
    }
    func lookups(_ name: String) {
      for _ in 0..<200 { dispatcher.lookup(Bytes("\(name) a@b.c".utf8), from: .anybody) { _ in } }
    }
    lookups("small")
    lookups("large")
    let (small, large) = (time { lookups("small") }, time { lookups("large") })
    #expect(large < 4 * small, "\(small) s and \(large) s")
  }

  /// A gateway that takes small messages alone is alive until the size of the message is known.
  @Test func aLargeMessageFindsTheFewThatTakeIt() throws {
    let members = (0..<2_000).map { "!smtp:[127.0.0.2]:\(10_000 + $0)" }.joined()
    let dispatcher = try dispatcher(main: "relay_transport = randmap:all\nall = randmap:\(members)\n")
    let last = "smtp:[127.0.0.2]:11999"
    var found: AgentPool?
    dispatcher.pool(PoolRequest(text: Bytes("all".utf8))) { found = try? $0.get() }
    let pool = try #require(found)
    for member in pool.members {
      for target in member.targets {
        take(
          member.result == last ? .answers : .sizeTooSmall(offered: 1_000, limit: 10_240_000),
          of: target.gateway, dispatcher)
      }
    }
    #expect(!dispatcher.isDead(pool) && dispatcher.health.hasReturning)
    let plan = DeliveryPlan(
      pool, order: dispatcher.order(pool, key: nil).all, listsSupported: true, excluded: [],
      prospect: dispatcher.prospects(in: pool, messageSize: 1_000_000))
    #expect(plan.map { pool.members[$0.chosen].result } == last)
  }

  /// A gateway that deliveries pass by for a while greets all the same.
  @Test func aPoolOfGatewaysThatRestIsNotDead() throws {
    let members = (0..<200).map { "!smtp:[127.0.0.2]:\(10_000 + $0)" }.joined()
    let dispatcher = try dispatcher(main: "relay_transport = randmap:all\nall = randmap:\(members)\n")
    var found: AgentPool?
    dispatcher.pool(PoolRequest(text: Bytes("all".utf8))) { found = try? $0.get() }
    let pool = try #require(found)
    let all = Set(pool.members.map(\.result))
    let outlook = PoolOutlook(pool, passedBy: all) { _ in .alive }
    #expect(!outlook.isDead)
    #expect(PoolOutlook(pool, passedBy: []) { _ in .inTrouble }.isDead)
  }

  @Test func membersAreDrawnByWeightAndEachOnce() {
    var counts = [0, 0, 0]
    var second = [0, 0, 0]
    var generator = Chance()
    for _ in 0..<20_000 {
      let order = MemberOrder.drawn(sums: [1, 3, 8], generator.another())
      let members = Array(order)
      #expect(members.sorted() == [0, 1, 2] && members == Array(order))
      counts[members[0]] += 1
      if members[0] == 2 { second[members[1]] += 1 }
    }
    // More than five standard deviations.
    #expect(
      abs(counts[0] - 2_500) < 350 && abs(counts[1] - 5_000) < 350 && abs(counts[2] - 12_500) < 350)
    #expect(abs(Double(second[0]) / Double(second[0] + second[1]) - 1.0 / 3) < 0.03)
    // Where nearly all draws would be of one, the rest is drawn otherwise.
    let sums = runningSums(of: [1_000_000_000] + Array(repeating: 1, count: 5_000))
    #expect(Array(MemberOrder.drawn(sums: sums, generator)).sorted() == Array(0...5_000))
    #expect(Array(MemberOrder.whole([2, 0, 1])) == [2, 0, 1])
  }

  private func take(_ finding: ProbeFinding, of gateway: Gateway, _ dispatcher: Dispatcher) {
    var status = GatewayStatus(gateway)
    let reading = Reading(
      address: "127.0.0.2", port: 25, finding: finding, latency: nil, capabilities: [], time: .now)
    for _ in 0..<3 {
      status.take([Approach(heloName: "mx"): [reading]], at: .now, settings: ProbeSettings())
    }
    dispatcher.take(status)
  }

  private func largePools(_ small: Int, _ large: Int, _ stickiness: Stickiness = .none) throws -> Dispatcher {
    func pool(_ count: Int) -> String {
      "randmap:" + (0..<count).map { "!smtp:[127.0.0.2]:\(10_000 + $0)" }.joined()
    }
    return try dispatcher(
      main:
        "relay_transport = randmap:small\ndefault_transport = randmap:large\nsmall = \(pool(small))\nlarge = \(pool(large))\n",
      stickiness)
  }

  private func answer(_ dispatcher: Dispatcher, _ pool: String) -> String {
    var found = ""
    dispatcher.lookup(Bytes("\(pool) a@b.c".utf8), from: .anybody) {
      if case .found(let value) = $0 { found = value }
    }
    return found
  }

  /// Where nearly none is alive, most members need no look either.
  @Test func aLookupInALargePoolOfDeadMembersCostsWhatOneInASmallPoolDoes() throws {
    let dispatcher = try largePools(500, 8_000)
    for gateway in dispatcher.watchList.configured { take(.connectionRefused, of: gateway, dispatcher) }
    func lookups(_ name: String) { for _ in 0..<300 { #expect(answer(dispatcher, name).hasPrefix("smtp:")) } }
    lookups("small")
    lookups("large")
    let (small, large) = (time { lookups("small") }, time { lookups("large") })
    #expect(large < 4 * small, "\(small) s and \(large) s")
  }

  /// The first members are worked out by the key without an order of all; what follows them is a part.
  @Test func aKeyStaysWithItsMemberInALargePool() throws {
    let dispatcher = try largePools(1_900, 2_000, .recipientDomain)
    let (most, all) = (
      try #require(try pool(dispatcher, "small")), try #require(try pool(dispatcher, "large"))
    )
    var moved = 0
    for number in 0..<60 {
      let key = "domain\(number).example"
      let order = Array(dispatcher.order(all, key: key))
      #expect(order == Array(dispatcher.order(all, key: key)))
      if number < 5 {
        #expect(order.prefix(50).elementsEqual(Array(dispatcher.order(all, key: key).all).prefix(50)))
      }
      #expect(Set(order).count == order.count && order.count < 400)
      let first = Array(dispatcher.order(most, key: key))[0]
      // Only those move whose member is one of the hundred that came.
      if first != order[0] {
        moved += 1
        #expect(order[0] >= 1_900)
      }
    }
    #expect(moved < 20)
  }

  @Test func theOnlyLivingMembersOfThousandsAreFoundByAKeyToo() throws {
    let dispatcher = try largePools(30, 8_000, .recipientDomain)
    for gateway in dispatcher.watchList.configured { take(.connectionRefused, of: gateway, dispatcher) }
    for gateway in dispatcher.watchList.configured where gateway.port == 17_777 {
      take(.answers, of: gateway, dispatcher)
    }
    try waitUntilHere { answer(dispatcher, "large").hasPrefix("smtp:[127.0.0.2]:17777") }
  }

  @Test func theOnlyLivingMembersOfThousandsAreFound() throws {
    let dispatcher = try largePools(30, 8_000)
    for gateway in dispatcher.watchList.configured { take(.connectionRefused, of: gateway, dispatcher) }
    #expect(answer(dispatcher, "large").split(separator: ",").count == 20)
    let alive = dispatcher.watchList.configured.filter { [17_777, 12_345].contains($0.port) }
    #expect(alive.count == 2)
    for gateway in alive { take(.answers, of: gateway, dispatcher) }
    // It takes no more than a tenth of the time to find out; one answer may have it by chance.
    func isFirst() -> Bool {
      let first = answer(dispatcher, "large").split(separator: ",").prefix(2).joined()
      return first.contains(":17777") && first.contains(":12345")
    }
    try waitUntilHere { (0..<10).allSatisfy { _ in isFirst() } }
    #expect((0..<50).allSatisfy { _ in isFirst() })
    let large = try #require(try pool(dispatcher, "large"))
    let small = try #require(try pool(dispatcher, "small"))
    #expect(!dispatcher.isDead(large))
    #expect(dispatcher.isDead(small))
  }

  private func pool(_ dispatcher: Dispatcher, _ name: String) throws -> AgentPool? {
    var found: AgentPool?
    dispatcher.pool(PoolRequest(text: Bytes(name.utf8))) { found = try? $0.get() }
    return found
  }

  /// A condition that comes true by itself while the clock goes on; nothing here may wait.
  private func waitUntilHere(_ condition: () -> Bool) throws {
    let end = ContinuousClock.now + .seconds(60)
    while !condition() { try #require(.now < end) }
  }

  /// A pool of which one member has nearly all the weight and is down.
  @Test func theRestOfALargePoolFollowsAHeavyMember() throws {
    var chance = Chance()
    let heavy = String(repeating: "!smtp:[127.0.0.1]:7", count: 100_000)
    let text = heavy + (0..<2_000).map { "!smtp:[127.0.0.2]:\(10_000 + $0)" }.joined()
    let config = MailConfig(directory: "/etc/postfix", main: "", master: "smtp unix - - n - - smtp\n")
    let pool = try AgentPool(
      name: "heavy", text: try #require(PoolText(value: SourcedText(builtIn: "randmap:\(text)"))), in: config)
    let outlook = PoolOutlook(pool, passedBy: []) { $0.weight > 1 ? .inTrouble : .unknown }
    let some = outlook.some(&chance)
    #expect(some.count == 61 && Set(some).count == 61 && some.last == 0)
    let all = PoolOutlook(pool, passedBy: []) { _ in .inTrouble }
    #expect(Set(all.some(&chance)).count == 60)
  }
}
