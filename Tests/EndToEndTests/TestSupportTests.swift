// The other helpers of the tests: processes, waiting, the terminal.
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct ChildProcessTests {
  @Test func keepsOutputErrorsAndStatusApart() throws {
    let finished = try run(
      "sh", ["-c", "cat; echo \"$NAME\" >&2; exit 7"], environment: ["NAME": "value"], input: Array("in".utf8)
    )
    #expect(finished.status == .exited(7))
    #expect(finished.standardOutput == "in")
    #expect(finished.standardError == "value\n")
  }

  @Test func startsInTheDirectoryThatWasAskedFor() throws {
    let directory = try TemporaryDirectory()
    #expect(try run("pwd", directory: directory.path).standardOutput == directory.path + "\n")
  }

  @Test func receivesSignalsAsUsual() throws {
    let process = try ChildProcess("sleep", ["600"])
    process.signal(15)
    #expect(try process.wait().status == .killed(signal: 15))
  }

  @Test func failsWhenTheTimeIsUp() throws {
    let failure = #expect(throws: TestFailure.self) {
      try run("sh", ["-c", "echo still here >&2; sleep 600"], limit: .milliseconds(300))
    }
    #expect(failure?.description.contains("still here") == true)
  }
}

@Suite(.waits) struct TemporaryDirectoryTests {
  @Test func isRemovedWithAllThatIsInIt() throws {
    var directory: TemporaryDirectory? = try TemporaryDirectory()
    let path = try #require(directory?.path)
    try directory?.makeDirectory("below")
    try directory?.write("below/file", "text\n")
    #expect(try readText(path + "/below/file") == "text\n")
    directory = nil
    #expect(throws: TestFailure.self) { try namesIn(path) }
  }
}

@Suite(.waits) struct TerminalSessionTests {
  @Test func showsWhatTheProgramWritesAndTypesWhatItReads() throws {
    let terminal = try TerminalSession(
      ["sh", "-c", "stty size; read -r line; printf 'got \\033[31m%s\\033[m' \"$line\"; exit 3"],
      width: 40, height: 10)
    try terminal.waitFor("10 40")
    try terminal.type("a; b")
    try terminal.press("Enter")
    try terminal.waitFor("got a; b")
    #expect(try terminal.colouredScreen().contains("\u{1b}[31ma; b"))
    #expect(try terminal.waitForExit() == .exited(3))
  }

  @Test func tellsTheProgramOfANewSize() throws {
    let terminal = try TerminalSession(["sh", "-c", "while :; do stty size; sleep 0.1; done"])
    try terminal.waitFor("24 80")
    try terminal.resize(width: 60, height: 12)
    try terminal.waitFor("12 60")
  }

  @Test func failsWithTheScreenInTheMessage() throws {
    let terminal = try TerminalSession(["sh", "-c", "echo something else; sleep 600"])
    try terminal.waitFor("something")
    let failure = #expect(throws: TestFailure.self) {
      try terminal.waitFor("never", limit: .milliseconds(100))
    }
    #expect(failure?.description.contains("something else") == true)
  }
}

@Suite(.waits) struct RandmapProgramTests {
  @Test func standsBesideTheTestsAndExplainsItself() throws {
    let finished = try runRandmap(["--help"])
    #expect(finished.status == .exited(0), "\(finished.summary)")
    #expect(finished.standardOutput.contains("randmap"))
  }
}
