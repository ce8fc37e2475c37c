// Text from strangers: what a file holds or a gateway says never reaches the terminal as a control character.
import Checks
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct StrangersTextTests {
  /// Sets the title of the terminal, clears the screen, and turns the direction of text: as C0, as C1, as UTF-8.
  private static let attack =
    "\u{1B}]0;owned\u{07}\u{1B}[2J\u{9B}31m\u{202E}\u{7F}\u{61C}\u{200B}\u{2060}\u{AD}\u{E0041}"

  /// A gateway whose greeting attacks, and a configuration that does so in every place.
  private struct Scene {
    let gateway: Greeter
    let directory: TemporaryDirectory

    init() throws {
      gateway = try Greeter(greeting: Array("554 no \(attack)\r\n".utf8))
      directory = try TemporaryDirectory()
      try directory.write(
        "main.cf",
        """
        # randmap: agent
        # \(attack)
        transport_maps = texthash:$config_directory/transport texthash:/nonexistent/\(attack)
        relay_transport = randmap:!smtp:\(gateway.address)!smtp:[gw\(attack).example]
        smtp_\(attack) = value
        relayhost = smtp:\(attack)

        """)
      try directory.write(
        "transport",
        """
        key\(attack).example   smtp:[gw\(attack).example
        other.example   nothing\(attack)
        other.example   randmap:!smtp:\(gateway.address)!smtp:\(attack)

        """)
    }
  }

  /// Whether all of `bytes` may go to a terminal: no C0 but newline, no C1, nothing bidirectional or invisible.
  private func isSafe(_ bytes: [UInt8]) -> Bool {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0x0A, 0x20...0x7E: true
      case 0x7F..<0xA0, 0xAD, 0x61C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xE0000...:
        false
      default: scalar.value >= 0xA0
      }
    }
  }

  private static let formatsOfCheck = ReportFormatName.allCases.map { ["--check", "--format", $0.rawValue] }

  @Test(
    arguments: formatsOfCheck + [
      ["--check"], ["pools"], ["pools", "--format", "json"],
      ["--status"], ["--status", "--format", "json"], ["--status", "--format", "nagios"],
      ["set", "relay_transport", "no-such\(attack)", "2"], ["set", "no-such\(attack)", "a", "2"],
      ["--format", attack, "pools"], ["--check", "/nonexistent/\(attack)"], ["--theme", attack],
      ["--no-such-\(attack)"], ["--postfix-version", attack, "pools"], ["--check", "--explain", attack],
    ])
  func commandsSayNothingRaw(command: [String]) throws {
    let scene = try Scene()
    let finished = try runRandmap(command + ["-c", scene.directory.path])
    #expect(isSafe(finished.standardOutputBytes), "\(finished.standardOutput.debugDescription)")
    #expect(isSafe(Array(finished.standardError.utf8)), "\(finished.standardError.debugDescription)")
    #expect(!(finished.standardOutput + finished.standardError).isEmpty)
  }

  /// The commands that show the mail log, the history, plans and addresses, in each of their formats.
  @Test func whatWasWrittenAndLoggedIsSaidWithoutIt() throws {
    let attack = Self.attack
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      "relay_transport = randmap:!smtp:[127.0.0.2]:1!smtp:[127.0.0.3]:1!smtp:[g\(attack).example]\n"
        + "# randmap: drained smtp:[127.0.0.4]:1 x1 until=2020-01-01T00:00Z why=\"\(attack)\"\n"
        + "# randmap: ramp smtp:[127.0.0.2]:1 from=1% to=25% start=2026-01-01T00:00Z over=500w steps=weekly why=\"\(attack)\"\n"
        + "# randmap: agent\n")
    let date = "Nov 28 10:00:00"
    let lines = [
      "h\(attack) postfix/smtp[1]: 4AB0: to=<u\(attack)@x.example>, relay=127.0.0.2[127.0.0.2]:1, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 \(attack))",
      "h postfix/smtp[1]: 4AB1: to=<u@x.example>, relay=g\(attack).example[127.0.0.3]:1, delay=1, delays=0/0/0/1, dsn=4.0.0, status=deferred (host said: 450 \(attack))",
      "h postfix/randmap[1]: \(attack) ::error:: %0A | < \" '",
    ]
    try directory.write("mail.log", lines.map { "\(date) \($0)\n" }.joined())
    let log = directory.file("mail.log")
    let environment = ["XDG_STATE_HOME": directory.path, "XDG_CONFIG_HOME": directory.path]
    func run(_ command: [String]) throws -> FinishedProcess {
      try runRandmap(command + ["-c", directory.path], environment: environment)
    }
    let edit = ["set", "relay_transport", "smtp:[127.0.0.3]:1", "4", "--why", attack, "--write", "--force"]
    #expect(try run(edit).status == .exited(0))
    let commands =
      [
        ["log"], ["log", "--format", "json"], ["undo", "--dry-run", "--why", attack, "--format", "json"],
        ["undo", "7\(attack)"],
        ["log", "--diff", "--format", "json"], ["tick", "--dry-run", "--format", "json"], ["ramp"],
        ["drain", "smtp:[127.0.0.3]:1", "--why", attack, "--format", "json"], ["config", attack, attack],
        ["route", "u@\(attack).example"],
        ["route", "--format", "json", "u@\(attack).example", "--from", "\(attack)@x"],
        ["what-if", "--down", attack], ["what-if", "--down", "[127.0.0.3]:1"], ["recover"],
        ["report", "/nonexistent/\(attack)"], ["report", log, "--host", attack],
        ["--status", "--format", "prometheus"],
      ] + ["text", "json", "csv", "prometheus"].map { ["report", log, "--since", "400d", "--format", $0] }
    for command in commands {
      let finished = try run(command)
      let words = "\(command): \(finished.summary.debugDescription)"
      #expect(isSafe(finished.standardOutputBytes) && isSafe(Array(finished.standardError.utf8)), "\(words)")
      #expect(!(finished.standardOutput + finished.standardError).isEmpty, "\(command)")
    }
  }

  @Test func checkSaysNothingRawOnATerminal() throws {
    let scene = try Scene()
    let terminal = try PseudoTerminal([randmapProgram(), "--check", "-c", scene.directory.path])
    #expect(try terminal.waitForExit() == .exited(1))
    expectNoAttack(in: terminal)
  }

  /// Where it goes to a file or to patch(1), a diff is byte for byte.
  @Test(arguments: [
    ["set", "relay_transport", "smtp:[127.0.0.1]:1", "2"], ["convert", "--to", "agent", "--fragment"],
    ["set-route", "default_transport", "smtp:[127.0.0.1]:1"], ["pools", "--format", "json"],
  ])
  func anEditSaysNothingRawOnATerminalAndAllInAPipe(command: [String]) throws {
    let directory = try TemporaryDirectory()
    let text =
      "# \(attackText)\tx\nrelay_transport = randmap:!smtp:[127.0.0.1]:1!smtp:[g\(attackText)]\n# randmap: agent\n"
    try directory.write("main.cf", text)
    let arguments = command + ["-c", directory.path]
    let terminal = try PseudoTerminal([randmapProgram()] + arguments)
    _ = try terminal.waitForExit()
    let shown = terminal.bytes.filter { $0 != 0x0D && $0 != 0x09 }
    #expect(isSafe(shown), "\(String(decoding: shown, as: UTF8.self).debugDescription)")
    let piped = try runRandmap(arguments)
    if command.first?.hasPrefix("set") ?? false {
      #expect(piped.standardOutput.contains(" # \(attackText)\tx\n"), "\(piped.summary)")
    }
  }

  private var attackText: String { Self.attack }

  @Test func aBannerThatIsNoTextIsShort() throws {
    let banner: [UInt8] = (0..<2_000).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 128) | 0x80 }
    let gateway = try Greeter(greeting: banner + Array("\r\n".utf8))
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "relayhost = \(gateway.address)\n")
    let finished = try runRandmap(["--status", "-c", directory.path])
    #expect(finished.standardOutput.contains("does not speak SMTP"), "\(finished.summary)")
    #expect(isSafe(finished.standardOutputBytes) && !finished.standardOutput.contains("??"))
    #expect(finished.standardOutput.split(separator: "\n").allSatisfy { $0.count < 250 })
  }

  @Test func consoleSaysNothingRaw() throws {
    let scene = try Scene()
    let terminal = try PseudoTerminal(
      [randmapProgram(), "-c", scene.directory.path], width: 120, height: 40)
    try terminal.waitFor("refuses us: 554 no")
    for (key, text) in [("2", "MEMBER"), ("3", "PARAMETER"), ("4", "RM")] {
      try terminal.type(key)
      try terminal.waitFor(text)
    }
    try terminal.type("2")
    // End, as a terminal in its application mode says it.
    try terminal.type("\u{1B}OF")
    // Enter drains it without an end.
    try terminal.type("d\r5")
    try terminal.waitFor("drained")
    expectNoAttack(in: terminal)
  }

  private func expectNoAttack(in terminal: PseudoTerminal) {
    let text = String(decoding: terminal.bytes, as: UTF8.self)
    #expect(text.contains("owned"))
    #expect(!text.contains("\u{1B}]0;"))
    #expect(!text.contains("\u{07}"))
    #expect(!text.contains("\u{9B}"))
    #expect(!text.contains("\u{202E}"))
  }

  @Test(arguments: ["", "hello\r\n", "220-more\r\n"])
  func aGatewayThatIsNoMailServerIsSaidToBe(greeting: String) throws {
    let gateway = try Greeter(greeting: Array(greeting.utf8))
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "relayhost = \(gateway.address)\n")
    let finished = try runRandmap(["--status", "-c", directory.path])
    #expect(finished.status == .exited(1))
    let wanted = greeting == "hello\r\n" ? "does not speak SMTP: hello" : "timed out waiting for the greeting"
    #expect(finished.standardOutput.contains(wanted), "\(finished.summary)")
  }
}
