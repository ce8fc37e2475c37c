// Files that are not what they should be: one clear message each, the right status, and nothing waits for ever.
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct BadInputTests {
  private static let commands = [
    ["pools"], ["--check"], ["--status"], ["console"], ["drain", "[gw.example]"],
  ]

  /// Runs every command on a directory, and expects the same one message and status 2 of each.
  private func expectRefusal(
    of directory: String, _ message: String, need: String = "need a Postfix configuration directory (-c DIR)",
    user: [String] = []
  ) throws {
    for command in Self.commands {
      let call = try user + [randmapProgram()] + command + ["-c", directory]
      let finished = try run(call[0], Array(call.dropFirst()))
      #expect(finished.status == .exited(2), "\(command): \(finished.summary)")
      #expect(
        finished.standardError
          == "randmap: open \(directory)/main.cf: \(message); \(need)\n"
      )
      #expect(finished.standardOutput == "")
    }
  }

  @Test func missing() throws {
    let directory = try TemporaryDirectory()
    try expectRefusal(
      of: directory.path, "No such file or directory",
      need:
        "the directory is there, but no Postfix is set up in it; need main.cf in it, or another directory (-c DIR)"
    )
    try expectRefusal(of: directory.file("nowhere"), "No such file or directory")
  }

  @Test func aFileWhereADirectoryIsExpected() throws {
    try expectRefusal(of: sampleDirectory("outbound") + "/main.cf", "Not a directory")
  }

  @Test func aDirectoryWhereAFileIsExpected() throws {
    let directory = try TemporaryDirectory()
    try directory.makeDirectory("main.cf")
    try expectRefusal(of: directory.path, "is a directory; need a regular file")
  }

  @Test func aFIFOIsNotWaitedFor() throws {
    let directory = try TemporaryDirectory()
    #expect(mkfifo(directory.file("main.cf"), 0o600) == 0)
    try expectRefusal(of: directory.path, "is a FIFO; need a regular file")
    let finished = try runRandmap(["--check", directory.file("main.cf")])
    #expect(finished.status == .exited(2))
    #expect(finished.standardError.contains("is a FIFO; need a regular file"))
  }

  @Test func unreadable() throws {
    let directory = try copyOfSample("outbound")
    #expect(chmod(directory.file("main.cf"), 0) == 0)
    try expectRefusal(
      of: directory.path, "Permission denied",
      need:
        "need the right to read it: the same call with sudo and \"-c \(directory.path)\", or as the user who owns it",
      user: withoutPrivileges)
  }

  /// What is known of earlier writes may be another user's: said once, and whatever only reads goes on.
  @Test(arguments: [("pools", Int32(0)), ("undo", 1), ("recover", 1)])
  func aClosedStateDirectory(command: String, status: Int32) throws {
    let directory = try copyOfSample("outbound")
    let home = try TemporaryDirectory()
    let state = try home.makeDirectory("randmap")
    #expect(chmod(state, 0) == 0)
    for path in [home.path, directory.path] { #expect(chmod(path, 0o755) == 0) }
    // The state of root has another place.
    let user = geteuid() == 0 ? ["setpriv", "--reuid", "65534", "--clear-groups", "env"] : ["env"]
    let call =
      try user + ["XDG_STATE_HOME=\(home.path)", randmapProgram(), command, "-c", directory.path]
    let finished = try run(call[0], Array(call.dropFirst()))
    #expect(finished.status == .exited(status), "\(finished.summary)")
    let lines = finished.standardError.split(separator: "\n").filter { $0.contains("may not read") }
    #expect(lines.count == 1 && finished.standardError.contains("run randmap as root"), "\(finished.summary)")
    #expect(chmod(state, 0o700) == 0)
  }

  @Test func anUnreadableTableIsNamedWithItsLine() throws {
    let directory = try copyOfSample("inbound")
    #expect(chmod(directory.file("transport"), 0) == 0)
    let call = try withoutPrivileges + [randmapProgram(), "--check", "-c", directory.path]
    let finished = try run(call[0], Array(call.dropFirst()))
    #expect(finished.status == .exited(1), "\(finished.summary)")
    #expect(
      finished.standardOutput.hasPrefix(
        "\(directory.path)/main.cf:12:18: error: open \(directory.path)/transport: Permission denied;"),
      "\(finished.summary)")
  }

  /// The start of a command that makes the superuser an ordinary owner of files.
  private var withoutPrivileges: [String] {
    geteuid() == 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] : ["env"]
  }

  @Test func aMissingTableAndAMissingPoolFileAreNamedWithTheirLines() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      """
      # randmap: agent
      transport_maps = texthash:/nonexistent/table
      relay_transport = randmap:/nonexistent/pool
      default_transport = randmap:!smtp:[127.0.0.1]:1!smtp:[127.0.0.2]:1

      """)
    let check = try runRandmap(["--check", "-c", directory.path])
    #expect(check.status == .exited(1))
    for (line, file) in [(2, "table"), (3, "pool")] {
      #expect(
        check.standardOutput.contains("main.cf:\(line):")
          && check.standardOutput.contains("open /nonexistent/\(file): No such file or directory; need a "))
    }
    for command in ["pools", "--status"] {
      let finished = try runRandmap([command, "-c", directory.path])
      #expect(finished.status == .exited(1), "\(finished.summary)")
      // The rest is shown all the same.
      #expect(finished.standardOutput.contains("127.0.0.2"))
      let lines = finished.standardError.split(separator: "\n")
      #expect(lines.count == 2, "\(finished.summary)")
      #expect(
        lines.first?.hasPrefix("randmap: \(directory.path)/main.cf:2: open /nonexistent/table: No such file")
          == true, "\(finished.summary)")
    }
  }

  @Test func binary() throws {
    let directory = try TemporaryDirectory()
    var generator = SeededGenerator(seed: 1)
    let noise = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    try writeFile(directory.file("main.cf"), noise)
    let check = try runRandmap(["--check", "-c", directory.path])
    #expect(check.status == .exited(1))
    #expect(check.standardOutput.contains("text after null byte is lost; need the line without it [RM804]"))
    for command in ["pools", "--status"] {
      #expect(try runRandmap([command, "-c", directory.path]).status == .exited(0))
    }
    // An edit keeps every byte that it does not touch.
    let edit = try runRandmap(
      ["set-route", "relayhost", "[gw.example]", "--write", "--force", "-c", directory.path])
    #expect(edit.status == .exited(0), "\(edit.summary)")
    let after = try readFile(directory.file("main.cf"))
    #expect(after.starts(with: noise))
    #expect(
      String(decoding: after.dropFirst(noise.count), as: UTF8.self).contains("relayhost = [gw.example]\n"))
  }

  @Test func empty() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "")
    try directory.write("master.cf", "")
    for command in ["pools", "--check", "--status"] {
      let finished = try runRandmap([command, "-c", directory.path])
      #expect(finished.status == .exited(0), "\(finished.summary)")
      #expect(finished.standardError == "")
    }
    let console = try openConsole(["-c", directory.path])
    try console.waitFor("No gateway is named in")
  }

  @Test func huge() throws {
    // A file of 5 GiB that takes no room on the disk.
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "transport_maps = texthash:$config_directory/transport\n")
    try directory.write("transport", "")
    #expect(truncate(directory.file("transport"), 5 << 30) == 0)
    let check = try runRandmap(["--check", "-c", directory.path])
    #expect(check.status == .exited(1))
    #expect(check.standardOutput.contains("main.cf:1:"))
    #expect(check.standardOutput.contains("is larger than 4 GiB; need a smaller file"))
    let alone = try runRandmap(["--check", directory.file("transport")])
    #expect(alone.status == .exited(2))
    #expect(
      alone.standardError
        == "randmap: open \(directory.file("transport")): is larger than 4 GiB; need a smaller file\n")
  }
}
