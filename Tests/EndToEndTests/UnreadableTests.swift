// Files that may not be read: one that need not be there stops nothing, and one that is missed is said.
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits, .enabled(if: geteuid() == 0, "root becomes another user")) struct UnreadableTests {
  /// As a user who may read the directory and nothing of the caller's.
  private func runAsNobody(_ arguments: [String], home: String) throws -> FinishedProcess {
    let other = [
      "--reuid=65534", "--regid=65534", "--clear-groups", "env", "HOME=\(home)",
      "XDG_STATE_HOME=/nonexistent",
    ]
    return try run(
      "setpriv", other + [randmapProgram()] + arguments,
      environment: ["MAIL_CONFIG": nil, "NO_COLOR": nil, "XDG_CONFIG_HOME": nil], limit: .seconds(60))
  }

  private func directory(_ main: String) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    #expect(chmod(directory.path, 0o755) == 0)
    try directory.write("main.cf", main)
    return directory
  }

  /// Nagios runs plugins with the environment of the one who started it.
  @Test func aHomeOfOthersMakesNothingUnknown() throws {
    let gateway = try SmtpSink()
    let directory = try directory("relayhost = \(gateway.address)\n")
    try directory.makeDirectory("home", mode: 0o700)
    let status = try runAsNobody(
      ["--status", "--format", "nagios", "-c", directory.path], home: directory.file("home"))
    #expect(status.status == .exited(0), "\(status.summary)")
    #expect(status.standardOutput.hasPrefix("RANDMAP OK"))
    #expect(status.standardError.contains("going on without these settings"))
    let check = try runAsNobody(["--check", "-c", directory.path], home: directory.file("home"))
    #expect(check.status != .exited(2), "\(check.summary)")
  }

  @Test func whoMayNotWriteIsToldWhatToDo() throws {
    let directory = try directory("relayhost = [127.0.0.1]:1\n")
    let state = try TemporaryDirectory()
    #expect(chown(state.path, 65534, 65534) == 0)
    func randmap(_ arguments: String...) throws -> FinishedProcess {
      try run(
        "setpriv",
        [
          "--reuid=65534", "--regid=65534", "--clear-groups", "env", "XDG_STATE_HOME=\(state.path)",
          randmapProgram(),
        ]
          + arguments + ["-c", directory.path])
    }
    let edit = try randmap("set-route", "relayhost", "[127.0.0.2]:1", "--write", "--force")
    #expect(edit.status == .exited(1))
    #expect(
      edit.standardError.contains("Permission denied; need the rights of root")
        && edit.standardError.contains("\"sudo randmap ... -c \(directory.path)\""), "\(edit.summary)")
    for command in ["undo", "log"] {
      let finished = try randmap(command)
      #expect(finished.status == .exited(command == "undo" ? 1 : 0))
      #expect(
        finished.standardError.contains("\"sudo randmap \(command) -c \(directory.path)\""),
        "\(finished.summary)")
    }
  }

  @Test func whatADrainMissesIsAFinding() throws {
    let directory = try directory("")
    let open = try directory.write("open", "smtp:[127.0.0.1]:1\nsmtp:[127.0.0.2]:1\n")
    let closed = try directory.write("closed", "smtp:[127.0.0.1]:1\nsmtp:[127.0.0.3]:1\n")
    #expect(chmod(closed, 0o600) == 0)
    try directory.write(
      "main.cf",
      "# randmap: agent\ndefault_transport = randmap:\(open)\nrelay_transport = randmap:\(closed)\n")
    let all = try runAsNobody(["drain", "[127.0.0.1]:1", "-c", directory.path], home: "/nonexistent")
    #expect(all.status == .exited(1), "\(all.summary)")
    #expect(all.standardOutput.contains("+# randmap: drained"))
    #expect(all.standardError.contains("cannot be read are as they were"), "\(all.summary)")
    let one = try runAsNobody(
      ["drain", "[127.0.0.1]:1", "--pool", "default_transport", "-c", directory.path], home: "/nonexistent")
    #expect(one.status == .exited(0), "\(one.summary)")
  }
}
