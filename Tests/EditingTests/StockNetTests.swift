// Edits of a stock pool with a safety net around it: the net follows, so that nobody who was taken out is the last
// resort of the others, and whoever is new is.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

private let maps = "sender_dependent_default_transport_maps"

@Suite struct UnionNetTests {
  private let main =
    "\(maps) = unionmap:{randmap:{smtp:[a], smtp:[b], smtp:[c]}, static:{[a],[b],[c]}}\nmyorigin = x\n"

  @Test func whoIsDrainedIsNoLastResort() throws {
    let drained = try edited(main, .drain(pool: maps, member: "smtp:[b]"))
    #expect(
      drained == "\(maps) = unionmap:{randmap:{smtp:[a], smtp:[c]}, static:{[a],[c]}}\n"
        + "# randmap: drained smtp:[b] x1\nmyorigin = x\n")
    #expect(
      try edited(drained, .restore(pool: maps, member: "smtp:[b]"))
        == "\(maps) = unionmap:{randmap:{smtp:[a], smtp:[c], smtp:[b]}, static:{[a],[c],[b]}}\nmyorigin = x\n"
    )
  }

  @Test func whoIsRemovedGoesAndWhoIsNewComes() throws {
    #expect(
      try edited(main, .remove(pool: maps, member: "smtp:[c]"))
        == "\(maps) = unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{[a],[b]}}\nmyorigin = x\n")
    #expect(
      try edited(main, .remove(pool: maps, member: "[a]"))
        == "\(maps) = unionmap:{randmap:{smtp:[b], smtp:[c]}, static:{[b],[c]}}\nmyorigin = x\n")
    #expect(
      try edited(main, .add(pool: maps, member: "smtp:[d]:26", weight: 2))
        == "\(maps) = unionmap:{randmap:{smtp:[a], smtp:[b], smtp:[c], smtp:[d]:26, smtp:[d]:26}, "
        + "static:{[a],[b],[c],[d]:26}}\nmyorigin = x\n")
  }

  @Test func aWeightLeavesTheNetAsItIs() throws {
    let more = try edited(main, .setWeight(pool: maps, member: "smtp:[a]", weight: 2))
    #expect(more.hasSuffix("static:{[a],[b],[c]}}\nmyorigin = x\n"))
  }

  @Test func otherSpellingsAndOtherHopsInIt() throws {
    let odd = "\(maps) = unionmap:{randmap:{smtp:[A], smtp:b}, static:{[last], [a]:25, b}}\n"
    #expect(
      try edited(odd, .drain(pool: maps, member: "smtp:[A]"))
        == "\(maps) = unionmap:{randmap:{smtp:b}, static:{[last], b}}\n# randmap: drained smtp:[A] x1\n")
    #expect(
      try edited(odd, .add(pool: maps, member: "smtp:[d]", weight: 1)).contains(
        "static:{[last], [a]:25, b, [d]}"))
    // A net of others is nobody's business here.
    let apart = "\(maps) = unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{[last]}}\n"
    #expect(
      try edited(apart, .add(pool: maps, member: "smtp:[d]", weight: 1)).contains("static:{[last]}"))
  }

  @Test func aRandomSecondChoiceFollowsToo() throws {
    let second =
      "\(maps) = unionmap:{randmap:{smtp:[a], smtp:[b]}, randmap:{[a], [b], [b]}, static:{[a],[b]}}\n"
    #expect(
      try edited(second, .drain(pool: maps, member: "smtp:[b]")).hasPrefix(
        "\(maps) = unionmap:{randmap:{smtp:[a]}, randmap:{[a]}, static:{[a]}}\n"))
  }

  @Test func whatCannotBeKeptInStepIsRefused() {
    let partial = "\(maps) = unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{[a]}}\n"
    #expect(
      refusal(partial, .drain(pool: maps, member: "smtp:[a]"))?.message.contains("the only one") == true)
    #expect(
      refusal(main, .add(pool: maps, member: "relay:[d]", weight: 1))?.message.contains("--to agent") == true)
    let elsewhere = "hops = [b]\n\(maps) = unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{[a],$hops}}\n"
    for member in ["smtp:[a]", "smtp:[b]"] {
      #expect(
        refusal(elsewhere, .drain(pool: maps, member: member)) == .notInOnePlace("the fallback of \(maps)"))
    }
    let macro = "hops = [a], [b]\n\(maps) = unionmap:{randmap:{smtp:[a], smtp:[b]}, static:{$hops}}\n"
    #expect(
      (try? edited(macro, .drain(pool: maps, member: "smtp:[b]")))
        == "hops = [a]\n\(maps) = unionmap:{randmap:{smtp:[a]}, static:{$hops}}\n"
        + "# randmap: drained smtp:[b] x1\n")
  }
}

@Suite struct FallbackNetTests {
  @Test func beforeNextHopListsTheFallbackRelayFollows() throws {
    let main = "\(maps) = randmap:{smtp:[a], smtp:[b]}\nsmtp_fallback_relay = [a], [b]\n"
    func edited(_ main: String, _ edits: Edit..., version: PostfixVersion = PostfixVersion(3, 4)) throws
      -> String
    {
      var config = MailConfig(
        directory: "/etc/postfix", environment: Environment(hostName: "mx", version: version), main: main)
      for edit in edits { config = try config.applying(edit) }
      return config.main.document.bytes.text
    }
    let drain = Edit.drain(pool: maps, member: "smtp:[b]")
    #expect(
      try edited(main, drain)
        == "\(maps) = randmap:{smtp:[a]}\n# randmap: drained smtp:[b] x1\nsmtp_fallback_relay = [a]\n")
    #expect(try edited(main, drain, .restore(pool: maps, member: "smtp:[b]")) == main)
    #expect(
      try edited(main, .add(pool: maps, member: "smtp:[c]", weight: 1))
        == "\(maps) = randmap:{smtp:[a], smtp:[b], smtp:[c]}\nsmtp_fallback_relay = [a], [b], [c]\n")
    // One that is not made of the members is somebody's own, and so is any where the version has a better net.
    let own = main.dropLast("[a], [b]\n".count) + "[a], [hub]\n"
    #expect(try edited(String(own), drain).hasSuffix("smtp_fallback_relay = [a], [hub]\n"))
    #expect(
      try edited(main, drain, version: .nextHopLists).hasSuffix("smtp_fallback_relay = [a], [b]\n"))
  }
}

@Suite struct TranslatedNetTests {
  private let main = """
    \(maps) =
        pipemap:{
            randmap:{smtp:[a], smtp:[b], relay:[c]},
            inline:{{smtp:[a]=smtp:[a],[b]}, {smtp:[b]=smtp:[b],[a]}, {relay:[c]=relay:[c]}}}

    """

  @Test func whoIsDrainedKeepsItsEntryAndStandsInNoOther() throws {
    let drained = try edited(main, .drain(pool: maps, member: "smtp:[b]"))
    #expect(drained.contains("randmap:{smtp:[a], relay:[c]},"))
    #expect(
      drained.contains("inline:{{smtp:[a]=smtp:[a]}, {smtp:[b]=smtp:[b],[a]}, {relay:[c]=relay:[c]}}}"))
    let restored = try edited(drained, .restore(pool: maps, member: "smtp:[b]"))
    #expect(
      restored.contains("inline:{{smtp:[a]=smtp:[a],[b]}, {smtp:[b]=smtp:[b],[a]}, {relay:[c]=relay:[c]}}}"))
  }

  @Test func whoIsRemovedLeavesNoEntryAndWhoIsNewGetsOne() throws {
    let removed = try edited(main, .remove(pool: maps, member: "smtp:[a]"))
    #expect(removed.contains("inline:{{smtp:[b]=smtp:[b]}, {relay:[c]=relay:[c]}}}"))
    let added = try edited(main, .add(pool: maps, member: "smtp:[d]", weight: 1))
    #expect(added.contains("randmap:{smtp:[a], smtp:[b], relay:[c], smtp:[d]},"))
    #expect(
      added.contains(
        "inline:{{smtp:[a]=smtp:[a],[b],[d]}, {smtp:[b]=smtp:[b],[a],[d]}, {relay:[c]=relay:[c]}, "
          + "{smtp:[d]=smtp:[d],[a],[b]}}}"))
    let drainedAndRemoved = try edited(
      main, .drain(pool: maps, member: "smtp:[b]"), .remove(pool: maps, member: "smtp:[b]"))
    #expect(drainedAndRemoved.contains("inline:{{smtp:[a]=smtp:[a]}, {relay:[c]=relay:[c]}}}"))
  }

  @Test func keysThatArePlainNames() throws {
    let named = "\(maps) = pipemap:{randmap:{1, 2, 2}, inline:{{1=smtp:[a],[b]}, {2=smtp:[b],[a]}}}\n"
    #expect(
      try edited(named, .drain(pool: maps, member: "1"))
        == "\(maps) = pipemap:{randmap:{2, 2}, inline:{{1=smtp:[a],[b]}, {2=smtp:[b]}}}\n"
        + "# randmap: drained 1 x1\n")
    #expect(refusal(named, .add(pool: maps, member: "smtp:[a]", weight: 1)) == .alreadyMember("1"))
    let without =
      "\(maps) = pipemap:{randmap:{1}, inline:{{1=smtp:[a]}, {2=smtp:[b]}}}\n# randmap: drained 2 x1\n"
    // No net was there: an edit brings none in.
    #expect(
      try edited(without, .restore(pool: maps, member: "2"))
        == "\(maps) = pipemap:{randmap:{1, 2}, inline:{{1=smtp:[a]}, {2=smtp:[b]}}}\n")
  }

  @Test func aTableInAFileIsNotEditedBehindItsBack() throws {
    var config = MailConfig(
      directory: "/etc/postfix",
      main: "\(maps) = pipemap:{randmap:{1, 2}, texthash:/etc/postfix/lists}\n")
    func refusal(_ edit: Edit) -> EditError? {
      do throws(EditError) {
        _ = try config.applying(edit)
        return nil
      } catch { return error }
    }
    let path = "/etc/postfix/lists"
    config.files[path] = .read(Document(path: path, bytes: Bytes("1 smtp:[a]\n2 smtp:[b]\n".utf8)))
    #expect(refusal(.drain(pool: maps, member: "2")) == nil)
    #expect(refusal(.add(pool: maps, member: "smtp:[c]", weight: 1))?.message.contains("no entry") == true)
    config.files[path] = .read(Document(path: path, bytes: Bytes("1 smtp:[a],[b]\n2 smtp:[b]\n".utf8)))
    #expect(refusal(.drain(pool: maps, member: "2"))?.message.contains("lists [b] as well") == true)
  }
}

@Suite struct EditedNetTests {
  /// What an address is answered with: the first hop, and the set of all behind it, with the share in thousandths.
  private func answers(_ config: MailConfig) -> [String: Int] {
    var found: [String: Int] = [:]
    for outcome in Resolver(config).route("u@elsewhere.example").outcomes {
      guard case .destination(let transport, let nextHop) = outcome.value else { continue }
      let hops = nextHop.text.split(separator: ",").map(String.init)
      let words = "\(transport.text):\(hops.first ?? "") then \(Set(hops).sorted())"
      found[words, default: 0] += Int((outcome.share * 1000).rounded())
    }
    return found
  }

  /// Edits of a pool that was converted come to what the conversion of the edited pool comes to.
  @Test func anEditedStockPoolIsWhatTheEditedPoolIsConvertedTo() throws {
    var random = SeededGenerator(seed: 5)
    var compared = 0
    var refused = 0
    for _ in 0..<150 {
      let transports = Bool.random(using: &random) ? ["smtp"] : ["smtp", "smtp", "relay"]
      var names = ["smtp:[g0]", "smtp:[g1]"]
      for number in 2..<Int.random(in: 3...5, using: &random) {
        names.append("\(transports.randomElement(using: &random) ?? ""):[g\(number)]")
      }
      let items = names.map { "!\($0)" }.joined()
      var plain = MailConfig(
        directory: "/etc/postfix", main: "# randmap: agent\ndefault_transport = randmap:\(items)\n")
      var stock = try plain.converting([], to: .stock).config
      for step in 0..<4 {
        let member = names.randomElement(using: &random) ?? ""
        let new = "\(transports.randomElement(using: &random) ?? ""):[n\(step)]"
        let kind = Int.random(in: 0..<5, using: &random)
        func edit(_ pool: String) -> Edit {
          switch kind {
          case 0: .drain(pool: pool, member: member)
          case 1: .restore(pool: pool, member: member)
          case 2: .remove(pool: pool, member: member)
          case 3: .add(pool: pool, member: new, weight: 2)
          default: .setWeight(pool: pool, member: member, weight: 3)
          }
        }
        guard let next = try? plain.applying(edit("default_transport")) else { continue }
        do throws(EditError) {
          stock = try stock.applying(edit(maps))
        } catch {
          guard case .safetyNet = error else {
            Issue.record("\(edit(maps)): \(error.message) in \(stock.main.document.bytes.text)")
            break
          }
          refused += 1
          break
        }
        plain = next
        if kind == 3 { names.append(new) }
        let fresh = try plain.converting([], to: .stock).config
        #expect(answers(stock) == answers(fresh), "\(stock.main.document.bytes.text)")
        compared += 1
      }
    }
    #expect(compared > 150 && refused < compared / 4, "\(compared) \(refused)")
  }
}
