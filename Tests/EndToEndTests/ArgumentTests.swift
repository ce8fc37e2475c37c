// The order of arguments: which options take a value, as the parser knows it.

import Glibc
import TestSupport
import TestTraits
import Testing

@testable import randmap

@Suite(.waits) struct ArgumentTests {
  @Test func theOptionsThatTakeAValueAreThoseOfTheParser() {
    let valued = Arguments.valued
    #expect(
      valued.isSuperset(of: ["-c", "--config-directory", "-o", "--format", "--to", "--over", "--notify"]))
    #expect(valued.isDisjoint(with: ["--demo", "--read-only", "--fix", "--force", "--help", "-h"]))
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
    let console = Arguments(["-c", "check"]) { $0 == "check" }
    #expect(console.ordered == ["-c", "check"])
    #expect(console.stray == nil)
    #expect(Arguments(["--demo", "check"]) { $0 == "check" }.ordered == ["check", "--demo"])
    #expect(Arguments(["--demo", "chek"]) { $0 == "check" }.stray == "chek")
    // What comes after a flag is no value: a command after such a word is not the command of the call.
    for word in ["frobnicate", "relayhost"] {
      let wrong = Arguments(["--force", word, "add"]) { $0 == "add" }
      #expect(wrong.ordered == ["--force", word, "add"] && wrong.stray == word)
    }
  }
}
