// The console as a person uses it: the real program in a real terminal, driven with keys.
import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct ConsoleTests {
  @Test func demoShowsTheStatesOfItsGatewaysWithoutAKeyPress() throws {
    let temporary = try TemporaryDirectory()
    let console = try openConsole(["--demo"], width: 100, height: 30, environment: ["TMPDIR": temporary.path])
    let screen = try console.waitFor("all five states") { screen in
      ["3 up", "1 REFUSED", "1 DOWN", "connection refused", "refuses us: 554"].allSatisfy(screen.contains)
    }
    #expect(screen.contains("sample"))
    #expect(try namesIn(temporary.path).count == 1)

    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
    #expect(try namesIn(temporary.path) == [])
  }

  /// Somebody else edits a pool file: the next key after some seconds, or half a minute, shows it.
  @Test func showsWhatOthersWrite() throws {
    let sample = try copyOfSample("outbound")
    let console = try openConsole(["-c", sample.path], width: 100, height: 30)
    try chooseLastMember(of: console, "50.0%")
    let text = try readText(sample.file("main.cf"))
    let (old, new) = ("!smtp:[out-gw2.example]", "!smtp:[out-gw2.example]!smtp:[out-gw2.example]")
    try sample.write("main.cf", text.replacing(old, with: new))
    try waitUntil("the new shares", limit: .seconds(30), seen: (try? console.screen()) ?? "") {
      () throws(TestFailure) in
      try console.press("Up", "Down")
      return try console.screen().contains("66.7%")
    }
    #expect(try !console.screen().contains("edited"))
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }

  @Test func changesAWeightWritesItAndLeavesTheRestAsItWas() throws {
    let sample = try copyOfSample("outbound")
    let before = try readFile(sample.file("main.cf"))
    let console = try openConsole(["-c", sample.path], width: 100, height: 30)
    try chooseLastMember(of: console, "50.0%")

    try console.press("+")
    let edited = try console.waitFor("66.7%")
    // Before and after, side by side.
    let row = edited.split(separator: "\n").last { $0.contains("66.7%") } ?? ""
    #expect(row.contains("50.0%"))
    #expect(edited.contains("33.3%"))
    #expect(edited.contains("edited"))
    #expect(try readFile(sample.file("main.cf")) == before)

    try console.press("w")
    let question = try console.waitFor("Write main.cf")
    #expect(question.contains("-relay_transport = randmap:!smtp:[out-gw1.example]!smtp:[out-gw2.example]"))
    #expect(question.contains("!smtp:[out-gw2.example]!smtp:[out-gw2.example]"))
    try console.press("y")
    try console.waitFor("written: main.cf")
    try console.waitUntilGone("edited")

    let text = String(decoding: before, as: UTF8.self)
    let member = "!smtp:[out-gw2.example]"
    let end = try #require(text.firstRange(of: member)).upperBound
    let wanted = text[..<end] + member + text[end...]
    #expect(try readText(sample.file("main.cf")) == wanted)
    for name in ["master.cf", "outbound"] {
      #expect(try readFile(sample.file(name)) == readFile(sampleDirectory("outbound") + "/" + name))
    }
    #expect(try namesIn(sample.path) == namesIn(sampleDirectory("outbound")))
    // Postfix's own tool sees what the console showed.
    let seen = try runSuccessfully(postfixTool("postconf"), ["-c", sample.path, "-h", "relay_transport"])
    #expect(seen == "randmap:!smtp:[out-gw1.example]!smtp:[out-gw2.example]!smtp:[out-gw2.example]\n")

    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
    let undone = try runRandmap(["undo", "-c", sample.path])
    #expect(undone.status == .exited(0), "\(undone.summary)")
    #expect(try readFile(sample.file("main.cf")) == before)
  }

  @Test func takesItsOwnWriteBack() throws {
    let sample = try copyOfSample("outbound")
    let before = try readFile(sample.file("main.cf"))
    let console = try openConsole(["-c", sample.path], width: 100, height: 30)
    try chooseLastMember(of: console, "50.0%")
    try console.press("+")
    try console.waitFor("66.7%")
    try console.press("w")
    try console.waitFor("Write main.cf")
    try console.press("y")
    try console.waitFor("written: main.cf")
    #expect(try readFile(sample.file("main.cf")) != before)

    try console.press("W")
    let question = try console.waitFor("Take the last write of main.cf back?")
    #expect(question.contains("+relay_transport = randmap:!smtp:[out-gw1.example]!smtp:[out-gw2.example]"))
    #expect(question.contains("and reload"))
    try console.press("y")
    try console.waitFor("taken back: main.cf")
    #expect(try readFile(sample.file("main.cf")) == before)
    try console.press("W")
    try console.waitFor("undo-write: nothing to undo")
    let log = try runRandmap(["log", "-c", sample.path])
    #expect(log.standardOutput.contains("taken back"), "\(log.summary)")
  }

  @Test func editsAnEntryOfATableAndRefusesWhatWouldNotWork() throws {
    let sample = try copyOfSample("inbound")
    let before = try readText(sample.file("transport"))
    let console = try openConsole(["-c", sample.path], width: 100, height: 30)
    try console.waitFor("1 Gateways")
    try console.press("3")
    try console.waitFor("example.org")
    try console.press("End", "e")
    try console.waitFor("[in-gw1.example],[in-gw2.example]")
    try console.press("C-u")
    try console.type("smtp:[in-gw2.example")
    try console.waitFor("missing \"]\"")
    try console.press("Enter")
    try console.type("],[in-gw1.example]")
    try console.waitFor("Enter takes it")
    try console.press("Enter", "w")
    try console.waitFor("Write transport")
    try console.press("y")
    let old = "smtp:[in-gw1.example],[in-gw2.example]"
    let place = try #require(before.firstRange(of: old))
    let wanted =
      before[..<place.lowerBound] + "smtp:[in-gw2.example],[in-gw1.example]" + before[place.upperBound...]
    try waitUntil("the table to be written") { try readText(sample.file("transport")) == wanted }
    let seen = try runSuccessfully(
      postfixTool("postmap"),
      ["-c", sample.path, "-q", "example.org", "texthash:" + sample.file("transport")])
    #expect(seen == "smtp:[in-gw2.example],[in-gw1.example]\n")
    #expect(
      try readFile(sample.file("main.cf")) == readFile(sampleDirectory("inbound") + "/main.cf"))
  }

  @Test func asksBeforeEditsAreLost() throws {
    let sample = try copyOfSample("outbound")
    let console = try openConsole(["-c", sample.path])
    try chooseLastMember(of: console, "50.0%")
    try console.press("+")
    try console.waitFor("66.7%")

    try console.press("q")
    try console.waitFor("Leave with 1 edit unwritten?")
    // The key that asked is no answer.
    try console.press("q")
    try console.waitUntilGone("Leave with")
    #expect(try console.exitStatus() == nil)

    try console.press("C-c")
    try console.waitFor("Leave with 1 edit unwritten?")
    try console.press("y")
    #expect(try console.waitForExit() == .exited(0))
    #expect(
      try readFile(sample.file("main.cf")) == readFile(sampleDirectory("outbound") + "/main.cf"))
  }

  @Test func takesAnEditBackAndMakesItAgain() throws {
    let sample = try copyOfSample("outbound")
    let console = try openConsole(["-c", sample.path])
    try chooseLastMember(of: console, "50.0%")
    try console.press("+")
    try console.waitFor("66.7%")
    try console.press("u")
    try console.waitUntilGone("66.7%")
    try console.press("U")
    try console.waitFor("66.7%")
    try console.press("u")
    try console.waitUntilGone("66.7%")
    // Nothing is edited any more, so nothing is asked.
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }

  @Test func checksAMemberAsItIsTyped() throws {
    let sample = try copyOfSample("outbound")
    let console = try openConsole(["-c", sample.path], width: 100, height: 30)
    try chooseLastMember(of: console, "50.0%")
    try console.press("a")
    try console.waitFor("such as smtp:[gw3.example]")
    try console.type("smtp:[out-gw9.example]")
    try console.waitFor("Enter takes it")
    try console.press("Enter")
    try console.waitFor("33.3%")

    try console.press("d")
    try console.waitFor("Enter alone: without an end")
    try console.press("Enter")
    try console.waitFor("drained")
    try console.press("w")
    try console.waitFor("Write main.cf")
    try console.press("Escape")
    try console.waitUntilGone("Write main.cf")
    #expect(
      try readFile(sample.file("main.cf")) == readFile(sampleDirectory("outbound") + "/main.cf"))
  }

  @Test func aPasteIsNoCommand() throws {
    let sample = try copyOfSample("outbound")
    let console = try openConsole(["-c", sample.path])
    try chooseLastMember(of: console, "50.0%")
    try console.paste("+d\nwyq")
    try console.waitFor("a paste is taken only where text is typed")
    #expect(!(try console.screen()).contains("edited"))
    #expect(try console.exitStatus() == nil)
  }

  @Test func readOnlyChangesNothing() throws {
    let sample = try copyOfSample("outbound")
    let console = try openConsole(["--read-only", "-c", sample.path])
    try chooseLastMember(of: console, "50.0%")
    try console.press("+")
    try console.waitFor("read-only: started with --read-only")
    #expect(!(try console.screen()).contains("66.7%"))
  }

  @Test func aDirectoryThatMayNotBeWrittenIsMarkedFromTheStart() throws {
    let sample = try copyOfSample("outbound")
    #expect(chmod(sample.path, 0o555) == 0)
    defer { chmod(sample.path, 0o755) }
    // What makes the superuser an ordinary owner of files.
    let command =
      geteuid() == 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] : ["env"]
    let console = try TerminalSession(
      ["-u", "MAIL_CONFIG", "-u", "NO_COLOR", "-u", "LC_ALL"] + command + [
        randmapProgram(), "-c", sample.path,
      ],
      width: 120, height: 30)
    try console.waitFor("read-only: sudo randmap")
    try chooseLastMember(of: console, "50.0%")
    try console.press("+")
    try console.waitFor("66.7%")
    try console.press("w")
    try console.waitFor("no permission to write \(sample.path)")
    try console.press("q", "y")
    #expect(try console.waitForExit() == .exited(0))
  }
}

/// Shows the pools, and goes to the last member of the last pool.
func chooseLastMember(of console: TerminalSession, _ share: String) throws {
  try console.waitFor("1 Gateways")
  try console.press("2")
  // The members of the pool file are there once all files are read: before that nothing can be edited.
  try console.waitFor("the pools") { screen in
    screen.contains(share)
      && screen.split(separator: "\n").count { $0.contains("smtp:[out-gw2.example]") } == 2
  }
  try console.press("End")
  try console.waitFor("the last row to be chosen") { screen in
    screen.split(separator: "\n").last { $0.contains("smtp:[out-gw2.example]") }?.hasPrefix("▸") == true
  }
}
