// `randmap config` and the file behind it, and what the settings do to a real terminal.

import Foundation
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct ConfigCommandTests {
  private let home: TemporaryDirectory

  init() throws {
    home = try TemporaryDirectory()
    try run("/bin/mkdir", [home.file("randmap")])
  }

  private var path: String { home.file("randmap/config") }

  private func config(_ arguments: String...) throws -> FinishedProcess {
    try runRandmap(["config"] + arguments, environment: ["XDG_CONFIG_HOME": home.path])
  }

  private func console(
    _ arguments: [String] = [], width: Int = 100, height: Int = 30
  ) throws -> (TerminalSession, TemporaryDirectory) {
    let sample = try copyOfSample("outbound")
    let console = try openConsole(
      ["-c", sample.path] + arguments, width: width, height: height,
      environment: ["XDG_CONFIG_HOME": home.path, "XDG_STATE_HOME": home.file("state")])
    try console.waitFor("[out-gw1.")
    return (console, sample)
  }

  @Test func showsSetsAndUnsets() throws {
    let defaults = try config()
    #expect(defaults.status == .exited(0))
    #expect(defaults.standardOutput.contains("mouse = yes           default  let the mouse choose"))
    #expect(try config("mouse", "no").status == .exited(0))
    #expect(try config("bind.F5", "probe-all").status == .exited(0))
    #expect(try readText(path) == "mouse = no\nbind.F5 = probe-all\n")
    let all = try config().standardOutput
    #expect(all.contains("mouse = no") && all.contains("\(path):1"))
    #expect(all.contains("bind.F5 = probe-all") && all.contains("\(path):2"))
    #expect(try config("mouse").standardOutput == "no\n")
    #expect(try config("mouse", "--unset").status == .exited(0))
    #expect(try readText(path) == "bind.F5 = probe-all\n")
    let json = try config("--format", "json", "theme").standardOutput
    #expect(json.contains("\"name\" : \"theme\"") && json.contains("\"file\" : null"))
  }

  @Test(arguments: [
    (["colour", "dark"], "no setting \"colour\"; the settings are theme, "),
    (["colour"], "no setting \"colour\"; the settings are theme, "),
    (["mouse", "maybe"], "mouse: need yes or no, not \"maybe\""),
    (["theme", "drak"], "theme: there is no theme \"drak\"; there are colour-blind, dark, "),
    (["--unset"], "--unset: need the NAME of a setting, and no value"),
  ])
  func whatIsWrongEndsWithStatus2(arguments: [String], words: String) throws {
    let answer = try runRandmap(["config"] + arguments, environment: ["XDG_CONFIG_HOME": home.path])
    #expect(answer.status == .exited(2))
    #expect(answer.standardError.contains(words), "\(answer.standardError)")
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  /// `sudo` may leave the HOME of the person who called it: their files stay theirs, and no link of theirs leads root anywhere.
  @Test(.enabled(if: geteuid() == 0, "needs root"))
  func rootWritesNothingInAnotherUsersHome() throws {
    chmod(home.path, 0o755)
    try home.makeDirectory("victim")
    try home.makeDirectory("stranger")
    try home.makeDirectory("stranger/.config")
    symlink(home.file("victim"), home.file("stranger/.config/randmap"))
    for name in ["stranger", "stranger/.config"] { chown(home.file(name), 65_534, 65_534) }
    for arguments in [["config", "ascii", "yes"], ["config", "theme", "light"]] {
      let finished = try run(
        randmapProgram(), arguments, environment: ["HOME": home.file("stranger"), "XDG_CONFIG_HOME": nil])
      #expect(finished.status != .exited(0), "\(finished.summary)")
      #expect(finished.standardError.contains("belongs to another user"), "\(finished.summary)")
    }
    #expect(try namesIn(home.file("victim")).isEmpty)
    // The demonstration goes elsewhere.
    let demo = try runRandmap(
      ["--demo", "pools", "--format", "json"], environment: ["TMPDIR": home.file("stranger")])
    #expect(demo.status == .exited(0), "\(demo.summary)")
    #expect(demo.standardOutput.contains("\"/tmp/randmap-demo."), "\(demo.summary)")
    #expect(!demo.standardOutput.contains(home.path), "\(demo.summary)")
    // Nor what a link of theirs leads to, nor what is below a directory of theirs.
    try home.makeDirectory("stranger/below")
    try home.makeDirectory("good")
    symlink(home.file("good"), home.file("stranger/link"))
    for place in ["stranger/below", "stranger/link"] {
      let demo = try runRandmap(
        ["--demo", "pools", "--format", "json"], environment: ["TMPDIR": home.file(place)])
      #expect(demo.standardOutput.contains("\"/tmp/randmap-demo."), "\(place): \(demo.summary)")
    }
    let own = try runRandmap(
      ["--demo", "pools", "--format", "json"], environment: ["TMPDIR": home.file("good")])
    #expect(own.standardOutput.contains(home.file("good/randmap-demo.")), "\(own.summary)")
  }

  /// The passwords of a table in main.cf are in no finding, and in no guard.
  @Test func anInlineTableOfPasswordsIsNotQuoted() throws {
    let directory = try TemporaryDirectory()
    try directory.write("master.cf", "smtp unix - - n - - smtp\nlocal unix - n n - - local\n")
    try directory.write(
      "main.cf",
      """
      compatibility_level = 3.6
      mydestination =
      smtp_sasl_auth_enable = yes
      smtp_sasl_password_maps = inline:{ {[gw1.example]:587 = u:s3cret} {gw9.example = u:s3cret} {u@a.example = s3cret} }
      relayhost = [gw1.example]:587

      """)
    for arguments in [
      ["check"], ["check", "--format", "json"], ["check", "--format", "sarif"], ["check", "--format", "gcc"],
      ["set-route", "relayhost", "[gw1.example]:588"],
      ["set-route", "relayhost", "[gw1.example]:588", "--format", "json"],
      ["pool", "outbound", "[gw1.example]:587", "[gw2.example]:587", "--format", "json"],
      ["pool", "outbound", "[gw1.example]:587", "[gw2.example]:587", "--write"],
    ] {
      let finished = try runRandmap(
        arguments + ["-c", directory.path], environment: ["XDG_STATE_HOME": home.file("state")])
      // The diff of an edit in a pipe is for patch(1), and shows the lines as they are.
      let isPatch = arguments[0] != "check" && !arguments.contains("json")
      let shown = isPatch ? finished.standardError : finished.summary
      #expect(!shown.contains("s3cret"), "\(arguments): \(shown)")
    }
    let findings = try runRandmap(["check", "-c", directory.path])
    for rule in ["RM902", "RM909"] { #expect(findings.standardOutput.contains(rule), "\(findings.summary)") }
  }

  /// A table of addresses is an ordinary one.
  @Test func aTransportTableWithAddressesIsChecked() throws {
    let table = "[127.0.0.9] smtp:[127.0.0.1]:25\n[127.0.0.8] error:5.1.1 no\n[127.0.0.7] lane:[127.0.0.1]\n"
    let finished = try runRandmap(["--check", try home.write("transport", table)])
    #expect(!finished.standardError.contains("passwords"), "\(finished.summary)")
  }

  /// A finding quotes the text that it is about.
  @Test(arguments: [
    ("sasl_passwd", "relay.example user:s3cret"), ("relays", "[127.0.0.1]:587 user:s3cret"),
    ("creds", "relay.example:587 me@x.example:s3cret"), ("bysender", "u@a.example u@a.example:s3cret"),
    ("quoted", "\"[127.0.0.1]:587\" me:s3cret"),
  ]) func aFileOfPasswordsIsNotChecked(name: String, line: String) throws {
    let file = try home.write(name, line + "\n")
    for format in ["text", "json"] {
      let finished = try runRandmap(["--check", file, "--format", format])
      #expect(finished.status == .exited(2), "\(finished.summary)")
      #expect(
        !finished.summary.contains("s3cret")
          && finished.standardError.contains("looks like a table of passwords"))
    }
  }

  /// To read them would take a minute.
  @Test func aFileOfSettingsHasALimit() throws {
    try home.write("randmap/config", String(repeating: "# no setting\n", count: 10_000))
    let large = try config()
    #expect(large.status == .exited(2), "\(large.summary)")
    #expect(
      large.standardError.contains("is larger than 100000 bytes; need a smaller file"), "\(large.summary)")
  }

  /// Who leaves at once has the setting all the same.
  @Test func aSettingRightBeforeTheEndIsKept() throws {
    let sample = try copyOfSample("outbound")
    for number in 1...5 {
      let theme = number.isMultiple(of: 2) ? "light" : "default"
      let finished = try run(
        randmapProgram(), ["--plain", "-c", sample.path],
        environment: ["XDG_CONFIG_HOME": home.path, "XDG_STATE_HOME": home.file("state")],
        input: Array("config theme \(theme)\nquit\n".utf8))
      #expect(finished.status == .exited(0), "\(finished.summary)")
      #expect(try readText(path).contains("theme = \(theme)"))
      #expect(try namesIn(home.file("randmap")) == ["config"])
    }
  }

  @Test func aMistakeInTheFileStopsTheConsoleWithItsLine() throws {
    _ = try home.write("randmap/config", "theme = dark\nmuose = no\n")
    let answer = try runRandmap(["--demo"], environment: ["XDG_CONFIG_HOME": home.path])
    #expect(answer.status == .exited(2))
    #expect(answer.standardError.contains("config:2: no setting \"muose\""))
  }

  @Test(arguments: [(120, 40), (80, 24), (40, 10)])
  func theMouseChoosesInARealTerminal(width: Int, height: Int) throws {
    let (console, sample) = try console(width: width, height: height)
    defer { _ = sample }
    // The rows stay where they are once the states are in.
    try console.waitFor("100.0%")
    let row = try #require(
      console.screen().split(separator: "\n", omittingEmptySubsequences: false)
        .firstIndex { $0.contains("[out-gw2.") })
    // Behind one another, and in the middle of keys: none is lost.
    try console.type("\u{1B}[<0;5;\(row + 1)M\u{1B}[<0;5;\(row + 1)m")
    try console.waitFor("▸")
    try console.waitFor("the second row") { screen in
      screen.split(separator: "\n").contains { $0.contains("▸") && $0.contains("[out-gw2.") }
    }
    try console.type("g\u{1B}[<65;5;6M2")
    try console.waitFor("MEMBER")
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }

  /// A report that never ends takes no key with it.
  @Test func aTornReportLosesNoKey() throws {
    let (console, sample) = try console()
    defer { _ = sample }
    try console.type("\u{1B}[<0;5")
    try console.type("2")
    try console.press("Down")
    try console.type("3")
    try console.waitFor("PARAMETER OR KEY")
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }

  @Test func aBoundKeyAndAThemeWorkInARealTerminal() throws {
    _ = try home.write("randmap/config", "theme = light\nbind.F5 = history\nmouse = no\n")
    let (console, sample) = try console()
    defer { _ = sample }
    // The ground of the light theme, in the nearest of 256 colours.
    #expect(try console.colouredScreen().contains("[48;5;"))
    try console.press("F5")
    try console.waitFor("Nothing was written yet")
    try console.type(":config theme dark")
    try console.press("Enter")
    try console.waitFor("theme = dark")
    try waitUntil("the file") { try readText(path).hasPrefix("theme = dark\n") }
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }

  @Test func productionWantsTheNameOfTheHost() throws {
    _ = try home.write("randmap/config", "production = yes\n")
    let (console, sample) = try console()
    let before = try readText(sample.file("outbound"))
    try console.waitFor("PRODUCTION")
    try chooseLastMember(of: console, "50.0%")
    try console.press("+")
    try console.waitFor("66.7%")
    try console.press("w")
    try console.waitFor("y write")
    try console.press("y")
    try console.waitFor("Name of this host")
    try console.type("elsewhere")
    try console.press("Enter")
    #expect(try readText(sample.file("outbound")) == before)
    try console.press("C-u")
    try console.type(try run("/bin/uname", ["-n"]).standardOutput.filter { $0 != "\n" })
    try console.waitFor("Enter writes")
    try console.press("Enter")
    try console.waitFor("written: ")
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }
}

/// What goes to the terminal beside the screen.
@Suite(.waits) struct TerminalModeTests {
  private func terminal(
    _ settings: String = "", environment: [String: String?] = [:]
  ) throws -> (PseudoTerminal, [TemporaryDirectory]) {
    let (home, sample) = (try TemporaryDirectory(), try copyOfSample("outbound"))
    try run("/bin/mkdir", [home.file("randmap")])
    _ = try home.write("randmap/config", settings)
    let variables: [String: String?] = [
      "XDG_CONFIG_HOME": home.path, "XDG_STATE_HOME": home.path, "MAIL_CONFIG": nil,
    ]
    let terminal = try PseudoTerminal(
      [randmapProgram(), "-c", sample.path], environment: variables.merging(environment) { $1 })
    try terminal.waitFor("[out-gw1.example]:25")
    return (terminal, [home, sample])
  }

  private func end(_ terminal: PseudoTerminal) throws -> String {
    try terminal.type("q")
    #expect(try terminal.waitForExit() == .exited(0))
    return String(decoding: terminal.bytes, as: UTF8.self)
  }

  @Test func whatIsTakenIsGivenBack() throws {
    let (terminal, kept) = try terminal()
    defer { _ = kept }
    let all = try end(terminal)
    for (on, off) in [
      ("\u{1B}[?1000h", "\u{1B}[?1000l"), ("\u{1B}[?1006h", "\u{1B}[?1006l"),
      ("\u{1B}[?2004h", "\u{1B}[?2004l"),
      ("\u{1B}[22;2t", "\u{1B}[23;2t"),
    ] {
      let (begin, end) = (all.firstRange(of: on), all.ranges(of: off).last)
      #expect(
        begin.map { begin in end.map { begin.lowerBound < $0.lowerBound } ?? false } == true,
        "\(on.debugDescription)")
    }
    #expect(all.contains("\u{1B}]2;randmap "))
  }

  @Test func theMouseAndTheTitleStayAsTheyAreWhereThatIsSet() throws {
    let (terminal, kept) = try terminal("mouse = no\ntitle = no\n")
    defer { _ = kept }
    let all = try end(terminal)
    #expect(!all.contains("[?1000h") && !all.contains("]2;"))
  }

  /// A terminal that answers gets each screen between two marks; one that does not gets none.
  @Test func screensComeAtOnceWhereTheTerminalSaysThatItCan() throws {
    let (terminal, kept) = try terminal()
    defer { _ = kept }
    try terminal.waitFor("\u{1B}[?2026$p")
    #expect(!String(decoding: terminal.bytes, as: UTF8.self).contains("[?2026h"))
    try terminal.type("\u{1B}[?2026;2$y2")
    try terminal.waitFor("MEMBER")
    try terminal.waitFor("\u{1B}[?2026l")
    let all = try end(terminal)
    #expect(all.contains("\u{1B}[?2026h"))
    #expect(all.ranges(of: "[?2026h").count <= all.ranges(of: "[?2026l").count)
  }

  @Test func aTerminalThatCannotIsAskedNothing() throws {
    let (terminal, kept) = try terminal(environment: ["TERM": "linux"])
    defer { _ = kept }
    let all = try end(terminal)
    #expect(!all.contains("$p") && !all.contains("[?1000h") && !all.contains("]2;") && !all.contains("2026"))
  }
}
