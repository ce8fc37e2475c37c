// The way in, by what a wish means: mailboxes of this host, and gateways that are spelled in another way.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct PoolPlanMeaningTests {
  /// What is delivered on this host is not sent out without a yes; a gateway that had the mail before may get others beside it.
  @Test(arguments: [
    ("", true), ("virtual_transport = smtp:[a]", false),
    ("virtual_transport = lmtp:unix:private/lmtp", true),
    ("virtual_transport = lmtp:inet:127.0.0.1:24", true),
    ("virtual_transport = lmtp:[192.0.2.1]:24", true),
    ("virtual_transport = lmtp:localhost", true),
    ("virtual_transport = lmtp:[store.example]:24", false),
    ("virtual_transport = mailboxes", true),
  ])
  func mailboxesLeaveThisHostOnlyWithAYes(main: String, isHeld: Bool) throws {
    var config = configToPlan(
      "virtual_mailbox_domains = v.example\nvirtual_mailbox_maps = static:v/\nvirtual_mailbox_base = /tmp\n\(main)\n"
    )
    let master = plannedServices + "mailboxes unix - n n - - pipe argv=/usr/bin/true\n"
    config.master = MasterCf(Document(path: "/d/master.cf", bytes: Bytes(master.utf8)))
    for scope in ["class:virtual", "virtual_transport"] {
      for members in [["smtp:[127.0.0.2]:25", "smtp:[127.0.0.3]:25"], ["smtp:[127.0.0.2]:25"]] {
        let guards = try config.planning(wishInWords(scope, members), on: plannersMachine).guards
        let held = guards.map(\.message).filter { $0.contains("off this host") }
        #expect(held.isEmpty != isHeld, "\(scope) \(members)")
        #expect(held.allSatisfy { $0.hasPrefix("takes mailboxes off this host: mail for someone@v.example") })
      }
    }
  }

  /// A second server of this host takes no mailbox away, and one elsewhere does, however small its share is.
  @Test func mailboxesMayGoToAnotherServerOfThisHost() throws {
    let config = configToPlan(
      "virtual_mailbox_domains = v.example\nvirtual_transport = lmtp:unix:private/lmtp\n")
    func isHeld(_ members: String...) throws -> Bool {
      try config.planning(wishInWords("class:virtual", members), on: plannersMachine).guards
        .contains { $0.message.hasPrefix("takes mailboxes off this host: mail for someone@v.example") }
    }
    #expect(try !isHeld("lmtp:unix:private/lmtp", "lmtp:unix:private/other"))
    #expect(try !isHeld("lmtp:unix:private/lmtp", "lmtp:[127.0.0.1]:24"))
    #expect(try !isHeld("virtual:", "lmtp:[127.0.0.1]:24"))
    #expect(try isHeld("lmtp:unix:private/lmtp=99", "lmtp:[store.example]:24"))
  }

  /// Another spelling is a wish: it is the key of the tables of credentials.
  @Test(
    arguments: ["127.0.0.2:587", "[127.0.0.2]:submission", "[127.0.0.2]:0587"],
    [PoolWish.Notation.stock, .agent, .file])
  func anotherSpellingTakesThePlaceOfAMember(spelling: String, notation: PoolWish.Notation) throws {
    let own = "smtp:[127.0.0.2]:587"
    let before = try planned(
      "default_transport = \(own)\n", "outbound", "\(own)=3", "smtp:[127.0.0.3]:587=2", notation: notation
    ).config
    func weights(_ config: MailConfig) -> [String: Int] {
      Dictionary(
        config.pools().first { $0.notation != .single }?.members.map { ($0.result, $0.weight) } ?? [],
        uniquingKeysWith: +)
    }
    for config in [before, try before.applying(.drain(pool: "outbound", member: own))] {
      let wish = try wishInWords("outbound", ["smtp:\(spelling)=4", "smtp:[127.0.0.3]:587=3"])
      let after = try config.planning(wish, on: plannersMachine).config
      #expect(weights(after) == ["smtp:\(spelling)": 4, "smtp:[127.0.0.3]:587": 3])
      #expect(!after.pools().contains { $0.members.contains(where: \.isDrained) })
      // What follows a member that fails is spelled so as well.
      #expect(!after.main.document.bytes.text.contains("[127.0.0.2]:587"))
    }
  }

  /// The names of its members say nothing to who asks for gateways.
  @Test(arguments: ["smtp:[a]:587", "smtp:[a]:submission"])
  func aPoolOfNamesIsWrittenAnew(first: String) throws {
    let before = configToPlan(
      "sender_dependent_default_transport_maps = pipemap:{randmap:{a, b}, inline:{{a=smtp:[a]:587,[b]:587}, {b=smtp:[b]:587,[a]:587}}}\n"
    )
    let after = try before.planning(
      wishInWords("outbound", ["\(first)=2", "smtp:[b]:587"]), on: plannersMachine
    ).config
    let shares = Resolver(after).route("u@far.example").firstHops
    #expect(abs((shares[.init(transport: "smtp", nextHop: "[b]:587")] ?? 0) - 1.0 / 3) < 1e-6)
    #expect(shares.count == 2)
  }

  /// To lmtp(8) the list begins with "inet:".
  @Test(arguments: [nil, PoolWish.Notation.agent, .stock, .file])
  func aSocketOfTheNetworkIsAGateway(notation: PoolWish.Notation?) throws {
    let main = "virtual_mailbox_domains = v.example\nvirtual_transport = lmtp:inet:127.0.0.4:24\n"
    let after = try planned(
      main, "class:virtual", "lmtp:inet:127.0.0.4:24=2", "lmtp:inet:127.0.0.5:24", notation: notation
    ).config
    let shares = Resolver(after).route("u@v.example").firstHops
    #expect(shares.count == 2)
    #expect(abs((shares[.init(transport: "lmtp", nextHop: "127.0.0.4:24")] ?? 0) - 2.0 / 3) < 1e-6)
  }
}
