// Every edit of a pool, in every notation and layout: what the file says before and after, byte for byte.

import Editing
import PostfixFiles
import Routing
import Testing

private let multiline = """
  # outbound
  relay_transport =
      randmap:
          !smtp:[a]
          !smtp:[b]
          !smtp:[b]
  myorigin = $mydomain
  """

@Suite struct PoolEditingTests {
  @Test func weightsOfASeparatorPoolOnOneLine() throws {
    let main = "relay_transport = randmap:!smtp:[a]!smtp:[b]\n"
    #expect(
      try edited(main, .setWeight(pool: "relay_transport", member: "smtp:[b]", weight: 2))
        == "relay_transport = randmap:!smtp:[a]!smtp:[b]!smtp:[b]\n")
    #expect(
      try edited(
        main, .setWeight(pool: "relay_transport", member: "[b]", weight: 3),
        .setWeight(pool: "relay_transport", member: "b:25", weight: 1)) == main)
  }

  @Test func weightsOfAPoolWithALineEach() throws {
    let more = try edited(multiline, .setWeight(pool: "relay_transport", member: "smtp:[a]", weight: 2))
    #expect(
      more
        == multiline.replacing(
          "        !smtp:[a]\n", with: "        !smtp:[a]\n        !smtp:[a]\n", maxReplacements: 1))
    let fewer = try edited(multiline, .setWeight(pool: "relay_transport", member: "smtp:[b]", weight: 1))
    #expect(
      fewer
        == multiline.replacing(
          "        !smtp:[b]\n        !smtp:[b]\n", with: "        !smtp:[b]\n", maxReplacements: 1))
  }

  /// The end of the pool follows the last item on its line: that is a line of its own all the same.
  @Test func theLastItemOfAStockPoolHasALineToo() throws {
    let id = "sender_dependent_relayhost_maps"
    let main = """
      sender_dependent_relayhost_maps =
          unionmap:{
              randmap:{
                  [a]:587,
                  [b]:587},
              static:{[a]:587,[b]:587}}
      myorigin = x

      """
    let more = try edited(main, .setWeight(pool: id, member: "[b]:587", weight: 3))
    let line = "            [b]:587"
    #expect(more == main.replacing("\(line)}", with: "\(line),\n\(line),\n\(line)}"))
    let new = try edited(main, .add(pool: id, member: "[c]:587", weight: 2))
    #expect(new.contains("\(line),\n            [c]:587,\n            [c]:587},\n"), "\(new)")
    #expect(
      try edited(
        main, .setWeight(pool: id, member: "[b]:587", weight: 3),
        .setWeight(pool: id, member: "[b]:587", weight: 1))
        == main)
  }

  @Test func drainingKeepsTheMemberInItsPlaceAndRestoringGivesTheSameBytes() throws {
    let drained = try edited(multiline, .drain(pool: "relay_transport", member: "smtp:[b]"))
    #expect(drained.contains("        # randmap: drained smtp:[b] x2\nmyorigin"))
    let again = try edited(
      multiline, .drain(pool: "relay_transport", member: "smtp:[b]"),
      .restore(pool: "relay_transport", member: "smtp:[b]"))
    #expect(again == multiline)
    let first = try edited(
      multiline, .drain(pool: "relay_transport", member: "smtp:[a]"),
      .restore(pool: "relay_transport", member: "smtp:[a]"))
    #expect(first == multiline)
  }

  @Test func drainingOnOneLinePutsTheCommentBehindIt() throws {
    let main = "relay_transport = randmap:!smtp:[a]!smtp:[b]\nmyorigin = x\n"
    let drained = try edited(main, .drain(pool: "relay_transport", member: "smtp:[a]"))
    #expect(
      drained == "relay_transport = randmap:!smtp:[b]\n# randmap: drained smtp:[a] x1\nmyorigin = x\n")
    let restored = try edited(
      main, .drain(pool: "relay_transport", member: "smtp:[a]"),
      .restore(pool: "relay_transport", member: "smtp:[a]"))
    #expect(restored == "relay_transport = randmap:!smtp:[b]!smtp:[a]\nmyorigin = x\n")
  }

  @Test func stockPoolsKeepTheirLayout() throws {
    let name = "sender_dependent_default_transport_maps"
    let tight = "\(name) = randmap:{smtp:[a],smtp:[b]}\n"
    #expect(
      try edited(tight, .setWeight(pool: name, member: "smtp:[b]", weight: 2))
        == "\(name) = randmap:{smtp:[a],smtp:[b],smtp:[b]}\n")
    let airy = "\(name) = randmap:{smtp:[a], smtp:[b]}\n"
    #expect(
      try edited(airy, .add(pool: name, member: "smtp:[c]", weight: 2))
        == "\(name) = randmap:{smtp:[a], smtp:[b], smtp:[c], smtp:[c]}\n")
    #expect(
      try edited(airy, .remove(pool: name, member: "smtp:[a]")) == "\(name) = randmap:{smtp:[b]}\n")
    #expect(
      try edited(airy, .remove(pool: name, member: "smtp:[b]")) == "\(name) = randmap:{smtp:[a]}\n")
    let lines = "\(name) = randmap:{\n    smtp:[a],\n    smtp:[b],\n    smtp:[b]\n    }\n"
    #expect(
      try edited(lines, .setWeight(pool: name, member: "smtp:[b]", weight: 3))
        == lines.replacing("[b]\n    }", with: "[b],\n    smtp:[b]\n    }", maxReplacements: 1))
    for member in ["smtp:[a]", "smtp:[b]"] {
      let again = try edited(
        lines, .drain(pool: name, member: member), .restore(pool: name, member: member))
      let shares = MailConfig(directory: "/d", main: again).pools().first?.members.map(\.weight).sorted()
      #expect(shares == [1, 2])
    }
  }

  @Test func aPoolInAMacroIsEditedThere() throws {
    let main = "out = smtp:[a], smtp:[b]\nsender_dependent_default_transport_maps = randmap:{$out}\n"
    #expect(
      try edited(
        main, .setWeight(pool: "sender_dependent_default_transport_maps", member: "smtp:[b]", weight: 2))
        == "out = smtp:[a], smtp:[b], smtp:[b]\nsender_dependent_default_transport_maps = randmap:{$out}\n")
  }

  @Test func aMemberWithTheSeparatorGetsThePoolAnother() throws {
    let main = "default_transport = randmap:!smtp:[a]!smtp:[b]\n"
    let result = try edited(main, .add(pool: "default_transport", member: "error:no!", weight: 1))
    #expect(result == "default_transport = randmap:|smtp:[a]|smtp:[b]|error:no!\n")
  }

  @Test func aShareBecomesTheSmallestWeights() throws {
    let main = "default_transport = randmap:!smtp:[a]!smtp:[b]\n"
    func weights(_ share: Double) throws -> [Int] {
      let edit = Edit.setShare(pool: "default_transport", member: "smtp:[a]", share: share, tolerance: 0.005)
      let config = try MailConfig(directory: "/d", main: main).applying(edit)
      return try #require(config.pool("default_transport")).members.map(\.weight)
    }
    #expect(try weights(0.33) == [1, 2])
    #expect(try weights(0.67) == [2, 1])
    #expect(try weights(0.5) == [1, 1])
    #expect(try weights(0.1) == [1, 9])
    #expect(try weights(0.99) == [99, 1])
  }

  /// One more of what a table has already is an error that is brought in; one less is none.
  @Test func theNumberOfErrorsInATableCounts() {
    func config(_ table: String) -> MailConfig {
      var config = MailConfig(directory: "/d", main: "transport_maps = texthash:/d/t\n")
      config.files["/d/t"] = .read(Document(path: "/d/t", bytes: Bytes(table.utf8)))
      return config
    }
    let (one, two) = (config("a.t smtp:[a\nb.t smtp:[b]\n"), config("a.t smtp:[a\nb.t smtp:[b\n"))
    #expect(one.newErrors(in: two).map(\.code) == ["RM501"])
    #expect(two.newErrors(in: one).isEmpty && two.newErrors(in: two).isEmpty)
    #expect(two.newErrors(in: config("a.t smtp:[a]\nb.t smtp:[b\n")).isEmpty)
  }

  /// The transport that a relayhost is reached by changes with default_transport; where its mail goes does not.
  @Test func aRelayhostThatIsLeftAsItIsIsNoLoss() throws {
    let main = "relayhost = [a]\nsender_dependent_default_transport_maps = randmap:{smtp:[a], smtp:[b]}\n"
    let before = MailConfig(directory: "/d", main: main)
    let after = try before.converting([], to: .agent).config
    #expect(before.guards(against: after, states: [:]).isEmpty)
  }

  @Test func aShareThatNoWeightsComeNearIsRefused() {
    func refused(_ others: Int, _ share: Double, _ tolerance: Double = usualTolerance) -> String? {
      let main =
        "default_transport = randmap:!smtp:[a]" + String(repeating: "!smtp:[b]", count: others) + "!smtp:[c]"
      return refusal(
        main, .setShare(pool: "default_transport", member: "smtp:[a]", share: share, tolerance: tolerance)
      )?.message
    }
    #expect(refused(59, 0.4) == nil)
    #expect(refused(59, 0.5) == nil)
    #expect(
      refused(598, 0.5)
        == "the others have a weight of 599 together, and the total is at most 1000: the nearest share is 40.1%; "
        + "set a weight, or reduce the others first")
    #expect(refused(98, 0.01) == nil)
    #expect(refused(99, 0.01) == nil)
    #expect(refused(99, 0.01, 0.001) == nil)
    #expect(
      refused(998, 0.3)?.contains("999 together, and the total is at most 1000: the nearest share is 0.1%")
        == true)
    // A tenth of a percent is the least that 1,000 parts can say, and ten times what is asked for here.
    #expect(refused(1, 0.001, 0.0001) == nil)
    #expect(refused(1, 0.0001, 0.00001)?.contains("the nearest share is") == true)
  }

  /// It has no use for a tolerance to say so.
  @Test(arguments: [0.3, 0.05, 0.06, 0.01, 0.001])
  func aListOfMoreThanAHundredPartsTakesAPercentage(share: Double) throws {
    let main =
      "default_transport = randmap:!smtp:[a]" + String(repeating: "!smtp:[b]", count: 400) + "!smtp:[c]\n"
    let edit = Edit.setShare(
      pool: "default_transport", member: "smtp:[a]", share: share,
      tolerance: WeightChoice.tolerance(of: share))
    let config = try MailConfig(directory: "/d", main: main).applying(edit)
    let pool = try #require(config.pool("default_transport"))
    let member = try #require(pool.members.first)
    #expect(abs(pool.share(member) - share) <= max(0.001, WeightChoice.tolerance(of: share)))
    #expect(pool.totalWeight <= 1_000)
    #expect(pool.members.dropFirst().map(\.weight) == [400, 1] || share < 0.01)
  }

  @Test func aListHasAThousandPartsAtMost() throws {
    let main = "default_transport = randmap:!smtp:[a]!smtp:[b]!smtp:[b]\n"
    func set(_ weight: Int) -> Edit {
      .setWeight(pool: "default_transport", member: "smtp:[a]", weight: weight)
    }
    #expect(refusal(main, set(998)) == nil)
    #expect(
      refusal(main, set(999))?.message
        == "the weights come to 1001 together: need at most 1000, or percentages")
    #expect(refusal(main, set(1_001))?.message == "weight 1001: need a number from 1 to 1000")
    #expect(
      refusal(main, .add(pool: "default_transport", member: "smtp:[c]", weight: 998))?.message
        == "the weights come to 1001 together: need at most 1000, or percentages")
    // One that has more already goes on.
    let many = (0..<3_000).map { "!smtp:[m\($0)]" }.joined()
    let large = "default_transport = randmap:!smtp:[a]!smtp:[a]" + many + "\n"
    for weight in [1, 3, 900] { #expect(refusal(large, set(weight)) == nil, "\(weight)") }
    #expect(refusal(large, .add(pool: "default_transport", member: "smtp:[c]", weight: 3)) == nil)
    let share = Edit.setShare(pool: "default_transport", member: "smtp:[a]", share: 0.001, tolerance: 0.0001)
    #expect(refusal(large, share) == nil)
  }

  @Test func aFinerToleranceMayTakeMoreThanAHundred() throws {
    let main = "default_transport = randmap:!smtp:[a]!smtp:[b]\n"
    func weights(_ share: Double, _ tolerance: Double) throws -> [Int] {
      let edit = Edit.setShare(
        pool: "default_transport", member: "smtp:[a]", share: share, tolerance: tolerance)
      let config = try MailConfig(directory: "/d", main: main).applying(edit)
      return try #require(config.pool("default_transport")).members.map(\.weight)
    }
    #expect(try weights(0.995, usualTolerance) == [99, 1])
    #expect(try weights(0.995, 0.0001) == [199, 1])
    let fine = try weights(0.3137, 0.0001)
    #expect(abs(Double(fine[0]) / Double(fine.reduce(0, +)) - 0.3137) <= 0.0001)
  }

  @Test func weightsAreReducedWhenAsked() throws {
    let main = "default_transport = randmap:!smtp:[a]!smtp:[a]!smtp:[b]!smtp:[b]!smtp:[b]!smtp:[b]\n"
    #expect(
      try edited(main, .reduce(pool: "default_transport"))
        == "default_transport = randmap:!smtp:[a]!smtp:[b]!smtp:[b]\n")
    let prime = "default_transport = randmap:!smtp:[a]!smtp:[b]!smtp:[b]\n"
    #expect(try edited(prime, .reduce(pool: "default_transport")) == prime)
  }

  @Test(arguments: [
    ("# Ansible managed\n", true), ("# {{ ansible_managed }}\n", false),
    ("\n# This file is managed\n# by Puppet, do not edit\n", true), ("# Generated by Chef for mx\n", true),
    ("# This file is managed by Salt.\n", true), ("# managed by CFEngine\n", true), ("# by hand\n", false),
    ("myorigin = x\n# Ansible managed\n", false),
  ])
  func aFileOfAConfigurationManagerIsGuarded(top: String, isManaged: Bool) throws {
    let config = MailConfig(
      directory: "/d", main: top + "default_transport = randmap:!smtp:[a]!smtp:[b]!smtp:[c]\n")
    let edited = try config.applying(.setWeight(pool: "default_transport", member: "[a]", weight: 2))
    let isGuarded = config.guards(against: edited, states: [:]).contains {
      if case .managedFile("/d/main.cf", _) = $0 { true } else { false }
    }
    #expect(isGuarded == isManaged)
  }

  @Test func whatWouldHarmIsRefused() {
    let main = "default_transport = randmap:!smtp:[a]!smtp:[b]\nrelayhost = [c]\n"
    let pool = "default_transport"
    #expect(refusal(main, .setWeight(pool: pool, member: "smtp:[a]", weight: 0)) == .zeroWeight)
    #expect(
      refusal("default_transport = randmap:!smtp:[a]\n", .drain(pool: pool, member: "smtp:[a]"))
        == .wouldEmpty(pool))
    #expect(
      refusal(main, .drain(pool: "relayhost", member: "[c]"))
        == .onlyOneDestination("relayhost", destination: "[c]"))
    #expect(
      refusal(main, .add(pool: pool, member: "smtp:[a]", weight: 1)) == .alreadyMember("smtp:[a]", pool: pool)
    )
    guard case .badText = refusal(main, .add(pool: pool, member: "smtp:[x", weight: 1)) else {
      Issue.record("an unclosed bracket was taken")
      return
    }
    guard case .unknownPool(_, let known) = refusal(main, .drain(pool: "nosuch", member: "x")) else {
      Issue.record("an unknown pool was taken")
      return
    }
    #expect(known == ["default_transport", "relayhost"])
  }

  /// The agent leaves out a member that smtp(8) cannot parse: it may go, the last one that gets mail may not.
  @Test func aMemberThatIsLeftOutMayGo() throws {
    let config = MailConfig(
      directory: "/etc/postfix", main: "# randmap: agent\ndefault_transport = randmap:!smtp:[a]!smtp:[b\n",
      master: "smtp unix - - n - - smtp\n")
    let id = "default_transport"
    let left = try config.applying(.remove(pool: id, member: "smtp:[b"))
    #expect(left.pool(id)?.members.map(\.result) == ["smtp:[a]"])
    #expect(throws: EditError.wouldEmpty(id)) {
      _ = try config.applying(.remove(pool: id, member: "smtp:[a]"))
    }
  }

  @Test func poolFilesAreEditedLineByLine() throws {
    var config = MailConfig(directory: "/etc/postfix", main: "default_transport = randmap:/etc/postfix/out\n")
    let text = "# the pool\n\n  smtp:[a]\nsmtp:[b]\nsmtp:[b]"
    config.files["/etc/postfix/out"] = .read(Document(path: "/etc/postfix/out", bytes: Bytes(text.utf8)))
    func after(_ edits: Edit...) throws -> String {
      var result = config
      for edit in edits { result = try result.applying(edit) }
      return result.files["/etc/postfix/out"]?.document?.bytes.text ?? ""
    }
    #expect(try after(.add(pool: "default_transport", member: "smtp:[c]", weight: 1)) == text + "\nsmtp:[c]")
    #expect(
      try after(.setWeight(pool: "/etc/postfix/out", member: "smtp:[a]", weight: 2))
        == text.replacing("  smtp:[a]\n", with: "  smtp:[a]\n  smtp:[a]\n", maxReplacements: 1))
    #expect(
      try after(.setWeight(pool: "default_transport", member: "smtp:[b]", weight: 1))
        == String(text.dropLast(9)))
    #expect(
      try after(
        .drain(pool: "default_transport", member: "smtp:[a]"),
        .restore(pool: "default_transport", member: "smtp:[a]"))
        == text)
    #expect(
      try after(.drain(pool: "default_transport", member: "smtp:[b]"))
        == "# the pool\n\n  smtp:[a]\n# randmap: drained smtp:[b] x2")
  }

  @Test func tableEntriesAreEditedInPlace() throws {
    var config = MailConfig(
      directory: "/etc/postfix", main: "# randmap: agent\ntransport_maps = texthash:/etc/postfix/transport\n")
    let text = "# domains\nexample.com   randmap:!smtp:[a]!smtp:[b]\nexample.org\tsmtp:[c]\n"
    config.files["/etc/postfix/transport"] = .read(
      Document(path: "/etc/postfix/transport", bytes: Bytes(text.utf8)))
    func after(_ edit: Edit) throws -> String {
      try config.applying(edit).files["/etc/postfix/transport"]?.document?.bytes.text ?? ""
    }
    #expect(config.pools().map(\.id) == ["transport:example.com"])
    #expect(
      try after(.setWeight(pool: "transport:example.com", member: "smtp:[b]", weight: 2))
        == text.replacing("!smtp:[b]", with: "!smtp:[b]!smtp:[b]", maxReplacements: 1))
    #expect(
      try after(.setRoute(key: "example.org", value: "smtp:[d]", table: nil))
        == text.replacing("[c]", with: "[d]", maxReplacements: 1))
    #expect(
      try after(.setRoute(key: "example.net", value: "relay:[d]", table: nil)) == text
        + "example.net\trelay:[d]\n")
    #expect(
      try after(.removeRoute(key: "example.org", table: nil))
        == text.replacing("example.org\tsmtp:[c]\n", with: "", maxReplacements: 1))
  }

  /// In front of a pool in a pipemap, a table says which domains the pool is for.
  @Test func aTableOfKeysTakesWords() throws {
    var config = MailConfig(
      directory: "/etc/postfix",
      main: "transport_maps = pipemap:{texthash:/etc/postfix/in, randmap:{smtp:[a], smtp:[b]}}\n")
    config.files["/etc/postfix/in"] = .read(
      Document(path: "/etc/postfix/in", bytes: Bytes("a.example pool\n".utf8)))
    config.master = MasterCf(
      Document(path: "/etc/postfix/master.cf", bytes: Bytes("smtp unix - - n - - smtp\n".utf8)))
    let edited = try config.applying(.setRoute(key: "b.example", value: "pool", table: nil))
    #expect(edited.files["/etc/postfix/in"]?.document?.bytes.text == "a.example pool\nb.example\tpool\n")
    #expect(config.problem(withRoute: "pool", key: "default_transport", table: nil) != nil)
  }

  @Test func whatIsNoRouteIsRefused() {
    let config = MailConfig(
      directory: "/etc/postfix", main: "mydestination = a.example\ndefault_transport = smtp:[a]\n")
    func refusal(_ edit: Edit) -> String {
      do throws(EditError) { _ = try config.applying(edit) } catch { return error.message }
      return "none"
    }
    for key in ["mydestination", "inet_interfaces", "no_such"] {
      #expect(
        refusal(.setRoute(key: key, value: "all", table: nil)).hasPrefix("\(key) decides no destination"))
      #expect(refusal(.removeRoute(key: key, table: nil)).hasPrefix("\(key) decides no destination"))
    }
    for key in ["default_transport", "relay_transport", "local_transport", "virtual_transport"] {
      #expect(
        refusal(.setRoute(key: key, value: " ", table: nil)).contains("trivial-rewrite(8) would end"),
        "\(key)")
    }
    #expect(refusal(.setRoute(key: "relayhost", value: "", table: nil)) == "none")
  }
}
