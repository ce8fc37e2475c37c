// Many members of a pool changed at once: in the notation and the layout that are there.

import PostfixFiles
import Testing

@testable import Editing
@testable import Routing

@Suite struct PoolChangeTests {
  private func changed(_ main: String, _ wanted: [(String, Int)], kind: ResultKind = .destination) throws
    -> String
  {
    let config = MailConfig(
      directory: "/etc/postfix", main: main, master: "smtp unix - - n - - smtp\nx!y unix - - n - - smtp\n")
    let id = try #require(config.pools().first).id
    let content = PoolContent(
      kind: kind, choices: wanted.map { PoolContent.Choice(result: $0.0, weight: $0.1) })
    let edited = try config.changing(id, to: content)
    #expect(
      edited.pools().first?.members.filter { !$0.isDrained }.map { "\($0.result) \($0.weight)" }.sorted()
        == wanted.map { "\($0.0) \($0.1)" }.sorted())
    return String(decoding: edited.main.document.bytes, as: UTF8.self)
  }

  @Test func membersComeAndGoOnTheirLines() throws {
    let text = try changed(
      "# randmap: agent\nrelay_transport = randmap:\n    !smtp:[a]\n    !smtp:[b]\n    !smtp:[b]\n    !smtp:[c]\n    !smtp:[d]\n",
      [("smtp:[c]", 1), ("smtp:[e]", 2), ("smtp:[f]", 1)])
    #expect(
      text
        == "# randmap: agent\nrelay_transport = randmap:\n    !smtp:[c]\n    !smtp:[e]\n    !smtp:[e]\n    !smtp:[f]\n"
    )
  }

  @Test func membersComeAndGoOnOneLine() throws {
    let text = try changed(
      "# randmap: agent\nrelay_transport = randmap:!smtp:[a]!smtp:[b]!smtp:[c]!smtp:[d]!smtp:[e]\n",
      [("smtp:[d]", 1), ("smtp:[b]", 1), ("smtp:[f]", 1), ("smtp:[g]", 1)])
    #expect(text == "# randmap: agent\nrelay_transport = randmap:!smtp:[b]!smtp:[d]!smtp:[f]!smtp:[g]\n")
  }

  /// The list that follows the members changes with them.
  @Test func theFallbackFollows() throws {
    let text = try changed(
      "sender_dependent_relayhost_maps = unionmap:{randmap:{[a],\n   [b],\n   [c], [d]},static:{[a],[b],[c],[d],[z]}}\n",
      [("[c]", 1), ("[e]", 1), ("[f]", 1)], kind: .nextHop)
    #expect(text.contains("static:{[c],[e],[f],[z]}"), "\(text)")
  }

  /// Two of the first line: what separated them goes too.
  @Test func aWholeFirstLineGoes() throws {
    let text = try changed(
      "sender_dependent_default_transport_maps = pipemap:{randmap:{smtp:[a], smtp:[b],\n   smtp:[c],\n   smtp:[d]}}\n",
      [("smtp:[c]", 1), ("smtp:[d]", 1)])
    #expect(!text.contains(",\n   smtp:[c]"), "\(text)")
  }

  @Test func aSeparatorOfANewMemberIsReplaced() throws {
    let text = try changed(
      "# randmap: agent\nrelay_transport = randmap:!smtp:[a]!smtp:[b]\n",
      [("smtp:[a]", 1), ("smtp:[b]", 1), ("x!y:[c]", 1), ("smtp:[e]", 1)])
    #expect(text.contains("|smtp:[a]|smtp:[b]|x!y:[c]|smtp:[e]"), "\(text)")
  }

  @Test func drainedMembersThatAreNamedComeBack() throws {
    let text = try changed(
      "# randmap: agent\nrelay_transport = randmap:\n    !smtp:[a]\n    # randmap: drained smtp:[b] x3\n    # randmap: drained smtp:[c] x1\n    # randmap: drained smtp:[d] x1\n    !smtp:[e]\n",
      [("smtp:[a]", 1), ("smtp:[b]", 1), ("smtp:[c]", 2)])
    #expect(
      text
        == "# randmap: agent\nrelay_transport = randmap:\n    !smtp:[a]\n    !smtp:[b]\n    !smtp:[c]\n    !smtp:[c]\n    # randmap: drained smtp:[d] x1\n"
    )
  }
}
