// Each refusal names what to type next, and what it names works.

import PostfixFiles
import Routing
import Testing

@testable import Editing

@Suite struct NextCommandTests {
  private static let pool = "default_transport = randmap:{smtp:[a], smtp:[b]}\n"

  // MARK: - A table that answers for all mail

  @Test(arguments: [
    "randmap:{smtp:[a]:26, smtp:[b]:26}",
    "unionmap:{randmap:{smtp:[a]:26, smtp:[b]:26}, static:{[a]:26,[b]:26}}",
    "inline:{{x.example=smtp:[x]}}, randmap:{smtp:[a]:26, smtp:[b]:26}",
  ])
  func aPoolThatDecidesFirstIsNamedWithItsEdits(tables: String) throws {
    let main = "transport_maps = \(tables)\nrelayhost = [gw]\n"
    let words = refused(main, "outbound", "[c]", "[d]")
    #expect(
      words.contains(
        "; to change its pool: randmap add transport_maps 'smtp:[c]', or randmap set transport_maps 'smtp:[a]:26' WEIGHT, or randmap remove transport_maps 'smtp:[a]:26'"
      ), "\(words)")
    // The words as they were said: outbound, and no relayhost.
    let set = Edit.setWeight(pool: "outbound", member: "[c]", weight: 3)
    #expect(
      refusalWords(configToPlan(main), set).hasPrefix("outbound: transport_maps (/d/main.cf:1) decides first")
    )
    let added = try configToPlan(main).applying(.add(pool: "transport_maps", member: "smtp:[c]", weight: 1))
    #expect(Resolver(added).route("u@far.example").words.contains("smtp:[c] 33.3%"))
    // Where there is more than the pool, the line is not taken away as a whole.
    #expect(
      words.hasSuffix("; to take away what decides: randmap remove-route transport_maps --force")
        == !tables.hasPrefix("inline"), "\(words)")
    #expect(
      refused(main, "transport_maps", "[c]", "[d]").hasSuffix(
        "To add a gateway: randmap add transport_maps GATEWAY; to change a weight: randmap set transport_maps MEMBER WEIGHT; to take the pool away: randmap remove-route transport_maps --force"
      ))
  }

  @Test func aTableWithOneAnswerIsNamedWithWhatTakesItAway() throws {
    let main = "transport_maps = static:smtp:[a]:26\nrelayhost = [gw]\n"
    #expect(
      refused(main, "outbound", "[c]", "[d]").hasSuffix(
        "would go to smtp:[a]:26; to take away what decides: randmap remove-route transport_maps"))
    let bare = try configToPlan(main).applying(.removeRoute(key: "transport_maps", table: nil))
    #expect(try bare.planning(wishInWords("outbound", ["[c]", "[d]"]), on: plannersMachine).guards.isEmpty)
    let agent = "# randmap: agent\n\(main)"
    #expect(
      refused(agent, "outbound", "[c]", "[d]").hasSuffix(
        "answers for all mail, and comes first: take it away, with randmap remove-route transport_maps"))
  }

  /// An entry `*` comes before what senders have; as a line it comes after that.
  @Test func anEntryForAllMailBeforeASenderIsMoved() throws {
    let main = "transport_maps = inline:{{*=smtp:[x]:26}}\n"
    #expect(
      refused(main, "from:c.example", "[c]", "[d]").hasSuffix(
        "; to make that entry a line that comes after the senders: randmap pool outbound 'smtp:[x]:26' --force"
      ))
    let moved = try configToPlan(main).planning(wishInWords("outbound", ["smtp:[x]:26"]), on: plannersMachine)
    #expect(!moved.guards.isEmpty)
    let wish = try wishInWords("from:c.example", ["[c]", "[d]"])
    #expect(try moved.config.planning(wish, on: plannersMachine).guards.isEmpty)
  }

  // MARK: - Members

  @Test func aMemberThatIsNoneIsAdded() throws {
    let config = configToPlan(Self.pool)
    let words = refusalWords(config, .setWeight(pool: "outbound", member: "[c]", weight: 3))
    #expect(words.hasSuffix("; to add it: randmap add default_transport 'smtp:[c]' 3"), "\(words)")
    #expect(
      refusalWords(config, .setShare(pool: "outbound", member: "smtp:[c]", share: 0.125, tolerance: 0.001))
        .hasSuffix("; to add it: randmap add default_transport 'smtp:[c]' 12.5%"))
    #expect(
      try config.applying(.add(pool: "default_transport", member: "smtp:[c]", weight: 3)).pools().count == 1)
    // Nothing can be added that is no destination.
    #expect(
      !refusalWords(config, .setWeight(pool: "outbound", member: "no:such:[c]", weight: 3)).contains(
        "randmap add")
    )
    #expect(!refusalWords(config, .remove(pool: "outbound", member: "[c]")).contains("randmap add"))
    #expect(
      refusalWords(config, .add(pool: "outbound", member: "smtp:[a]", weight: 3)).hasSuffix(
        "to change its weight: randmap set default_transport 'smtp:[a]' WEIGHT"))
  }

  @Test func theLastMemberIsNotTheEnd() throws {
    let config = configToPlan(Self.pool)
    let one = try config.applying(.remove(pool: "outbound", member: "smtp:[a]"))
    let remarks = config.remarks(on: one, after: [.remove(pool: "outbound", member: "smtp:[a]")])
    #expect(
      remarks == [
        "default_transport has one member now; to make it one destination again: randmap pool outbound 'smtp:[b]'"
      ])
    let single = try one.planning(wishInWords("outbound", ["smtp:[b]"]), on: plannersMachine).config
    #expect(single.parameters.text(.defaultTransport) == "smtp:[b]")
    for edit in [Edit.remove(pool: "outbound", member: "[b]"), .drain(pool: "outbound", member: "[b]")] {
      #expect(
        refusalWords(one, edit).hasSuffix(
          "Add another gateway first: randmap add default_transport GATEWAY; to take the pool away: randmap remove-route outbound"
        ))
    }
    let drained = try config.applying(.drain(pool: "outbound", member: "smtp:[a]"))
    #expect(
      refusalWords(drained, .setWeight(pool: "outbound", member: "smtp:[a]", weight: 2)).hasSuffix(
        "restore it first, with randmap restore 'smtp:[a]'"))
  }

  @Test func oneDestinationIsNoPoolToDrain() {
    let config = configToPlan("relayhost = [gw1.example]:587\n")
    func words(_ member: String, in pool: String?) -> String {
      do throws(EditError) {
        for edit in try DrainWish().edits(of: member, in: pool, config) { _ = try config.applying(edit) }
        return ""
      } catch { return error.message }
    }
    for pool in [nil, "relayhost", "outbound"] {
      #expect(
        words("[gw1.example]:587", in: pool)
          == "relayhost has one gateway. To share its mail: randmap pool outbound '[gw1.example]:587=70' '[gw2.example]:587=30'; to take that gateway away: randmap remove-route outbound"
      )
    }
    #expect(words("[other]", in: nil).hasPrefix("no pool has a member"))
  }

  // MARK: - Spellings of one gateway

  @Test(arguments: ["relayhost", "outbound"]) func anotherSpellingIsTheSameGateway(pool: String) {
    let config = configToPlan("relayhost = [GW1.example]:submission\n")
    func words(_ member: String) -> String {
      refusalWords(config, .setWeight(pool: pool, member: member, weight: 3))
    }
    for member in ["[gw1.example]:587", "[gw1.example]:submission"] {
      #expect(
        words(member).hasPrefix(
          "\"\(member)\" is the same gateway as \"[GW1.example]:submission\". relayhost has one gateway. "))
    }
    #expect(
      words("gw1.example:587").hasPrefix(
        "\"gw1.example:587\" is taken for \"[GW1.example]:submission\", though without brackets a name means its mail exchangers. relayhost"
      ))
    #expect(
      words("gw1.example:587").contains(
        "; to add the mail exchangers of that name: randmap add relayhost gw1.example:587"))
    #expect(words("[GW1.example]:submission").hasPrefix("relayhost has one gateway."))
  }

  @Test func anExchangerBesideItsHostIsSaid() throws {
    let note =
      "gw1.example:587 means the mail exchangers of gw1.example, and [gw1.example]:587 the host itself: they may be the same gateway"
    let plan = try planned(
      "relayhost = [gw1.example]:587\n", "outbound", "[gw1.example]:587", "gw1.example:587")
    #expect(plan.notes.contains(note))
    let other = try planned(
      "relayhost = [gw1.example]:587\n", "outbound", "[gw1.example]:587", "gw2.example:587")
    #expect(!other.notes.contains { $0.contains("exchangers") })
    let pool = configToPlan("sender_dependent_relayhost_maps = randmap:{[gw1.example]:587, [gw2.example]}\n")
    let add = Edit.add(pool: "outbound", member: "gw1.example:587", weight: 1)
    #expect(pool.remarks(on: try pool.applying(add), after: [add]).contains(note))
  }

  // MARK: - Notations

  @Test(arguments: [ConversionTarget.file, .inline]) func aStockPoolIsTheAgentsFirst(target: ConversionTarget)
    throws
  {
    let config = configToPlan(
      Self.pool.replacing("default_transport", with: "sender_dependent_default_transport_maps"))
    let conversion = try config.converting([], to: target)
    #expect(conversion.config.hasSameTexts(as: config))
    #expect(
      conversion.notes.first?.hasSuffix(
        "; first: randmap convert --to agent sender_dependent_default_transport_maps") == true)
    let agent = try config.converting(["sender_dependent_default_transport_maps"], to: .agent).config
    #expect(try !agent.converting([], to: target).notes.contains { $0.contains("first: randmap convert") })
  }

  // MARK: - Places

  /// Which of the two files a person looks at is not known: a line that moves is not said.
  @Test func aLineThatMovesHasNoNumber() throws {
    let config = configToPlan("relayhost = [gw]\ntransport_maps = static:smtp:[a]:26\n")
    let remove = Edit.removeRoute(key: "outbound", table: nil)
    #expect(
      config.remarks(on: try config.applying(remove), after: [remove]).first?.hasPrefix(
        "transport_maps (/d/main.cf) decides first") == true)
    let set = Edit.setRoute(key: "relayhost", value: "[c]", table: nil)
    #expect(
      config.remarks(on: try config.applying(set), after: [set]).first?.hasPrefix(
        "transport_maps (/d/main.cf:2) decides first") == true)
  }

  @Test func aTableThatFailsIsNamedWithItsLine() {
    let config = configToPlan(
      "relayhost = [gw]\ntransport_maps = texthash:/d/t\n",
      tables: ["t": "# x\na.example smtp:[a]\nA.example smtp:[b]\n"])
    let wish = try? wishInWords("outbound", ["[c]", "[d]"])
    #expect(
      wish.map { refused(config, $0) }
        == "outbound: mail for someone@elsewhere.example is not delivered as it is: transport_maps: lookup failure: /d/t, line 3: duplicate entry: \"A.example\"; correct that first"
    )
  }
}
