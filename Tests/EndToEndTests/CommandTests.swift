// The commands as a script calls them: exit statuses, the order of options, where the configuration is found.
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct CommandTests {
  private let outbound = sampleDirectory("outbound")
  private let mistakes = sampleDirectory("mistakes")

  // MARK: Exit statuses

  @Test(arguments: [
    ["pools", "-c", sampleDirectory("outbound")],
    ["--check", "-c", sampleDirectory("outbound")],
    ["--check", "-c", sampleDirectory("inbound")],
    ["--check", "-c", sampleDirectory("outbound-weighted")],
    ["--check", "--fail-level", "warning", "-c", sampleDirectory("stock")],
    ["set", "relay_transport", "[out-gw1.example]", "2", "-c", sampleDirectory("outbound")],
    ["set", "relay_transport", "[out-gw1.example]", "1", "-c", sampleDirectory("outbound"), "--write"],
    ["--help"], ["--version"], ["help", "set"],
  ])
  func isZeroWhereNothingIsWrong(arguments: [String]) throws {
    let finished = try runRandmap(arguments)
    #expect(finished.status == .exited(0), "\(finished.summary)")
  }

  @Test func isOneForFindingsAndForNothingToUndo() throws {
    let sample = try copyOfSample("outbound")
    #expect(try runRandmap(["--check", "-c", mistakes]).status == .exited(1))
    #expect(try runRandmap(["--check", "--fail-level", "error", "-c", mistakes]).status == .exited(1))
    #expect(try runRandmap(["--check", mistakes + "/transport"]).status == .exited(1))
    let undo = try runRandmap(["undo", "-c", sample.path])
    #expect(undo.status == .exited(1), "\(undo.summary)")
    #expect(undo.standardError == "randmap: undo: nothing to undo\n")
  }

  @Test func isOneWhereAGuardHoldsAWriteBack() throws {
    let sample = try copyOfSample("outbound")
    let before = try readFile(sample.file("main.cf"))
    let change = ["set-route", "relay_transport", "randmap:{smtp:[a.example]}", "-c", sample.path]

    let held = try runRandmap(change + ["--write"])
    #expect(held.status == .exited(1), "\(held.summary)")
    #expect(held.standardError.contains("--force"))
    #expect(try readFile(sample.file("main.cf")) == before)

    let forced = try runRandmap(change + ["--write", "--force"])
    #expect(forced.status == .exited(0), "\(forced.summary)")
    #expect(try readText(sample.file("main.cf")).contains("\nrelay_transport = randmap:{smtp:[a.example]}\n"))
  }

  /// The dry run says what the write will say.
  @Test func theDryRunNamesForceWhereAGuardHolds() throws {
    let sample = try copyOfSample("outbound")
    let change = ["set-route", "transport_maps", "texthash:/nonexistent", "-c", sample.path]
    let shown = try runRandmap(change)
    #expect(shown.status == .exited(0), "\(shown.summary)")
    #expect(shown.standardError.contains("nothing is written; --write --force writes it\n"))
    #expect(shown.standardError.contains("adds an error: "))
    let lines = shown.standardError.split(separator: "\n")
    #expect(Set(lines).count == lines.count, "said once")
    #expect(try runRandmap(change + ["--write"]).status == .exited(1))
  }

  /// docs/scripts.md: files are named as the directory is in the call.
  @Test func filesAreNamedAsTheDirectoryIs() throws {
    let root = try TemporaryDirectory()
    try root.makeDirectory("etc")
    try root.write("etc/main.cf", "relay_transport = smtp:[a\ndefault_transport = randmap:{smtp:[a]}\n")
    for (directory, shown) in [
      ("etc", "etc/main.cf"), ("./etc/", "./etc/main.cf"), (root.file("etc"), root.file("etc/main.cf")),
    ] {
      for command in [["--check"], ["pools"], ["route", "u@d.example"]] {
        for format in ["text", "json"] {
          let finished = try runRandmap(
            command + ["-c", directory, "--format", format], directory: root.path)
          let places = finished.standardOutput.split { " \",():\n".contains($0) }.filter {
            $0.hasSuffix("/main.cf")
          }
          #expect(!places.isEmpty && places.allSatisfy { $0 == shown }, "\(command) \(finished.summary)")
        }
      }
    }
  }

  @Test func takingOutMoreThanHalfOfAPoolNeedsForce() throws {
    let sample = try copyOfSample("outbound-weighted")
    let before = try readFile(sample.file("main.cf"))
    for command in [["remove", "relay_transport", "[out-gw2.example]"], ["drain", "[out-gw2.example]"]] {
      let held = try runRandmap(command + ["--write", "-c", sample.path])
      #expect(held.status == .exited(1), "\(held.summary)")
      #expect(held.standardError.contains("removes 66.7% of the live share of relay_transport"))
      #expect(try readFile(sample.file("main.cf")) == before)
      let lesser = try runRandmap(
        [command[0]] + command.dropFirst().map { $0.replacing("gw2", with: "gw1") } + ["-c", sample.path])
      #expect(!lesser.standardError.contains("live share"), "\(lesser.summary)")
    }
    let forced = try runRandmap(["drain", "[out-gw2.example]", "--write", "--force", "-c", sample.path])
    #expect(forced.status == .exited(0), "\(forced.summary)")
    #expect(try readText(sample.file("main.cf")).contains("# randmap: drained smtp:[out-gw2.example] x2"))
  }

  @Test func everyEditPrintsItsDiffAndItsSharesAndWritesNothingUnasked() throws {
    let sample = try copyOfSample("outbound")
    let names = ["main.cf", "outbound"]
    let before = try names.map { try readFile(sample.file($0)) }
    for (command, line, share) in [
      (["set", "relay_transport", "[out-gw1.example]", "3"], "+relay_transport", "50.0%  ->  75.0%"),
      (["set", "relay_transport", "[out-gw1.example]", "20%"], "+relay_transport", "50.0%  ->  20.0%"),
      (["add", "relay_transport", "smtp:[new.example]", "2"], "+relay_transport", "-  ->  50.0%"),
      (["remove", "relay_transport", "[out-gw1.example]"], "-relay_transport", "50.0%  ->       -"),
      (["drain", "[out-gw1.example]", "--pool", "relay_transport"], "+# randmap: drained", "->  drained"),
      (["restore", "[out-gw3.example]"], "+smtp:[out-gw3.example]", "drained  ->  33.3%"),
      (["set-route", "relay_domains", "x.example"], "", ""),
      (
        ["set-route", "relay_transport", "smtp:[hub.example]"], "+relay_transport = smtp:[hub",
        "-  ->  100.0%"
      ),
      (["remove-route", "relay_transport"], "-relay_transport", "50.0%  ->  -"),
    ] {
      let shown = try runRandmap(command + ["-c", sample.path])
      if line.isEmpty {
        // No parameter that decides a destination.
        #expect(shown.status == .exited(2), "\(shown.summary)")
        continue
      }
      #expect(shown.status == .exited(0), "\(shown.summary)")
      #expect(shown.standardOutput.split(separator: "\n").contains { $0.hasPrefix(line) }, "\(shown.summary)")
      #expect(shown.standardError.contains(share), "\(shown.summary)")
      #expect(shown.standardError.contains("nothing is written; --write "))
    }
    #expect(try names.map { try readFile(sample.file($0)) } == before)
  }

  @Test(arguments: [
    ["--no-such-option"], ["no-such-command"],
    ["pools", "-c", "/nonexistent"], ["--check", "-c", "/nonexistent"], ["--status", "-c", "/nonexistent"],
    ["--check", "/nonexistent/transport"],
    ["pools", "--format", "yaml", "-c", sampleDirectory("outbound")],
    ["pools", "--postfix-version", "new", "-c", sampleDirectory("outbound")],
    ["pools", "--demo", "-c", sampleDirectory("outbound")],
    ["--theme", "no-such-theme", "-c", sampleDirectory("outbound")],
    ["--check", "--explain", "RM000"],
    ["set", "no_such_pool", "[out-gw1.example]", "2", "-c", sampleDirectory("outbound")],
    ["set", "relay_transport", "[no-such-gw.example]", "2", "-c", sampleDirectory("outbound")],
    ["set", "relay_transport", "[out-gw1.example]", "0", "-c", sampleDirectory("outbound")],
    ["set", "relay_transport", "[out-gw1.example]", "many", "-c", sampleDirectory("outbound")],
    ["drain", "[no-such-gw.example]", "-c", sampleDirectory("outbound")],
    ["drain", "[out-gw1.example]", "--reload", "-c", sampleDirectory("outbound")],
  ])
  func isTwoForAWrongCall(arguments: [String]) throws {
    let finished = try runRandmap(arguments)
    #expect(finished.status == .exited(2), "\(finished.summary)")
    #expect(finished.standardOutput == "")
    #expect(!finished.standardError.isEmpty)
  }

  @Test func isThreeWhereTheResultCannotBeWritten() throws {
    let finished = try run(
      "sh", ["-c", "\"$1\" pools -c \"$2\" > /dev/full", "sh", randmapProgram(), outbound])
    #expect(finished.status == .exited(3))
    #expect(finished.standardError == "randmap: cannot write the output: No space left on device\n")
  }

  @Test func aBrokenPipeEndsItQuietly() throws {
    // More output than a pipe and its reader hold, so that the reader is gone before the end of it.
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf", "# randmap: agent\ntransport_maps = texthash:$config_directory/transport\n")
    let entries = (0..<1200).map { "host\($0).example  randmap:!smtp:[gw1.example]!smtp:[gw2.example]\n" }
    try directory.write("transport", entries.joined())
    let script = "\"$1\" pools -c \"$2\" | head -c 1; exit ${PIPESTATUS[0]}"
    let finished = try run("bash", ["-c", script, "bash", randmapProgram(), directory.path])
    #expect(finished.status == .exited(141))
    #expect(finished.standardOutputBytes.count == 1)
    #expect(finished.standardError == "")
  }

  @Test func drainsAGatewayOnceWhereTwoNamesMeanOnePool() throws {
    // default_transport = $relay_transport
    let sample = try copyOfSample("outbound-weighted")
    let drained = try runRandmap(["drain", "[out-gw1.example]", "--write", "-c", sample.path])
    #expect(drained.status == .exited(0), "\(drained.summary)")
    let text = try readText(sample.file("main.cf"))
    #expect(text.contains("# randmap: drained smtp:[out-gw1.example] x1\n"))
    let restored = try runRandmap(["restore", "[out-gw1.example]", "--write", "-c", sample.path])
    #expect(restored.status == .exited(0), "\(restored.summary)")
    let pools = try runRandmap(["pools", "-c", sample.path]).standardOutput
    #expect(pools.ranges(of: "33.3%  x1  smtp:[out-gw1.example]").count == 2, "\(pools)")
  }

  // MARK: Options

  @Test func checkAndStatusMayStandAnywhere() throws {
    let wanted = try runRandmap(["check", "-c", mistakes, "--format", "json"])
    for arguments in [
      ["--check", "-c", mistakes, "--format", "json"], ["-c", mistakes, "--check", "--format", "json"],
      ["-c", mistakes, "--format", "json", "--check"], ["--format", "json", "check", "-c", mistakes],
      ["--format", "json", "--config-directory", mistakes, "check"],
      ["--check", "--format=json", "--config-directory=\(mistakes)", "--"],
    ] {
      let finished = try runRandmap(arguments)
      #expect(finished.standardOutput == wanted.standardOutput, "\(arguments): \(finished.standardError)")
      #expect(finished.status == wanted.status)
    }
    // Behind -- it is a file, and the console takes none.
    #expect(try runRandmap(["-c", mistakes, "--", "--check"]).status == .exited(2))
    let file = try runRandmap(["--check", "--", "--check"], directory: "/")
    #expect(file.status == .exited(2))
    #expect(file.standardError == "randmap: open --check: No such file or directory\n")
  }

  @Test(arguments: [["--demo", "pools"], ["pools", "--demo"], ["--color", "never", "--demo", "pools"]])
  func demoMayStandAnywhere(arguments: [String]) throws {
    let temporary = try TemporaryDirectory()
    let finished = try runRandmap(arguments, environment: ["TMPDIR": temporary.path])
    #expect(finished.status == .exited(0), "\(finished.summary)")
    #expect(finished.standardOutput.contains("partners  ("))
    #expect(try namesIn(temporary.path) == [])
  }

  @Test func takesTheConfigurationOfTheCallThenOfTheEnvironment() throws {
    let stock = sampleDirectory("stock")
    let given = try runRandmap(["pools", "-c", stock])
    let environment = try runRandmap(["pools"], environment: ["MAIL_CONFIG": stock])
    let both = try runRandmap(["pools", "-c", stock], environment: ["MAIL_CONFIG": outbound])
    let relative = try runRandmap(["pools", "-c", "stock/"], directory: sampleDirectory(""))
    #expect(given.standardOutput.contains("sender_dependent_default_transport_maps"))
    #expect(environment.standardOutput == given.standardOutput)
    #expect(both.standardOutput == given.standardOutput)
    #expect(relative.standardOutput.contains("sender_dependent_default_transport_maps"))
    #expect(relative.status == .exited(0), "\(relative.summary)")
  }

  @Test func usesColourOnATerminalOrWhenAskedAlone() throws {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "relayhost = [127.0.0.1]:1\n")
    let status = ["--status", "-c", directory.path]
    #expect(!(try runRandmap(status)).standardOutput.contains("\u{1B}"))
    #expect(try runRandmap(status + ["--color", "always"]).standardOutput.contains("\u{1B}["))
    let terminal = try PseudoTerminal([randmapProgram()] + status, environment: ["NO_COLOR": nil])
    #expect(try terminal.waitForExit() == .exited(1))
    #expect(terminal.bytes.contains(0x1B))
    let plain = try PseudoTerminal([randmapProgram()] + status, environment: ["NO_COLOR": "1"])
    #expect(try plain.waitForExit() == .exited(1))
    #expect(!plain.bytes.contains(0x1B))
  }
}
