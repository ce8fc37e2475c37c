// The console line by line, in a real terminal and behind a pipe.

import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct PlainConsoleTests {
  private let state: TemporaryDirectory

  init() throws { state = try TemporaryDirectory() }

  private var environment: [String: String] { ["XDG_STATE_HOME": state.path, "XDG_CONFIG_HOME": state.path] }

  @Test func aScriptEditsWritesAndLeaves() throws {
    let sample = try copyOfSample("outbound")
    let before = try readText(sample.file("main.cf"))
    let answer = try runRandmap(
      ["--plain", "-c", sample.path], environment: environment.mapValues { $0 },
      input: "set relay_transport [out-gw1.example] 3\nwrite\nyes\nhistory\nquit\n")
    #expect(answer.status == .exited(0))
    #expect(
      answer.standardOutput.contains("set [out-gw1.example] of relay_transport to weight 3"),
      "\(answer.standardOutput)")
    #expect(answer.standardOutput.contains("written: main.cf"))
    #expect(answer.standardOutput.contains("History: 1 row\n1: write: 1"), "\(answer.standardOutput)")
    #expect(try readText(sample.file("main.cf")) != before)
    // No cursor is moved and nothing is coloured.
    #expect(!answer.standardOutput.contains("\u{1B}") && !answer.standardOutput.contains("\r"))
  }

  @Test func anInputThatEndsKeepsTheEdits() throws {
    let sample = try copyOfSample("outbound")
    let before = try readText(sample.file("main.cf"))
    let answer = try runRandmap(
      ["--plain", "-c", sample.path], environment: environment.mapValues { $0 },
      input: "set relay_transport [out-gw1.example] 3\n")
    #expect(answer.status == .exited(1))
    #expect(answer.standardOutput.contains("1 edit is kept for the next start, not written"))
    #expect(try readText(sample.file("main.cf")) == before)
    // It is: the next start makes it again.
    let console = try TerminalSession(
      [randmapProgram(), "--plain", "-c", sample.path], width: 80, height: 24, environment: environment)
    try console.waitFor("was not written: set")
    try console.type("make it again")
    try console.press("Enter")
    try console.waitFor("made again, not written yet")
    try console.type("quit")
    try console.press("Enter")
    try console.waitFor("answer lose them")
    try console.type("lose them")
    try console.press("Enter")
    #expect(try console.waitForExit() == .exited(0))
  }

  @Test(arguments: ["dumb", "linux", "tmux-256color"])
  func aTerminalCompletesAndAsks(term: String) throws {
    let sample = try copyOfSample("outbound")
    let console = try TerminalSession(
      ["TERM=\(term)", randmapProgram(), "--plain", "-c", sample.path], width: 80, height: 24,
      environment: environment)
    try console.waitFor("gateways>")
    try console.type("poo")
    try console.press("Tab")
    try console.waitFor("gateways> pool")
    try console.press("s", "Enter")
    try console.waitFor("pools>")
    try console.type("set relay_transport [out-gw1.example] 3")
    try console.press("Enter")
    try console.waitFor("weight 3")
    try console.type("quit")
    try console.press("Enter")
    try console.waitFor("answer lose them, or show them, or no")
    try console.type("lose them")
    try console.press("Enter")
    #expect(try console.waitForExit() == .exited(0))
  }

  @Test func aWrongTerminalNamesTheWay() throws {
    let console = try TerminalSession(["TERM=dumb", randmapProgram(), "--demo"])
    #expect(try console.waitForExit() == .exited(2))
    #expect(try console.screen().filter { $0 != "\n" }.contains("--plain"))
  }
}
