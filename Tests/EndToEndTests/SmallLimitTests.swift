// A process with too few files or too small a stack says so, and does not end by a signal.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct SmallLimitTests {
  @Test(arguments: [
    ("ulimit -n 5", "the limit of open files is 5, which is too small; need 32 or more: \"ulimit -n 32\""),
    ("ulimit -n 4", "the limit of open files is 4"),
    ("ulimit -n 31", "the limit of open files is 31"),
    ("ulimit -s 64", "the limit of the stack is 64 KiB, which is too small; need 512 KiB or more"),
  ])
  func aLimitThatIsTooSmallIsNamed(limit: String, words: String) throws {
    for call in ["--status 127.0.0.1:1", "--check -c /nonexistent", "tick", "agent"] {
      let finished = try run("sh", ["-c", "\(limit); exec \(try randmapProgram()) \(call)"])
      #expect(finished.status == .exited(3), "\(finished.summary)")
      #expect(finished.standardError.hasPrefix("randmap: \(words)"), "\(finished.summary)")
    }
  }

  @Test func theAgentIsNotStartedWithLittleMemory() throws {
    let finished = try run(
      "sh", ["-c", "ulimit -v 524288; exec \(try randmapProgram()) agent -c /nonexistent"])
    #expect(finished.status == .exited(3), "\(finished.summary)")
    #expect(finished.standardError.contains("need 1048576 KiB or more"), "\(finished.summary)")
  }

  @Test func nagiosReadsItToo() throws {
    let finished = try run(
      "sh", ["-c", "ulimit -n 5; exec \(try randmapProgram()) --status --format nagios 127.0.0.1:1"])
    #expect(finished.status == .exited(3), "\(finished.summary)")
    #expect(
      finished.standardOutput.hasPrefix("RANDMAP UNKNOWN - the limit of open files is 5"),
      "\(finished.summary)")
  }

  /// The least that it takes is enough.
  @Test func withTheLeastOfEachItWorks() throws {
    let gateway = try SmtpSink()
    let finished = try run(
      "sh", ["-c", "ulimit -n 32; ulimit -s 512; exec \(try randmapProgram()) --status \(gateway.address)"])
    #expect(finished.status == .exited(0), "\(finished.summary)")
    #expect(finished.standardOutput.contains("up"), "\(finished.summary)")
  }

  @Test(.enabled(if: geteuid() == 0, "root becomes another user")) func aUserWithoutThreadsIsTold() throws {
    let directory = try TemporaryDirectory()
    #expect(chmod(directory.path, 0o755) == 0)
    let finished = try run(
      "setpriv",
      [
        "--reuid=65534", "--regid=65534", "--clear-groups", "bash", "-c",
        "ulimit -u 1; exec \(try randmapProgram()) --status 127.0.0.1:1",
      ], limit: .seconds(60))
    #expect(finished.status == .exited(3), "\(finished.summary)")
    #expect(
      finished.standardError.contains("the limit of processes and threads of this user is 1"),
      "\(finished.summary)")
  }
}
