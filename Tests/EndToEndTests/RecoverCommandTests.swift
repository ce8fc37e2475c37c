// Interrupted writes and strangers' journals, through the program: a command that reads changes no file, and nothing in a
// configuration directory is an instruction.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct RecoverCommandTests {
  private static let reading = [
    ["--check"], ["pools"], ["route", "u@example.com"], ["log"], ["undo", "--dry-run"],
    ["set", "relay_transport", "[out-gw1.example]", "3"], ["convert", "--to", "file"],
  ]

  @Test func anUnknownFormatIsRefused() throws {
    let sample = try copyOfSample("outbound-weighted")
    let finished = try runRandmap(["recover", "--format", "json", "-c", sample.path])
    #expect(finished.status == .exited(2) && finished.standardError.contains("need one of text"))
  }

  /// Everything below a directory: names, contents and times of change.
  private func everything(in directory: String) throws -> String {
    try runSuccessfully(
      "sh",
      ["-c", "cd '\(directory)' && find . -printf '%p %C@\\n' | sort && find . -type f -exec sha256sum {} +"])
  }

  @Test func aJournalThatCameWithTheDirectoryMovesNothing() throws {
    let sample = try copyOfSample("outbound-weighted")
    let home = try TemporaryDirectory()
    try home.write("precious", "mine\n")
    try sample.write("payload", "theirs\n")
    try sample.write(
      ".randmap-journal",
      """
      {"phase": "commit", "entries": [{"target": "\(home.path)/precious", "staged": "\(sample.path)/payload"}],
       "scaffolding": ["\(home.path)/precious"], "locks": ["\(home.path)/precious"],
       "history": {"from": "\(home.path)/precious", "to": "\(home.path)/gone"}}
      """)
    let before = try [everything(in: sample.path), everything(in: home.path)]
    for arguments in Self.reading + [["--status", "[127.0.0.1]:1"], ["recover"]] {
      let finished = try runRandmap(arguments + ["-c", sample.path])
      #expect(try [everything(in: sample.path), everything(in: home.path)] == before, "\(finished.summary)")
    }
    let check = try runRandmap(["--check", "-c", sample.path])
    #expect(check.standardOutput.contains("RM810") && check.standardOutput.contains(".randmap-journal"))
    let written = try runRandmap(
      ["set", "relay_transport", "[out-gw1.example]", "3", "--write", "-c", sample.path])
    #expect(written.status == .exited(0), "\(written.summary)")
    #expect(try everything(in: home.path) == before[1])
    #expect(try readText(sample.file("payload")) == "theirs\n")
  }

  /// A write that was killed when all was ready. It is the caller's own, so it is in the caller's state directory.
  private func interruptedSample() throws -> TemporaryDirectory {
    for call in 1... {
      let sample = try copyOfSample("outbound-weighted")
      let new = try TemporaryDirectory()
      let main = try readText(sample.file("main.cf"))
      try new.write("main.cf", main + "# written\n")
      let writer = try builtProgram("CrashingWriter")
      let process = try run(
        writer, [sample.path, "/var/lib/randmap", new.path, "after", String(call)])
      try #require(process.status == .killed(signal: SIGKILL), "\(process.summary)")
      let pools = try runRandmap(["pools", "-c", sample.path])
      if pools.standardError.contains("finishing it") { return sample }
    }
    throw TestFailure("no call after which the write would be finished")
  }

  @Test(.enabled(if: geteuid() == 0, "/var/lib/randmap is root's"))
  func whoReadsChangesNothingAndRecoverFinishes() throws {
    let sample = try interruptedSample()
    let state = "/var/lib/randmap" + sample.path
    let before = try [everything(in: sample.path), everything(in: state)]
    for arguments in Self.reading {
      let finished = try runRandmap(arguments + ["-c", sample.path])
      #expect(finished.standardError.contains("was interrupted"), "\(finished.summary)")
      #expect(finished.standardError.contains("randmap recover"), "\(finished.summary)")
      #expect(try [everything(in: sample.path), everything(in: state)] == before, "\(finished.summary)")
    }
    let recovered = try runRandmap(["recover", "-c", sample.path])
    #expect(recovered.status == .exited(0))
    #expect(recovered.standardError.contains("finishing it: \(sample.path)/main.cf"), "\(recovered.summary)")
    #expect(try readText(sample.file("main.cf")).hasSuffix("# written\n"))
    #expect(try runRandmap(["recover", "-c", sample.path]).standardError.contains("nothing to do"))
    #expect(try runRandmap(["undo", "-c", sample.path]).status == .exited(0))
    #expect(try !readText(sample.file("main.cf")).hasSuffix("# written\n"))
  }

  @Test(.enabled(if: geteuid() == 0, "/var/lib/randmap is root's"))
  func anEditThatWritesSettlesFirstAndSaysSo() throws {
    let sample = try interruptedSample()
    let written = try runRandmap(
      ["set", "relay_transport", "[out-gw1.example]", "3", "--write", "-c", sample.path])
    #expect(written.status == .exited(0), "\(written.summary)")
    #expect(written.standardError.contains("finishing it: \(sample.path)/main.cf"), "\(written.summary)")
    #expect(try readText(sample.file("main.cf")).hasSuffix("# written\n"))
    let pools = try runRandmap(["pools", "-c", sample.path])
    #expect(pools.standardOutput.contains("x3  smtp:[out-gw1.example]"), "\(pools.summary)")
  }
}
