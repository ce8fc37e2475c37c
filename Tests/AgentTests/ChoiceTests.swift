// The choice: weights, the order behind the first, living members first, the same one for the same key.
import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Agent

private let config = MailConfig(
  directory: "/etc/postfix", main: "",
  master: """
    smtp unix - - n - - smtp
    relay unix - - n - - smtp
    lane1 unix - - n - - smtp
    lmtp unix - - n - - lmtp

    """)

private func pool(_ text: String) throws -> AgentPool {
  let parsed = try #require(PoolText(value: SourcedText(builtIn: "randmap:\(text)")))
  return try AgentPool(name: text, text: parsed, in: config)
}

@Suite struct ChoiceTests {
  @Test func chanceIsFairAndNeverTheSame() {
    var chance = Chance()
    var bits = 0
    for _ in 0..<4_000 { bits += chance.next().nonzeroBitCount }
    // Five standard deviations of 256,000 coins.
    #expect(abs(bits - 128_000) < 1_270, "\(bits)")
    var other = Chance()
    #expect(chance.next() != other.next())
  }

  @Test func theFirstIsChosenByWeight() {
    var generator = SeededGenerator(seed: 1)
    var first = [0, 0, 0]
    var second = [0, 0, 0]
    for _ in 0..<20_000 {
      let order = weightedOrder([1, 2, 5], using: &generator)
      #expect(order.sorted() == [0, 1, 2])
      first[order[0]] += 1
      if order[0] == 2 { second[order[1]] += 1 }
    }
    // Five standard deviations are at most 350.
    #expect(abs(first[0] - 2_500) < 350 && abs(first[1] - 5_000) < 350 && abs(first[2] - 12_500) < 350)
    // Behind the third, the first two share 1:2.
    #expect(abs(Double(second[0]) / Double(second[0] + second[1]) - 1.0 / 3) < 0.03)
  }

  @Test func aKeyStaysWithItsMemberAndMovesOnlyWhenThatLeaves() {
    let (hashes, weights) = (["a", "b", "c"].map(StickyOrder.hash), [1, 2, 1])
    var counts = [0, 0, 0]
    for number in 0..<4_000 {
      let sticky = StickyOrder(key: "domain\(number).example")
      let order = sticky.whole(hashes, weights)
      #expect(order == StickyOrder(key: "domain\(number).example").whole(hashes, weights))
      #expect(sticky.first(2, hashes, weights) == Array(order.prefix(2)))
      counts[order[0]] += 1
      let without = sticky.whole(Array(hashes.prefix(2)), Array(weights.prefix(2)))
      if order[0] != 2 { #expect(without[0] == order[0]) }
    }
    #expect(abs(counts[0] - 1_000) < 150 && abs(counts[1] - 2_000) < 170 && abs(counts[2] - 1_000) < 150)
    #expect(Stickiness.recipientDomain.key(sender: "a@b", recipient: "X@Example.COM") == "example.com")
    #expect(Stickiness.none.key(sender: "a@b", recipient: "x@c") == nil)
  }

  @Test func livingMembersOfTheSameTransportFollowFirst() throws {
    let pool = try pool("!smtp:[a]!smtp:[b]!relay:[c]!smtp:[d],[e]")
    let plan = DeliveryPlan(pool, order: [0, 1, 2, 3], listsSupported: true) {
      $0.result == "smtp:[b]" ? .inTrouble : .alive
    }
    #expect(plan?.chosen == 0)
    #expect(plan?.passedOver == nil)
    #expect(plan?.transport == "smtp")
    #expect(plan?.nextHop == "[a],[d],[e],[b]")
    let dead = DeliveryPlan(pool, order: [0, 1, 2, 3], listsSupported: true) {
      $0.result == "relay:[c]" ? .alive : .inTrouble
    }
    #expect(dead?.transport == "relay")
    #expect(dead?.nextHop == "[c]")
    #expect(dead?.passedOver == 0)
    let allDead = DeliveryPlan(pool, order: [1, 0, 2, 3], listsSupported: true) { _ in .inTrouble }
    #expect(allDead?.nextHop == "[b],[a],[d],[e]")
    let unresolved = DeliveryPlan(pool, order: [0, 1, 2, 3], listsSupported: true) {
      $0.result == "smtp:[a]" ? .returnsMail : .inTrouble
    }
    #expect(unresolved?.nextHop == "[b],[d],[e]")
    let old = DeliveryPlan(pool, order: [1, 0, 2, 3], listsSupported: false) { _ in .alive }
    #expect(old?.nextHop == "[b]")
    let without = DeliveryPlan(pool, order: [1, 0, 2, 3], listsSupported: true, excluded: ["smtp"]) { _ in
      .alive
    }
    #expect(without?.transport == "relay")
    #expect(
      DeliveryPlan(pool, order: [0, 1, 2, 3], listsSupported: true, excluded: ["smtp", "relay"]) { _ in .alive
      }
        == nil)
  }

  @Test func whatSmtpCannotParseIsLeftOut() throws {
    let mixed = try pool(
      " ! smtp:[a] ! smtp:[b !\n smtp:[a] ! ../public/flush:x ! randmap:x !lane1: !discard: ")
    #expect(mixed.members.map(\.result) == ["smtp:[a]", "lane1:", "discard:"])
    #expect(mixed.members.map(\.weight) == [2, 1, 1])
    #expect(mixed.members.map(\.nextHop) == ["[a]", "", ""])
    #expect(mixed.problems.count == 3)
    #expect(throws: PoolError.self) { try pool("!") }
    #expect(throws: PoolError.self) { try pool("!smtp:[a") }
    let lmtp = try pool("!lmtp:unix:/run/lmtp")
    #expect(lmtp.members[0].nextHop == "unix:/run/lmtp")
    #expect(throws: PoolError.self) { try pool("!lmtp:inet:[a]:24,inet:[b]:24") }
  }

  /// To lmtp(8), `inet:` and `unix:` are the start of a whole next hop: in a list it dies of the one, and takes the
  /// other for part of a path.
  @Test func listsForLMTPHaveNoPrefixes() throws {
    func nextHop(_ text: String, _ order: [Int]) throws -> String? {
      DeliveryPlan(try pool(text), order: order, listsSupported: true, prospect: { _ in .alive })?.nextHop
    }
    let inet = "!lmtp:inet:[a]:24!lmtp:inet:[b]:24!lmtp:[c]"
    #expect(try nextHop(inet, [1, 0, 2]) == "[b]:24,[a]:24,[c]")
    let mixed = "!lmtp:unix:/run/a!lmtp:inet:[b]:24!lmtp:unix:/run/c!lmtp:inet:[d]:24"
    #expect(try nextHop(mixed, [0, 1, 2, 3]) == "unix:/run/a")
    #expect(try nextHop(mixed, [1, 0, 2, 3]) == "[b]:24,[d]:24")
  }
}
