// A console that is ended before it writes loses nothing: the next start offers its edits, as long as they are not written.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct UnwrittenEditsTests {
  private func open(_ directory: TemporaryDirectory, _ state: TemporaryDirectory) throws -> TerminalSession {
    try openConsole(
      ["-c", directory.path], width: 100, height: 30, environment: ["XDG_STATE_HOME": state.path])
  }

  private func kept(_ state: TemporaryDirectory) throws -> [String] {
    try run("/usr/bin/find", [state.path, "/var/lib/randmap", "-name", "unwritten-*"]).standardOutput
      .split(separator: "\n").map(String.init)
      // One with a dot is being made.
      .filter { !($0.split(separator: "/").last ?? "").contains(".") }
  }

  /// Nothing is waited for between the key and the signal.
  @Test(arguments: [SIGHUP, SIGTERM]) func anEditRightBeforeASignalIsKept(signal: Int32) throws {
    let (sample, state) = (try copyOfSample("outbound"), try TemporaryDirectory())
    for _ in 1...3 {
      var console = try open(sample, state)
      try chooseLastMember(of: console, "50.0%")
      let pid = try console.pid()
      try console.press("+")
      try console.waitFor("66.7%")
      kill(pid, signal)
      _ = try console.waitForExit()
      console = try open(sample, state)
      try console.waitFor("1 edit of ")
      try console.press("d")
      try console.waitFor("thrown away")
      try console.press("q")
      #expect(try console.waitForExit() == .exited(0))
    }
  }

  @Test(arguments: [SIGKILL, SIGHUP, SIGTERM]) func editsAreOfferedAfterTheProcessEnded(signal: Int32) throws
  {
    let (sample, state) = (try copyOfSample("outbound"), try TemporaryDirectory())
    let before = try readFile(sample.file("main.cf"))
    var console = try open(sample, state)
    try chooseLastMember(of: console, "50.0%")
    try console.press("+")
    try console.waitFor("66.7%")
    try waitUntil("the edit to be kept") { try !kept(state).filter { $0.contains(sample.path) }.isEmpty }
    let file = try kept(state).first { $0.contains(sample.path) } ?? ""
    var status = stat()
    #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
    kill(try console.pid(), signal)
    _ = try console.waitForExit()
    #expect(try readFile(sample.file("main.cf")) == before)

    console = try open(sample, state)
    let question = try console.waitFor("1 edit of ")
    #expect(question.contains("was not written: set smtp:[out-gw2.example]"))
    try console.press("y")
    try console.waitFor("made again, not written yet")
    try console.press("w")
    try console.waitFor("Write main.cf")
    try console.press("y")
    try console.waitFor("written: main.cf")
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
    #expect(try kept(state).filter { $0.contains(sample.path) }.isEmpty)
    #expect(try readText(sample.file("main.cf")).contains("!smtp:[out-gw2.example]!smtp:[out-gw2.example]"))
  }

  @Test func whoLeavesByTheKeyIsNotAskedAgain() throws {
    let (sample, state) = (try copyOfSample("outbound"), try TemporaryDirectory())
    let console = try open(sample, state)
    try chooseLastMember(of: console, "50.0%")
    try console.press("+")
    try console.waitFor("66.7%")
    try console.press("q")
    try console.waitFor("Leave with 1 edit unwritten?")
    try console.press("y")
    #expect(try console.waitForExit() == .exited(0))
    #expect(try kept(state).filter { $0.contains(sample.path) }.isEmpty)
  }
}
