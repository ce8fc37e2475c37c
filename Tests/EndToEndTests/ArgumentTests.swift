// The order of arguments: which options take a value, as the parser knows it.

import FoundationEssentials
import Glibc
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

  @Test(arguments: [
    (["staus"], "staus", ": did you mean \"status\"?"),
    (["pol", "outbound", "a", "b"], "pol", ": did you mean \"pool\"?"),
    (["-c", "/nonexistent", "somewhere"], "somewhere", ";"),
    (["stat\u{1b}s"], "stat?s", ": did you mean \"status\"?"),
  ])
  func aWordThatIsNoCommandIsSaidToBeNone(arguments: [String], word: String, near: String) throws {
    let finished = try runRandmap(arguments)
    #expect(finished.status == .exited(2))
    #expect(
      finished.standardError
        == "randmap: there is no command \"\(word)\"\(near) \"randmap --help\" lists all of them\n")
  }

  /// As in a rescue system that has no /proc: Swift reads the arguments there.
  @Test(.enabled(if: geteuid() == 0, "root mounts")) func theArgumentsAreReadWithoutProc() throws {
    let directory = try copyOfSample("outbound")
    let script = "mount -t tmpfs none /proc && exec \"$@\""
    func randmap(_ arguments: String...) throws -> FinishedProcess {
      try run(
        "unshare", ["--mount", "sh", "-c", script, "sh", randmapProgram()] + arguments,
        environment: ["A": "b"])
    }
    let pools = try randmap("pools", "-c", directory.path)
    #expect(
      pools.status == .exited(0) && pools.standardOutput.contains("out-gw1.example"), "\(pools.summary)")
    let recovered = try randmap("recover", "-c", directory.path)
    #expect(recovered.standardError.hasPrefix("randmap: \(directory.path): "), "\(recovered.summary)")
    #expect(try randmap("staus").standardError.contains("no command \"staus\""))
  }

  @Test func anotherMistakeIsToldAsItIs() throws {
    #expect(try runRandmap(["--bogus", "x"]).standardError.contains("Unknown option '--bogus'"))
    #expect(try runRandmap(["undo", "1", "2"]).standardError.contains("Unexpected argument '2'"))
  }

  /// `agent` is the value of `--to` here, although it is a command as well.
  @Test func aValueIsNeverTakenForACommand() {
    let ordered = Arguments(["--to", "agent", "-c", "check", "convert"]) {
      ["agent", "check", "convert"].contains($0)
    }.ordered
    #expect(ordered == ["convert", "--to", "agent", "-c", "check"])
  }
}
