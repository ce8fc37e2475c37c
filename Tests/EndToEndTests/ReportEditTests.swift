// A report beside edits of the configuration: which of them explain a share that differs.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(5))) struct ReportEditTests {
  private let bench: ReportBench
  private var directory: TemporaryDirectory { bench.directory }
  private var log: String { bench.log }

  init() throws { bench = try ReportBench() }

  /// A pool of a sound share whose file was edited in the time of the report is not called wrong.
  @Test func anEditInTheTimeOfTheReportIsAKnownCause() throws {
    try age(directory.file("main.cf"), seconds: 0)
    let text = bench.lines(90, 10, "2026-11-01T18:00:00Z")
    try writeFile(log, text)
    let finished = try bench.report(["--since", "2026-11-01"])
    #expect(finished.status == .exited(0), "\(finished.summary)")
    #expect(finished.standardOutput.contains("the file of the pool was changed in the time of the report"))
    #expect(finished.standardOutput.contains("its weights may have been others before"))
    // An edit after that time is no cause.
    for call in [["-"], ["--until", "2026-11-02"]] {
      let old = try bench.report(call, input: text)
      #expect(old.status == .exited(1) && old.standardOutput.contains("DIFFERS"), "\(old.summary)")
      #expect(
        old.standardOutput.contains(
          "A pool was changed after this time: its mail is compared with the weights of now."),
        "\(old.summary)")
    }
  }

  /// A verdict that all is as meant is one by the weights of now too.
  @Test func aSoundVerdictSaysThatThePoolWasChangedLater() throws {
    let text = bench.lines(50, 50, "2026-11-01T18:00:00Z")
    let words = "A pool was changed after this time"
    let same = try bench.report(["--until", "2026-11-02", "-"], input: text)
    #expect(same.status == .exited(0) && !same.standardOutput.contains(words), "\(same.summary)")
    try age(directory.file("main.cf"), seconds: 0)
    let changed = try bench.report(["--until", "2026-11-02", "-"], input: text)
    #expect(changed.status == .exited(0) && changed.standardOutput.contains(words), "\(changed.summary)")
  }

  /// The writes that randmap remembers tell whether an edit was about the weights of the pool.
  @Test func anEditOfSomethingElseIsNoCause() throws {
    let state = ["XDG_STATE_HOME": directory.file("state")]
    try writeFile(log, bench.lines(90, 10, "2026-11-01T18:00:00Z"))
    let main = directory.file("main.cf")
    func edit(_ call: [String]) throws {
      let finished = try runRandmap(call + ["-c", directory.path, "--write", "--force"], environment: state)
      #expect(finished.status == .exited(0), "\(finished.summary)")
    }
    func isExplained(byFileAlone: Bool = false) throws -> Bool {
      let report = try bench.report(["--since", "2026-11-01"], environment: state)
      let words = byFileAlone ? "the file of the pool was changed" : "  the pool was changed"
      let isChanged = report.standardOutput.contains("\(words) in the time of the report")
      #expect(report.status == .exited(isChanged ? 0 : 1), "\(report.summary)")
      return isChanged
    }
    try writeFile(main, readText(main) + "maillog_file_prefixes = /\n")
    try age(main, seconds: 400_000_000)
    try edit(["pool", "to:other.example", "smtp:[127.0.0.8]", "smtp:[127.0.0.9]"])
    #expect(try !isExplained())
    // By hand, after a write that is remembered.
    try writeFile(main, readText(main) + "mynetworks = 127.0.0.0/8\n")
    #expect(try !isExplained())
    try edit(["set", "default_transport", "smtp:[127.0.0.2]", "3"])
    #expect(try isExplained())
    let undone = try runRandmap(["undo", "-c", directory.path, "--write"], environment: state)
    #expect(undone.status == .exited(0), "\(undone.summary)")
    #expect(try isExplained(), "what was taken back was in force for a time")
    try writeFile(
      main, readText(main).replacing("!smtp:[127.0.0.3]", with: "!smtp:[127.0.0.3]!smtp:[127.0.0.3]"))
    #expect(try isExplained(), "by hand")
  }

  /// A share that a drain has ended is not called as meant without a word of what came before.
  @Test func aDrainInTheTimeOfTheReportIsSaid() throws {
    let state = ["XDG_STATE_HOME": directory.file("state")]
    try writeFile(log, bench.lines(52, 48, "2026-11-01T18:00:00Z"))
    let main = directory.file("main.cf")
    try writeFile(main, readText(main) + "maillog_file_prefixes = /\n")
    try age(main, seconds: 400_000_000)
    let drained = try runRandmap(
      ["drain", "smtp:[127.0.0.3]", "-c", directory.path, "--write", "--force"], environment: state)
    #expect(drained.status == .exited(0), "\(drained.summary)")
    let report = try bench.report(["--since", "2026-11-01"], environment: state)
    #expect(report.standardOutput.contains("  the pool was changed in the time of the report ("))
  }
}
