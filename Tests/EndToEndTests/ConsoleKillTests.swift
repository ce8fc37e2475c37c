// A console that is killed at any moment: the files are those of before or those that it wrote, the edits are offered again, and
// reset(1) gives the terminal back. RANDMAP_KILLS says how many times, and RANDMAP_SEED repeats a run.

import Glibc
import System
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct ConsoleKillTests {
  /// The share of the member that gets one more with each `+`.
  private static let shares = ["50.0%", "66.7%", "75.0%", "80.0%"]
  private static let oneMore = "!smtp:[out-gw2.example]"

  /// What is done before it is killed.
  private enum Stage: CaseIterable {
    /// It is still starting.
    case start
    /// Keys are on their way to it.
    case keys
    /// All edits are seen, and kept.
    case kept
    /// It writes.
    case write
  }

  @Test func nothingIsLostWheneverItIsKilled() throws {
    let count = environmentVariable("RANDMAP_KILLS").flatMap { Int($0) } ?? 8
    var generator = SeededGenerator(seed: environmentVariable("RANDMAP_SEED").flatMap { UInt64($0) } ?? 1)
    let shell = try TerminalSession(
      ["PS1=ready> ", "bash", "--norc", "--noprofile"], width: 100, height: 30)
    for round in 0..<count {
      let stage = Stage.allCases[round % Stage.allCases.count]
      try kill(at: stage, in: shell, round: round, &generator)
    }
  }

  private func kill(
    at stage: Stage, in shell: TerminalSession, round: Int, _ generator: inout SeededGenerator
  ) throws {
    let (sample, state) = (try copyOfSample("outbound"), try TemporaryDirectory())
    let before = try readText(sample.file("main.cf"))
    let presses = Int.random(in: 1...3, using: &generator)
    let start = "exec env XDG_STATE_HOME=\(state.path) \(try randmapProgram()) -c \(sample.path)"
    try state.write("start", "echo $$ > \(state.path)/pid; \(start)\n")
    try shell.type("sh \(state.path)/start\n")
    if stage != .start {
      try chooseLastMember(of: shell, Self.shares[0])
      for _ in 0..<presses { try shell.press("+") }
      if stage == .kept {
        try shell.waitFor(Self.shares[presses])
        try waitUntil("the edits to be kept") { try kept(sample, state).contains("weight\":\(presses + 1)") }
      }
      if stage == .write { try shell.press("w", "y") }
    }
    usleep(UInt32.random(in: 0...300_000, using: &generator))
    let pid = try waitFor("its number") { () throws(TestFailure) -> pid_t? in
      (try? readText("\(state.path)/pid")).flatMap { pid_t($0.filter(\.isNumber)) }
    }
    Glibc.kill(pid, SIGKILL)
    try waitUntil("it to be gone") { Glibc.kill(pid, 0) != 0 }
    try reset(shell, round)

    let recovered = try runRandmap(
      ["recover", "-c", sample.path], environment: ["XDG_STATE_HOME": state.path])
    #expect([.exited(0), .exited(1)].contains(recovered.status), "\(recovered.summary)")
    let left = try readText(sample.file("main.cf"))
    let states = (0...presses).map { written($0, before) }
    let place = "round \(round), \(stage), \(presses) edits"
    #expect(states.contains(left), "\(place): \(left)")
    let edits = try kept(sample, state)
    let weight = (1...presses + 1).last { edits.contains("weight\":\($0)") }
    let isOffered = weight.map { left != states[$0 - 1] } ?? false
    let found = try self.edits(of: shell, isOffered: isOffered, state)
    let expected = isOffered ? (weight ?? 0) - 1 : states.firstIndex(of: left)
    #expect(found == expected, "\(place): \(found) came back of \(edits)")
    if stage == .kept { #expect(found == presses, "\(place): \(found) came back") }
    #expect(try readText(sample.file("main.cf")) == left, "\(place)")
    let others = try run("/usr/bin/find", [sample.path, "-name", "*.tmp", "-o", "-name", ".*", "-type", "f"])
    #expect(others.standardOutput.isEmpty, "\(place): \(others.standardOutput)")
    #expect(try unfinished(sample, state).isEmpty || !isOffered, "\(place)")
    try reset(shell, round)
  }

  /// The edits that the next start has, written or made again; leaves the console.
  private func edits(
    of shell: TerminalSession, isOffered: Bool, _ state: TemporaryDirectory
  ) throws -> Int {
    try shell.type("sh \(state.path)/start\n")
    try shell.waitFor("the console") { screen in
      isOffered ? screen.contains("not written: ") : screen.contains("1 Gateways")
    }
    if isOffered {
      try shell.press("y")
      try shell.waitFor("made again, not written yet")
    }
    try shell.press("2")
    var row: Substring = ""
    try shell.waitFor("the pools") { screen in
      row = screen.split(separator: "\n").last { $0.contains("smtp:[out-gw2.example]") } ?? ""
      return screen.contains("relay_transport") && Self.shares.contains { row.contains($0) }
    }
    try shell.press("q")
    func isOver(_ screen: String) -> Bool { screen.split(separator: "\n").last == "ready>" }
    let last = try shell.waitFor("the end, or a question") { $0.contains("unwritten?") || isOver($0) }
    if !isOver(last) {
      try shell.press("y")
      try shell.waitFor("the end", isOver)
    }
    return Self.shares.lastIndex { row.contains($0) } ?? -1
  }

  /// After reset(1) the shell is as before. What the terminal answered to a console that was gone may stand on the line before
  /// it: then it is no such command, and a person types it again.
  private func reset(_ shell: TerminalSession, _ round: Int) throws {
    for call in 1...3 {
      // In one line: it throws away what is typed while it runs.
      try shell.type("\nreset; clear; echo back-$((\(round) + 1))-\(call)\n")
      try shell.waitFor("the shell to be back") { screen in
        screen.split(separator: "\n").first == "back-\(round + 1)-\(call)" && screen.contains("ready>")
      }
      if try shell.isPlain() { return }
    }
    Issue.record("round \(round): the terminal is not plain")
  }

  /// What was being kept when it was killed.
  private func unfinished(_ sample: TemporaryDirectory, _ state: TemporaryDirectory) throws -> String {
    try run(
      "/usr/bin/find",
      [state.path, "/var/lib/randmap", "-path", "*\(sample.path)*", "-name", "unwritten-*.*"]
    )
    .standardOutput
  }

  private func kept(_ sample: TemporaryDirectory, _ state: TemporaryDirectory) throws -> String {
    try run(
      "/bin/sh",
      [
        "-c",
        "find \(state.path) /var/lib/randmap -path '*\(sample.path)*' -name 'unwritten-*' ! -name '*.*' -exec cat {} +",
      ]
    ).standardOutput
  }

  private func written(_ more: Int, _ before: String) -> String {
    before.replacing(Self.oneMore + "\n", with: String(repeating: Self.oneMore, count: more + 1) + "\n")
  }
}
