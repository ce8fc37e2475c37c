// The console and its terminal: sizes, job control, signals, and terminals that will not do.
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct TerminalTests {
  @Test func fitsEverySizeDownTo40By10AndSaysSoBelow() throws {
    let sample = try copyOfSample("outbound")
    let console = try openConsole(["-c", sample.path], width: 100, height: 30)
    try console.waitFor("[out-gw1.example]:25")
    for (width, height) in [(80, 24), (200, 60), (40, 10)] {
      try console.resize(width: width, height: height)
      try console.waitFor("the screen at \(width)x\(height)") { screen in
        let lines = screen.split(separator: "\n", omittingEmptySubsequences: false)
        // The hint bar is the last row of the terminal, whatever its height.
        return lines.count >= height && lines[height - 1].contains("q quit") && screen.contains("[out-gw1.")
      }
    }
    try console.resize(width: 39, height: 10)
    try console.waitFor("randmap needs 40x10, this is 39x10")
    try console.resize(width: 10, height: 3)
    try console.waitFor("randmap")
    try console.resize(width: 80, height: 24)
    try console.waitFor("[out-gw1.example]:25")
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }

  @Test(arguments: [(80, 24), (40, 10)])
  func opensAndEditsAt(width: Int, height: Int) throws {
    let sample = try copyOfSample("outbound")
    let console = try openConsole(["-c", sample.path], width: width, height: height)
    try console.waitFor("[out-gw1.")
    try console.press("2")
    try console.waitFor("50.0%")
    try console.press("End", "+")
    try console.waitFor("66.7%")
    try console.press("q")
    try console.waitFor("Leave with 1 edit unwritten?")
    try console.press("y")
    #expect(try console.waitForExit() == .exited(0))
  }

  /// With the question for a new member open, and one typed.
  private func consoleThatAsksForAMember(of sample: TemporaryDirectory) throws -> TerminalSession {
    let console = try openConsole(["-c", sample.path], width: 100, height: 30)
    try console.waitFor("[out-gw1.")
    try console.press("2")
    try console.waitFor("50.0%")
    try console.press("a")
    try console.type("smtp:[gw9.example]")
    try console.waitFor("smtp:[gw9.example]")
    return console
  }

  /// A key pressed with Alt sends Esc and itself: taken for the two of them, Alt-D would leave the question and drain.
  @Test func aKeyWithAltIsNeitherEscNorTheKey() throws {
    let sample = try copyOfSample("outbound")
    let console = try consoleThatAsksForAMember(of: sample)
    try console.press("M-d", "M-b", "M-x")
    try console.type("new-")
    try console.waitFor("smtp:[gw9.new-example]")
    try console.press("Escape")
    try console.waitUntilGone("gw9")
    try console.press("M-d")
    try console.press("q")
    // It ends without a question: nothing was edited.
    #expect(try console.waitForExit() == .exited(0))
  }

  /// Esc and a paste may come in one piece from far away; what is pasted is never run as keys.
  @Test func aPasteBehindEscIsAPaste() throws {
    let sample = try copyOfSample("outbound")
    let console = try consoleThatAsksForAMember(of: sample)
    try console.type("\u{1B}\u{1B}[200~q\u{1B}[201~")
    try console.waitUntilGone("gw9")
    try console.press("1")
    try console.waitFor("[out-gw1.example]:25")
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }

  /// A shell sends SIGTERM and SIGCONT to a job that is stopped.
  @Test func endsWhenItIsToldToWhileItIsStopped() throws {
    let sample = try copyOfSample("outbound")
    let shell = try TerminalSession(["PS1=ready> ", "bash", "--norc", "--noprofile", "-i"])
    try shell.waitFor("ready>")
    try shell.type("\(randmapProgram()) -c \(sample.path)")
    try shell.press("Enter")
    try shell.waitFor("1 Gateways")
    try shell.press("C-z")
    try shell.waitFor("the shell") { $0.contains("Stopped") && !$0.contains("1 Gateways") }
    try shell.type("kill %1")
    // The shell says so at its next prompt.
    try waitUntil("the end of the job") { () throws(TestFailure) in
      try shell.press("Enter")
      return try shell.screen().contains("Exit 143")
    }
  }

  @Test func stopsAndGoesOnInAShell() throws {
    let sample = try copyOfSample("outbound")
    let shell = try TerminalSession(["PS1=ready> ", "bash", "--norc", "--noprofile", "-i"])
    try shell.waitFor("ready>")
    try shell.type("\(randmapProgram()) -c \(sample.path)")
    try shell.press("Enter")
    try shell.waitFor("1 Gateways")
    try shell.press("C-z")
    try shell.waitFor("the shell") { $0.contains("Stopped") && !$0.contains("1 Gateways") }
    try shell.resize(width: 60, height: 20)
    try shell.type("echo the shell hears $((6 * 7))")
    try shell.press("Enter")
    try shell.waitFor("the shell hears 42")
    try shell.type("fg")
    try shell.press("Enter")
    try shell.waitFor("the console in its new size") { screen in
      screen.contains("1 Gateways") && screen.contains("q quit") && !screen.contains("the shell hears")
    }
    try shell.press("q")
    try shell.waitFor("the shell hears 42")
    try shell.type("echo left with $?")
    try shell.press("Enter")
    try shell.waitFor("left with 0")
  }

  @Test(arguments: [SIGTERM, SIGHUP])
  func givesTheTerminalBackWhenItIsEnded(by signal: Int32) throws {
    let temporary = try TemporaryDirectory()
    // It waits at the end: tmux would scroll the screen of a program that has ended.
    let script = "echo before; \"$1\" --demo; echo \"left with $?\"; stty -a; read -r line"
    let terminal = try TerminalSession(
      ["sh", "-c", script, "sh", randmapProgram()], width: 100, height: 30,
      environment: ["TMPDIR": temporary.path])
    try terminal.waitFor("connection refused")
    let shell = try terminal.pid()
    let program = try #require(children(of: shell).first)

    #expect(kill(program, signal) == 0)
    let screen = try terminal.waitFor("left with \(128 + signal)")
    #expect(screen.contains("before"))
    #expect(!screen.contains("Gateways"))
    let modes = try terminal.waitFor("icanon").split { $0 == " " || $0 == "\n" }
    #expect(modes.contains("icanon") && modes.contains("echo") && modes.contains("isig"))
    #expect(try namesIn(temporary.path) == [])
  }

  /// No instruction failed, so none would run again: the signal itself has to end it.
  @Test(arguments: [SIGABRT, SIGTRAP, SIGSEGV])
  func aFaultThatIsSentEndsItToo(_ signal: Int32) throws {
    let sample = try copyOfSample("outbound")
    let script = "ulimit -c 0; \"$1\" -c \"$2\"; echo \"left with $?\"; stty -a; read -r line"
    let terminal = try TerminalSession(
      ["sh", "-c", script, "sh", randmapProgram(), sample.path], width: 100, height: 30,
      environment: ["SWIFT_BACKTRACE": "enable=no"])
    try terminal.waitFor("1 Gateways")
    let shell = try terminal.pid()
    let program = try #require(children(of: shell).first)
    #expect(kill(program, signal) == 0)
    let screen = try terminal.waitFor("left with \(128 + signal)")
    #expect(!screen.contains("Gateways"))
    #expect(try terminal.waitFor("icanon").split { $0 == " " || $0 == "\n" }.contains("icanon"))
  }

  @Test func restoresEveryModeOfTheTerminal() throws {
    let sample = try copyOfSample("outbound")
    let terminal = try PseudoTerminal([randmapProgram(), "-c", sample.path])
    try terminal.waitFor("Gateways")
    try terminal.type("q")
    #expect(try terminal.waitForExit() == .exited(0))
    let text = String(decoding: terminal.bytes, as: UTF8.self)
    // The alternate screen and bracketed paste: switched on once, and off again after that.
    for (on, off) in [("\u{1B}[?1049h", "\u{1B}[?1049l"), ("\u{1B}[?2004h", "\u{1B}[?2004l")] {
      let last = text.ranges(of: off).last
      #expect(text.ranges(of: on).count == 1)
      #expect(last.map { text[$0.upperBound...].contains(on) } == false)
    }
  }

  @Test(arguments: [
    ("dumb", "TERM=dumb cannot move its cursor"), ("no-such-terminal", "unknown terminal type TERM=no-such"),
    ("", "TERM is not set"),
  ])
  func saysWhyATerminalWillNotDo(type: String, message: String) throws {
    let sample = try copyOfSample("outbound")
    let terminal = try PseudoTerminal(
      [randmapProgram(), "-c", sample.path], environment: ["TERM": type])
    #expect(try terminal.waitForExit() == .exited(2))
    let text = String(decoding: terminal.bytes, as: UTF8.self)
    #expect(text.contains(message))
    #expect(text.split(separator: "\r\n").count == 1, "\(text)")
    #expect(!text.contains("\u{1B}"))
  }

  /// The toy gateways are ended once, and nothing waits for them.
  @Test func theDemoNeedsATerminalToo() throws {
    let finished = try runRandmap(["--demo"])
    #expect(finished.status == .exited(2), "\(finished.summary)")
    #expect(finished.standardError.contains("the console needs a terminal"))
    #expect(finished.standardError.split(separator: "\n").count == 1, "\(finished.summary)")
  }

  @Test func needsATerminal() throws {
    let finished = try runRandmap(["-c", sampleDirectory("outbound")])
    #expect(finished.status == .exited(2))
    #expect(finished.standardOutputBytes.isEmpty)
    #expect(finished.standardError.contains("the console needs a terminal"))
    #expect(finished.standardError.split(separator: "\n").count == 1)
  }

  /// The fonts of a Linux console have lines and full blocks, and few of the other signs.
  @Test func drawsOnALinuxConsoleWhatItsFontsHave() throws {
    let sample = try copyOfSample("outbound")
    let terminal = try PseudoTerminal(
      [randmapProgram(), "-c", sample.path], environment: ["TERM": "linux", "LANG": "C.UTF-8"])
    try terminal.waitFor("out-gw1")
    try terminal.waitFor("█")
    let text = String(decoding: terminal.bytes, as: UTF8.self)
    #expect(text.contains("─"))
    #expect(!text.contains { "▸·…↓▏▎▍▌▋▊▉".contains($0) })
  }

  /// A terminal on three gateways where nothing listens, with a setting or with none.
  private func terminal(
    slowLine: String?, speed: Int32? = nil
  ) throws -> (terminal: PseudoTerminal, last: String, scene: TemporaryDirectory) {
    let scene = try TemporaryDirectory()
    let gateways = try (0..<3).map { _ in try LoopbackAddress.own() }
    let pool = gateways.map { "!smtp:\($0)" }.joined()
    try scene.write(
      "main.cf", "# randmap: agent\nrelay_domains = a.example\nrelay_transport = randmap:\(pool)\n")
    try scene.makeDirectory("randmap")
    try scene.write("randmap/config", slowLine.map { "slow-line = \($0)\n" } ?? "")
    let terminal = try PseudoTerminal(
      [randmapProgram(), "--theme", "dark", "-c", scene.path], speed: speed,
      environment: ["XDG_CONFIG_HOME": scene.path, "NO_COLOR": ""])
    return (terminal, gateways[2].description, scene)
  }

  /// Two seconds at 9600 bits a second, until the rows are there.
  @Test func aSlowLineGetsTheFirstScreenIn2KB() throws {
    func firstBytes(_ slowLine: String) throws -> [UInt8] {
      let (terminal, last, scene) = try terminal(slowLine: slowLine)
      defer { withExtendedLifetime(scene) {} }
      let text = try terminal.waitFor(last)
      return text.range(of: last).map { Array(text[..<$0.upperBound].utf8) } ?? []
    }
    let slow = try firstBytes("yes")
    #expect((1...2_048).contains(slow.count), "\(slow.count)")
    #expect(slow.allSatisfy { $0 < 0x80 })
    #expect(try firstBytes("no").contains { $0 >= 0x80 })
  }

  /// A terminal of macOS says 9600 bits a second of itself, and ssh hands that on.
  @Test(arguments: [(nil, true), ("auto", true), ("no", true), ("yes", false)])
  func aPseudoTerminalIsNotSlowByItsSpeed(slowLine: String?, hasColour: Bool) throws {
    let (terminal, last, scene) = try terminal(slowLine: slowLine, speed: B9600)
    defer { withExtendedLifetime(scene) {} }
    let text = try terminal.waitFor(last)
    #expect(text.contains(/\u{1B}\[([0-9]+;)*3[0-8][0-9;]*m/) == hasColour)
  }

  @Test func drawsWithASCIIWhereTheLocaleHasNothingElse() throws {
    let sample = try copyOfSample("outbound")
    let terminal = try PseudoTerminal([randmapProgram(), "-c", sample.path], environment: ["LANG": "C"])
    try terminal.waitFor("out-gw1")
    #expect(terminal.bytes.allSatisfy { $0 < 0x80 })
  }

  @Test func leavesColourAwayWhenAsked() throws {
    let sample = try copyOfSample("outbound")
    // The test run itself may have been asked for no colour; an empty value asks for nothing.
    for (value, wantsColour) in [("1", false), ("", true)] {
      let terminal = try PseudoTerminal(
        [randmapProgram(), "--theme", "dark", "-c", sample.path], environment: ["NO_COLOR": value])
      try terminal.waitFor("out-gw1")
      let hasColour = String(decoding: terminal.bytes, as: UTF8.self).contains(
        /\u{1B}\[([0-9]+;)*3[0-8][0-9;]*m/)
      #expect(hasColour == wantsColour)
    }
  }
}
