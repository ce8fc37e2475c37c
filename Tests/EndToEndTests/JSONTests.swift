// What programs read: every key of the JSON forms, by its name and type, and what it says.
import FoundationEssentials
import TestSupport
import TestTraits
import Testing

private struct CheckAnswer: Decodable {
  struct Diagnostic: Decodable {
    let file: String
    let line, column, endLine, endColumn: Int
    let severity, code, message: String
    let fixable: Bool
  }
  let diagnostics: [Diagnostic]
  let skippedRules: Int
}

private struct PoolsAnswer: Decodable {
  struct Pool: Decodable {
    let id, notation, file: String
    let line: Int
    let members: [Member]
  }
  struct Member: Decodable {
    let result: String
    let weight: Int
    let share: Double
    let drained: Bool
  }
  let pools: [Pool]
}

private func answer<Answer: Decodable>(_ type: Answer.Type, to arguments: [String]) throws -> Answer {
  let finished = try runRandmap(arguments + ["--format", "json"])
  #expect(finished.standardError == "")
  #expect(finished.standardOutput.hasSuffix("}\n"))
  return try JSONDecoder().decode(type, from: Data(finished.standardOutputBytes))
}

@Suite(.waits) struct JSONTests {
  @Test func checkSaysWhereAndWhat() throws {
    let directory = sampleDirectory("mistakes")
    let answer = try answer(CheckAnswer.self, to: ["--check", "-c", directory])
    let found = try #require(
      answer.diagnostics.first { $0.code == "RM204" && $0.file.hasSuffix("/transport") })
    // brackets.example      smtp:[in-gw1.example in-gw2.example]
    #expect(found.file == directory + "/transport")
    #expect((found.line, found.column) == (12, 28))
    #expect((found.endLine, found.endColumn) == (12, 59))
    #expect(found.severity == "error")
    #expect(found.message.contains("brackets around each host"))
    for diagnostic in answer.diagnostics {
      #expect(["error", "warning", "info", "style"].contains(diagnostic.severity))
      #expect(diagnostic.code.wholeMatch(of: /RM\d{3}/) != nil)
      #expect(diagnostic.line >= 1 && diagnostic.column >= 1)
      #expect(
        (diagnostic.endLine, diagnostic.endColumn) >= (diagnostic.line, diagnostic.column),
        "\(diagnostic)")
      #expect(!diagnostic.message.isEmpty)
    }
    // Rules that need the states of gateways did not run.
    #expect(answer.skippedRules >= 0)
  }

  @Test func checkOfOneFileNamesItAsItWasGiven() throws {
    let finished = try runRandmap(
      ["--check", "--format", "json", "mistakes/transport"], directory: sampleDirectory(""))
    let answer = try JSONDecoder().decode(CheckAnswer.self, from: Data(finished.standardOutputBytes))
    #expect(Set(answer.diagnostics.map(\.file)) == ["mistakes/transport"])
    #expect(answer.skippedRules > 0)

    let input = try runRandmap(
      ["--check", "--format", "json", "--as", "transport", "-"], input: "a.example smtp:[gw1.example\n")
    let other = try JSONDecoder().decode(CheckAnswer.self, from: Data(input.standardOutputBytes))
    #expect(other.diagnostics.map(\.code) == ["RM501"])
    #expect(other.diagnostics.first?.file == "-")
    #expect(input.status == .exited(1))
  }

  @Test func poolsSaysMembersWeightsAndShares() throws {
    let directory = sampleDirectory("outbound")
    let answer = try answer(PoolsAnswer.self, to: ["pools", "-c", directory])
    #expect(answer.pools.map(\.id) == [directory + "/outbound", "relay_transport"])
    #expect(answer.pools.map(\.notation) == ["file", "separator"])
    #expect(answer.pools.map(\.file) == [directory + "/outbound", directory + "/main.cf"])
    #expect(answer.pools.map(\.line) == [2, 14])
    let members = try #require(answer.pools.first?.members)
    #expect(members.map(\.result) == (1...3).map { "smtp:[out-gw\($0).example]" })
    #expect(members.map(\.weight) == [1, 1, 1])
    #expect(members.map(\.share) == [0.5, 0.5, 0])
    #expect(members.map(\.drained) == [false, false, true])
  }

  @Test func poolsNamesEveryPoolOfATableAndEveryFurtherOneInItsPlace() throws {
    let inbound = try answer(PoolsAnswer.self, to: ["pools", "-c", sampleDirectory("inbound")])
    #expect(inbound.pools.map(\.id) == ["transport:example.com", "transport:example.net"])
    let stock = try answer(PoolsAnswer.self, to: ["pools", "-c", sampleDirectory("stock")])
    #expect(
      Set(stock.pools.map(\.id)) == [
        "transport_maps", "transport_maps#2", "sender_dependent_default_transport_maps",
      ])
    #expect(stock.pools.allSatisfy { $0.notation == "stock" })
    let weighted = stock.pools.first { $0.id == "sender_dependent_default_transport_maps" }
    #expect(weighted?.members.map(\.share) == [0.3333, 0.6667])
    #expect(weighted?.members.map(\.weight) == [1, 2])
  }

  @Test func anEmptyConfigurationGivesEmptyLists() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "")
    #expect(try answer(PoolsAnswer.self, to: ["pools", "-c", directory.path]).pools.isEmpty)
    #expect(try answer(StatusAnswer.self, to: ["--status", "-c", directory.path]).gateways.isEmpty)
  }
}
