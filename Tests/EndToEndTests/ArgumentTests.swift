// The order of arguments: which options take a value, as the parser knows it.

import FoundationEssentials
import TestSupport
import TestTraits
import Testing

@testable import randmap

@Suite(.waits) struct ArgumentTests {
  private struct Tool: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable {
        let kind: String
        let name: String
      }
      let kind: String
      let names: [Name]?
    }
    struct Command: Decodable {
      let arguments: [Argument]?
      let subcommands: [Command]?

      var options: [Argument] {
        (arguments ?? []).filter { $0.kind == "option" } + (subcommands ?? []).flatMap(\.options)
      }
    }
    let command: Command
  }

  @Test func theOptionsThatTakeAValueAreThoseOfTheParser() throws {
    let dump = try runRandmap(["--experimental-dump-help"])
    let tool = try JSONDecoder().decode(Tool.self, from: Data(dump.standardOutput.utf8))
    let names = tool.command.options.flatMap { $0.names ?? [] }
      .map { ($0.kind == "long" ? "--" : "-") + $0.name }
    #expect(names.contains("--format"))
    #expect(Set(names) == Arguments.valued)
  }

  /// `agent` is the value of `--to` here, although it is a command as well.
  @Test func aValueIsNeverTakenForACommand() {
    let ordered = Arguments(["--to", "agent", "-c", "check", "convert"]) {
      ["agent", "check", "convert"].contains($0)
    }.ordered
    #expect(ordered == ["convert", "--to", "agent", "-c", "check"])
  }
}
