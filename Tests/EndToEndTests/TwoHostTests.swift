// Two hosts, or a host and a container, at one configuration directory: here, processes that do not see each other.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .timeLimit(.minutes(10))) struct TwoHostTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      "# randmap: agent\nqueue_directory = \(directory.path)/q\nrelay_transport = randmap:!smtp:[127.0.0.2]!smtp:[127.0.0.3]\ntransport_maps = texthash:\(directory.path)/t\n"
    )
    try directory.write("t", "d.example smtp:[127.0.0.2]\n")
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
  }

  private func onOtherHost(_ words: String...) throws -> FinishedProcess {
    try run(
      requiredTool("unshare", package: "util-linux"),
      [
        "--uts", "--pid", "--fork", "--mount-proc", "bash", "-c", "hostname other && exec \"$0\" \"$@\"",
        randmapProgram(),
      ] + words + ["-c", directory.path, "--postfix-version", "3.7"],
      environment: ["XDG_CONFIG_HOME": directory.path], limit: .seconds(60))
  }

  private func here(_ words: String...) throws -> FinishedProcess {
    try runRandmap(
      words + ["-c", directory.path, "--postfix-version", "3.7"],
      environment: ["XDG_CONFIG_HOME": directory.path])
  }

  @Test(.enabled(if: geteuid() == 0, "root makes the namespaces")) func eachTakesBackWhatTheOtherWrote()
    throws
  {
    let first = try readText(directory.file("main.cf"))
    #expect(try here("set", "relay_transport", "[127.0.0.3]", "2", "--write").status == .exited(0))
    let second = try readText(directory.file("main.cf"))
    #expect(try onOtherHost("set", "relay_transport", "[127.0.0.3]", "5", "--write").status == .exited(0))
    #expect(try here("log").standardOutput.split(separator: "\n").count == 2)
    #expect(try here("undo").status == .exited(0))
    #expect(try readText(directory.file("main.cf")) == second)
    #expect(try onOtherHost("undo").status == .exited(0))
    #expect(try readText(directory.file("main.cf")) == first)
  }

  @Test(.enabled(if: geteuid() == 0, "root makes the namespaces")) func theLockOfTheOtherHoldsAndIsSaid()
    throws
  {
    let lock = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(lock) }
    try #require(flock(lock, LOCK_EX) == 0)
    let before = try readText(directory.file("main.cf"))
    let other = try onOtherHost("set", "relay_transport", "[127.0.0.3]", "5", "--write")
    #expect(other.status == .exited(1), "\(other.summary)")
    #expect(
      other.standardError.contains(
        "\(directory.path) is locked by a process that this machine does not show, perhaps one of another host"
      ),
      "\(other.summary)")
    #expect(try readText(directory.file("main.cf")) == before)
    // Who reads does not wait.
    #expect(try onOtherHost("pools").status == .exited(0))
  }

  @Test(.enabled(if: geteuid() == 0, "root makes the namespaces")) func noEditOfTwoHostsIsLost() throws {
    let program = try randmapProgram()
    let call = { (host: String) in
      "for n in 1 2 3 4 5 6; do \(program) set-route \(host)$n.example 'smtp:[127.0.0.2]' --write -c \(directory.path) --postfix-version 3.7 >/dev/null || echo failed; done"
    }
    let finished = try run(
      "bash",
      [
        "-c",
        "(\(call("a"))) & unshare --uts --pid --fork --mount-proc bash -c \"$1\" & wait",
        "bash", call("b"),
      ], environment: ["XDG_CONFIG_HOME": directory.path], limit: .seconds(300))
    #expect(finished.standardOutput == "", "\(finished.summary)")
    let table = try readText(directory.file("t"))
    for host in ["a", "b"] {
      for number in 1...6 { #expect(table.contains("\(host)\(number).example"), "\(table)") }
    }
  }

  /// An editor that writes in place, and was stopped in the middle: whatever is there is read, and nothing ends by a signal.
  @Test func aMainCfThatIsCutAnywhereIsRead() throws {
    let whole = try readText(directory.file("main.cf"))
    for length in stride(from: 0, to: whole.utf8.count, by: 7) {
      try directory.write("main.cf", String(decoding: whole.utf8.prefix(length), as: UTF8.self))
      for words in [["--check"], ["pools"], ["--status"], ["route", "u@d.example"]] {
        let finished = try runRandmap(
          words + ["-c", directory.path, "--postfix-version", "3.7"],
          environment: ["XDG_CONFIG_HOME": directory.path])
        guard case .exited(0...2) = finished.status else {
          Issue.record("\(length): \(finished.summary)")
          continue
        }
      }
    }
  }
}
