// What a person is told who asks for what is there already, for what cannot be, or who shortens a name.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct PlainAnswerTests {
  @Test func aLaneThatIsAMemberIsSaidToBeOne() throws {
    let main = "relayhost = [gw1.example]:587\n"
    let config = try planned(main, "outbound", "lane:192.0.2.1", "lane:192.0.2.2").config
    #expect(
      refusalWords(config, .add(pool: "outbound", member: "lane:192.0.2.2", weight: 1))
        .hasPrefix("\"lane:192.0.2.2\" is a member already; to change its weight: randmap set"))
  }

  @Test func mailOfThisHostIsSaidToBeDeliveredHere() {
    for scope in ["class:local", "to:here.example", "to:user@here.example", "local_transport"] {
      let words = refused("mydestination = here.example\n", scope, "[gw1.example]", "[gw2.example]")
      #expect(
        words.contains("delivered on this host") || words.contains("mail of this host"), "\(scope): \(words)")
    }
  }

  /// The command of a finding, called once more: there is nothing to do, and that is no mistake.
  @Test(arguments: [PoolWish.Notation.stock, .agent])
  func aClassWhosePoolFitsItsListNeedsNothing(notation: PoolWish.Notation) throws {
    let main = "relay_domains = a.example\n"
    let config = try planned(
      main, "class:relay", "relay:[gw1.example]", "relay:[gw2.example]", notation: notation
    )
    .config
    let again = try config.planning(wishInWords("class:relay", []), on: plannersMachine)
    #expect(again.config.hasSameTexts(as: config))
    #expect(again.notes.first?.hasPrefix("its pool has the domains of relay_domains already; ") == true)
    // Without a pool there is something to say.
    #expect(refused(main, "class:relay").contains("need the gateways too"))
    #expect(refused("relayhost = [gw1.example]\n", "outbound").contains("need the gateways too"))
  }

  @Test func beforePatternsInMainCfTheCallThatTakesATableOutIsNamed() throws {
    let main = "relayhost = [gw1.example]\nsender_dependent_relayhost_maps = inline:{{@a.example=[a]}}\n"
    let wish = try wishInWords("outbound", ["[gw1.example]", "[gw2.example]"])
    let words = refused(configToPlan(main, version: PostfixVersion(3, 6)), wish)
    #expect(
      words.contains("take those out first, with randmap remove-route sender_dependent_relayhost_maps"),
      "\(words)")
    let bare = try configToPlan(main, version: PostfixVersion(3, 6)).applying(
      .removeRoute(key: "sender_dependent_relayhost_maps", table: nil))
    _ = try bare.planning(wish, on: plannersMachine)
  }

  /// A gateway that authenticates us by our address has no line in the table.
  @Test func aGatewayWithoutAPasswordHasAWayOn() {
    let missing = EditGuard.missingCredentials(hop: "[gw2.example]", words: "[gw2.example] has no entry in p")
    #expect(missing.messageOfCall == "[gw2.example] has no entry in p; if that gateway needs none: --force")
    // In the console a key says yes.
    #expect(missing.message == "[gw2.example] has no entry in p")
  }

  @Test func aPercentageMayHaveABlank() throws {
    #expect(try WantedMember("[gw1.example]:587=70 %").weight == .share(0.7))
    #expect(try WantedMember("[gw1.example]:587 = 70%").weight == .share(0.7))
  }

  // MARK: - The first part of a name

  private static let pools = """
    relayhost = randmap:![gw1.example]:587![gw2.example]:587
    default_transport = randmap:!smtp:[gw2.other.example]!smtp:[gw3.example]

    """

  @Test func theFirstPartOfOneNameIsThatGateway() throws {
    let config = MailConfig(directory: "/etc/postfix", main: Self.pools)
    #expect(
      try config.memberships(of: "gw1", in: nil, drained: false).map(\.member) == ["[gw1.example]:587"])
    #expect(
      try config.memberships(of: "GW3", in: nil, drained: false).map(\.member) == ["smtp:[gw3.example]"])
    // In one pool it may be one.
    #expect(
      try config.memberships(of: "gw2", in: "relayhost", drained: false).map(\.member) == [
        "[gw2.example]:587"
      ])
    let set = try config.applying(.setWeight(pool: "relayhost", member: "gw2", weight: 3))
    #expect(set.pool("relayhost")?.members.map(\.weight) == [1, 3])
  }

  /// Without the port, where no other gateway has that host.
  @Test(arguments: ["gw1.example", "[gw1.example]", "[GW1.example]", "[gw1.example]:587"])
  func aHostAloneIsItsOneGateway(name: String) throws {
    let config = MailConfig(directory: "/etc/postfix", main: Self.pools)
    #expect(
      try config.memberships(of: name, in: nil, drained: false).map(\.member) == ["[gw1.example]:587"])
  }

  @Test func whatIsDrainedAlreadyIsSaid() throws {
    let config = MailConfig(
      directory: "/etc/postfix",
      main:
        "# randmap: agent\nrelayhost = randmap:![gw1.example]:587\n# randmap: drained [gw2.example]:587 x1\n")
    for name in ["[gw2.example]:587", "gw2"] {
      #expect(throws: EditError.drainedAlready("[gw2.example]:587")) {
        try config.memberships(of: name, in: nil, drained: false)
      }
    }
    #expect(throws: EditError.notDrained("[gw1.example]:587")) {
      try config.memberships(of: "gw1", in: nil, drained: true)
    }
  }

  private func drainRefusal(_ name: String) -> EditError? {
    do throws(EditError) {
      _ = try MailConfig(directory: "/etc/postfix", main: Self.pools)
        .memberships(of: name, in: nil, drained: false)
      return nil
    } catch { return error }
  }

  @Test func whatFitsSeveralGatewaysIsListed() {
    #expect(
      drainRefusal("gw2")
        == .ambiguousMember("gw2", matches: ["[gw2.example]:587", "[gw2.other.example]:25"]))
    for name in ["gw", "w1", "example", "gw1.", "[gw1", ""] { #expect(drainRefusal(name) != nil, "\(name)") }
  }
}
