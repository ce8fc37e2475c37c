// The pool of a class on a stock Postfix, and a list of domains that changes after it was made.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

@Suite struct ClassKeysTests {
  struct Kind: CustomTestStringConvertible, Sendable {
    let scope: String
    let list: String
    let transport: String
    let members: [String]
    var testDescription: String { scope }

    static let all = [
      Kind(
        scope: "class:relay", list: "relay_domains", transport: "relay_transport",
        members: ["relay:[a]:25", "relay:[b]:25"]),
      Kind(
        scope: "class:virtual", list: "virtual_mailbox_domains", transport: "virtual_transport",
        members: ["lmtp:[a]:24", "lmtp:[b]:24"]),
    ]

    /// Made for two domains, and then with another list.
    func pool(of domains: String = "one.example, two.example", then list: String, beside rest: String = "")
      throws -> MailConfig
    {
      let first = "\(rest)\(self.list) = \(domains)\n\(transport) = \(members[0])\n"
      let made = try planned(first, scope, members[0] + "=2", members[1], notation: .stock).config
      var config = made
      let assignment = try #require(made.main[self.list])
      config.update(
        made.main.document.replacingValue(assignment.value, of: assignment.line, with: list))
      return config
    }

    func again(_ config: MailConfig, _ given: [String]? = nil) throws -> PoolPlan {
      try config.planning(
        wishInWords(scope, given ?? [members[0] + "=2", members[1]]), on: plannersMachine)
    }

    var shares: [String: Double] { [members[0]: 2 / 3, members[1]: 1 / 3] }
    var first: [String: Double] { [members[0]: 1] }
  }

  private func expect(_ config: MailConfig, _ recipient: String, _ shares: [String: Double]) {
    let found = config.route(recipient)
    #expect(found.count == shares.count, "\(recipient): \(found)")
    for (goal, share) in shares { #expect(abs((found[goal] ?? 0) - share) < 1e-9, "\(recipient): \(found)") }
  }

  /// Until the pool is brought in line, a new domain has one gateway of it, and no mail goes past them.
  @Test(arguments: Kind.all) func aNewDomainComesToThePool(kind: Kind) throws {
    let grown = try kind.pool(then: "one.example, two.example, new.example, last.example")
    expect(grown, "u@new.example", kind.first)
    let plan = try kind.again(grown)
    #expect(plan.guards.isEmpty)
    #expect(
      plan.notes.contains("the pool now decides for new.example, last.example too, as \(kind.list) says"))
    for domain in ["one.example", "two.example", "new.example", "last.example"] {
      expect(plan.config, "u@\(domain)", kind.shares)
    }
    #expect(plan.config.pools().count { $0.notation != .single } == 1)
    #expect(try kind.again(plan.config).config.mainText == plan.config.mainText, "nothing is left to do")
    // The same with other members, and as one edit of the pool that is found by its class.
    expect(
      try kind.again(grown, [kind.members[1], kind.members[0]]).config, "u@new.example",
      [kind.members[0]: 0.5, kind.members[1]: 0.5])
    let set = try grown.applying(.setWeight(pool: kind.scope, member: kind.members[1], weight: 2))
    expect(set, "u@one.example", [kind.members[0]: 0.5, kind.members[1]: 0.5])
  }

  /// There is no mail to share, and one command takes away what is left over.
  @Test(arguments: Kind.all) func ofAnEmptyListThePoolCanBeTakenAway(kind: Kind) throws {
    let empty = try kind.pool(then: "")
    for members in [nil, [kind.members[0]], []] {
      let refusal = #expect(throws: EditError.self) { try kind.again(empty, members) }
      #expect(refusal?.message.contains("randmap remove-route \(kind.scope)") == true)
    }
    let without = try empty.applying(.removeRoute(key: kind.scope, table: nil))
    #expect(without.main["transport_maps"] == nil)
    #expect(without.main[kind.transport] == nil)
  }

  /// Each domain of the list is a key, and none of them is a kind of mail of its own.
  @Test(arguments: Kind.all) func theKeysOfAClassAreListedAsTheClass(kind: Kind) throws {
    let scopes = try kind.pool(then: "one.example, two.example").scopeDecisions().map { "\($0.scope)" }
    #expect(scopes.contains(kind.scope))
    #expect(!scopes.contains { $0.hasPrefix("to:") })
    let former = try kind.pool(then: "one.example").scopeDecisions().map { "\($0.scope)" }
    #expect(former.contains("to:two.example"))
  }

  @Test(arguments: Kind.all) func aDomainThatLeftTheListLeavesThePool(kind: Kind) throws {
    for list in ["two.example", "other.example, another.example"] {
      let config = try kind.pool(then: list)
      let plan = try kind.again(config)
      #expect(plan.guards.isEmpty)
      #expect(plan.config.route("u@one.example") == ["smtp:one.example": 1])
      #expect(plan.notes.contains { $0.contains("\(kind.list) does not have it") })
      for domain in list.split(separator: ", ") { expect(plan.config, "u@\(domain)", kind.shares) }
      let one = try kind.again(config, [kind.members[0]])
      #expect(one.guards.isEmpty)
      #expect(one.config.mainText == "\(kind.list) = \(list)\n\(kind.transport) = \(kind.members[0])\n")
    }
  }

  /// Entries of other tables decide before the pool, and go on to.
  @Test(arguments: Kind.all) func aDomainWithAnEntryOfItsOwnKeepsIt(kind: Kind) throws {
    let config = try kind.pool(
      then: "one.example, two.example, own.example",
      beside: "transport_maps = inline:{{own.example=smtp:[own]}}\n")
    let plan = try kind.again(config)
    #expect(plan.config.route("u@own.example") == ["smtp:[own]": 1])
    #expect(!plan.config.mainText.contains(" own.example=\(kind.list)"))
  }

  /// A domain of the pool may get a pool of its own, and the rest stays the class's.
  @Test func aDomainMayLeaveThePool() throws {
    let kind = Kind.all[0]
    let parted = try kind.pool(then: "one.example, two.example").planning(
      wishInWords("to:one.example", ["smtp:[x]", "smtp:[y]"]), on: plannersMachine)
    #expect(parted.guards.isEmpty)
    let again = try kind.again(parted.config)
    #expect(again.config.route("u@one.example") == ["smtp:[x]": 0.5, "smtp:[y]": 0.5])
    expect(again.config, "u@two.example", kind.shares)
  }

  /// The same, where the pool of the domain was there first: it is one of the kinds of mail, under its own name.
  @Test func aPoolBeforeThatOfTheClassIsListed() throws {
    let main = "relayhost = [gw]\nrelay_domains = one.example, two.example\n"
    let own = try planned(main, "to:one.example", "smtp:[x]=60", "smtp:[y]=40", notation: .stock)
    let kinds = own.routes.map(\.sample.what)
    #expect(kinds.filter { $0 == "mail for one.example" }.count == 1, "\(kinds)")
    #expect(
      own.routes.first { $0.sample.recipient == "someone@one.example" }?.sample.what == "mail for one.example"
    )
    #expect(
      own.routes.first { $0.sample.what == "mail for the relay domains" }?.sample.recipient
        == "someone@two.example")
    let both = try own.config.planning(
      wishInWords("class:relay", ["relay:[a]", "relay:[b]"], .stock), on: plannersMachine
    ).config
    let decisions = both.scopeDecisions()
    let decision = try #require(decisions.first { $0.scope == .to("one.example") })
    #expect(decision.answer.words == "smtp:[x] 60.0%, smtp:[y] 40.0%")
    #expect(decision.pool == both.poolSites().first?.id)
    #expect(!decisions.contains { $0.scope == .to("two.example") })
    #expect(decisions.contains { $0.scope == .relayDomains })
  }

  /// In another notation the pool decides for all of its class.
  @Test(arguments: Kind.all) func aConversionFollowsTheList(kind: Kind) throws {
    let config = try kind.pool(then: "two.example, new.example")
    for target in [ConversionTarget.agent, .file] {
      var from = config
      if target == .file { from = try config.converting([kind.scope], to: .agent).config }
      let conversion = try from.converting([kind.scope], to: target)
      for domain in ["two.example", "new.example"] { expect(conversion.config, "u@\(domain)", kind.shares) }
      #expect(conversion.config.route("u@one.example") == ["smtp:one.example": 1])
      #expect(conversion.config.pools().count { $0.notation != .single } == 1)
    }
    let notes = try config.converting([], to: .agent).notes
    #expect(notes.contains { $0.hasSuffix("the pool now decides for new.example too, as \(kind.list) says") })
  }

  /// A pool that a person wrote for some domains is no pool of the class.
  @Test func keysOfAnotherNameAreNotTouched() throws {
    let main = """
      relay_domains = one.example, two.example, three.example
      relay_transport = relay:[a]
      transport_maps = pipemap:{inline:{one.example=x, two.example=x}, randmap:{smtp:[p], smtp:[q]}}

      """
    let plan = try planned(main, "class:relay", "relay:[a]", "relay:[b]", notation: .stock)
    #expect(plan.config.route("u@one.example") == ["smtp:[p]": 0.5, "smtp:[q]": 0.5])
    #expect(plan.config.route("u@three.example").keys.sorted() == ["relay:[a]", "relay:[b]"])
  }

  /// The gateway beside the table is one that gets mail, whatever is done to the pool.
  @Test(arguments: Kind.all) func theRestFollowsThePool(kind: Kind) throws {
    let pool = try kind.pool(then: "one.example, two.example")
    func rest(_ config: MailConfig) -> String { config.parameters.text(kind.transport) }
    let (first, second) = (kind.members[0], kind.members[1])
    let drained = try pool.applying(.drain(pool: kind.scope, member: first))
    #expect(rest(pool) == first && rest(drained) == second)
    let other = try pool.applying(.drain(pool: kind.scope, member: second))
    #expect(rest(other) == first)
    #expect(try other.applying(.restore(pool: kind.scope, member: second)).mainText == pool.mainText)
    #expect(rest(try pool.applying(.remove(pool: kind.scope, member: first))) == second)
    let third = first.replacing("[a]", with: "[c]")
    #expect(rest(try kind.again(pool, [third, second]).config) == second, "the order stays")
    #expect(rest(try kind.again(pool, [third, first.replacing("[a]", with: "[d]")]).config) == third)
    // What a person has written there stays, if it is no member.
    var own = pool
    let line = try #require(pool.main[kind.transport])
    own.update(own.main.document.replacingValue(line.value, of: line.line, with: "smtp:[mine]"))
    #expect(rest(try own.applying(.drain(pool: kind.scope, member: first))) == "smtp:[mine]")
  }

  /// Without gateways, the keys alone follow the list: a member that is drained stays so.
  @Test(arguments: Kind.all) func withoutGatewaysTheKeysFollow(kind: Kind) throws {
    let config = try kind.pool(then: "two.example, new.example")
      .applying(.drain(pool: kind.scope, member: kind.members[1]))
    let plan = try kind.again(config, [])
    #expect(plan.guards.isEmpty)
    for domain in ["two.example", "new.example"] { expect(plan.config, "u@\(domain)", kind.first) }
    let back = try plan.config.applying(.restore(pool: kind.scope, member: kind.members[1]))
    expect(back, "u@new.example", kind.shares)
    // Once more there is nothing left to do.
    #expect(try kind.again(plan.config, []).config.hasSameTexts(as: plan.config))
  }

  /// Which of an entry and the class's pool decides is a matter of their order.
  @Test(arguments: ["one.example", "two.example"]) func anEntryBeforeThePoolIsTheOneThatIsMeant(
    domain: String
  ) throws {
    let kind = Kind.all[0]
    let config = try kind.pool(
      of: "one.example, two.example", then: "one.example, two.example, new.example",
      beside: "transport_maps = inline:{{\(domain)=smtp:[own]}}\n")
    let plan = try kind.again(config)
    expect(plan.config, "u@new.example", kind.shares)
    #expect(plan.config.route("u@\(domain)") == ["smtp:[own]": 1])
    let gone = try plan.config.applying(.removeRoute(key: "to:\(domain)", table: nil))
    expect(gone, "u@\(domain)", kind.shares)
    let own = try plan.config.planning(
      wishInWords("to:\(domain)", ["smtp:[x]", "smtp:[y]"]), on: plannersMachine)
    #expect(own.config.route("u@\(domain)") == ["smtp:[x]": 0.5, "smtp:[y]": 0.5])
    expect(try own.config.applying(.removeRoute(key: "to:\(domain)", table: nil)), "u@\(domain)", kind.shares)
  }

  /// Also where it stands behind the pool, and the pool would be asked first.
  @Test func anEntryBehindThePoolKeepsItsMail() throws {
    let kind = Kind.all[0]
    var config = try kind.pool(of: "one.example", then: "one.example, own.example, new.example")
    let maps = try #require(config.main["transport_maps"])
    let text = maps.value.text + ", inline:{{own.example=smtp:[own]}, {.own.example=smtp:[own]}}"
    config.update(config.main.document.replacingValue(maps.value, of: maps.line, with: text))
    let plan = try kind.again(config, [])
    #expect(plan.config.route("u@own.example") == ["smtp:[own]": 1])
    expect(plan.config, "u@new.example", kind.shares)
  }

  /// The names of a table are not known here.
  @Test func aListThatBecameATable() throws {
    let config = try Kind.all[0].pool(then: "hash:/etc/postfix/domains")
    let set = try config.applying(.setWeight(pool: "class:relay", member: "relay:[b]:25", weight: 2))
    #expect(
      set.pools().contains { $0.members.map(\.weight) == [2, 2] || $0.members.map(\.weight) == [1, 1] })
    let gone = try config.applying(.removeRoute(key: "class:relay", table: nil))
    #expect(gone.mainText == "relay_domains = hash:/etc/postfix/domains\n")
  }
}
