// What the console hands out: its terminal to an editor, and what is chosen to the clipboard.

import Glibc
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct ConsoleHandingOutTests {
  private func directory() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "myhostname = mx.here.example\nrelayhost = [127.0.0.2]:2525\n")
    return directory
  }

  /// A small editor: it says what it was given, waits for a line from the terminal, and writes that into the file.
  private func editor(_ directory: TemporaryDirectory) throws -> String {
    try directory.write(
      "edit", "#!/bin/sh\necho \"EDITOR $1 $2 $3\"\nfor file; do :; done\nhead -n 1 >> \"$file\"\n")
    let path = directory.file("edit")
    #expect(chmod(path, 0o755) == 0)
    return path
  }

  @Test func anEditorGetsTheTerminalAndWhatItWroteIsRead() throws {
    let (directory, tools, state) = (try directory(), try TemporaryDirectory(), try TemporaryDirectory())
    let editor = try editor(tools)
    let console = try openConsole(
      ["-c", directory.path], width: 100, height: 30,
      environment: ["VISUAL": "\(editor) --with-option", "XDG_STATE_HOME": state.path])
    try console.waitFor("[127.0.0.2]:2525")
    try console.press("3")
    try console.waitFor("relayhost")
    try console.press("o")
    try console.waitFor("EDITOR --with-option +2 \(directory.file("main.cf"))")
    try console.type("default_transport = smtp:[127.0.0.3]:2525")
    try console.press("Enter")
    // The screen is the console's again, with what is in the file now.
    try console.waitFor("default_transport")
    try console.waitFor("3 Routes")
    #expect(try !console.screen().contains("EDITOR"))

    // With an edit: what to do with it is asked at once, and both sides stay.
    try console.press("Home", "e")
    try console.waitFor("Enter takes it")
    try console.press("BSpace")
    try console.type("6")
    try console.press("Enter")
    try console.waitFor("edited")
    try console.press("o")
    try console.waitFor("EDITOR --with-option")
    try console.type("# by hand")
    try console.press("Enter")
    try console.waitFor("Read it again and make the edit on that?")
    try console.press("y")
    try console.waitFor("every edit is made on the new text")
    try console.press("w")
    try console.waitFor("Write main.cf")
    try console.press("y")
    try console.waitFor("written: main.cf")
    let text = try readText(directory.file("main.cf"))
    #expect(text.contains("# by hand\n") && text.contains("2526"), "\(text)")
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }

  @Test func anEditorThatIsNotThereIsSaid() throws {
    let (directory, state) = (try directory(), try TemporaryDirectory())
    let console = try openConsole(
      ["-c", directory.path], width: 100, height: 30,
      environment: ["VISUAL": "/nowhere/editor", "XDG_STATE_HOME": state.path])
    try console.waitFor("[127.0.0.2]:2525")
    try console.press("3", "o")
    try console.waitFor("no editor /nowhere/editor: set VISUAL or EDITOR")
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }

  /// Suspended while an editor has the terminal: neither hangs, whatever the keys.
  @Test func theEditorIsNotStopped() throws {
    let (directory, tools, state) = (try directory(), try TemporaryDirectory(), try TemporaryDirectory())
    let console = try openConsole(
      ["-c", directory.path], width: 100, height: 30,
      environment: ["VISUAL": try editor(tools), "XDG_STATE_HOME": state.path])
    try console.waitFor("[127.0.0.2]:2525")
    try console.press("3", "o")
    try console.waitFor("EDITOR")
    try console.press("C-z")
    try console.type("# after ^Z")
    try console.press("Enter")
    try console.waitFor("3 Routes")
    #expect(try readText(directory.file("main.cf")).contains("# after ^Z"))
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }

  @Test func copyIsSentToTheTerminal() throws {
    let (directory, state) = (try directory(), try TemporaryDirectory())
    let terminal = try PseudoTerminal(
      [randmapProgram(), "-c", directory.path],
      environment: ["XDG_STATE_HOME": state.path, "MAIL_CONFIG": nil])
    func seen(_ text: String) -> Bool { String(decoding: terminal.bytes, as: UTF8.self).contains(text) }
    try waitUntil("the gateway") {
      terminal.read(until: .now + .milliseconds(100))
      return seen("[127.0.0.2]:2525")
    }
    try terminal.type("y")
    // base64 of [127.0.0.2]:2525
    try waitUntil("the clipboard") {
      terminal.read(until: .now + .milliseconds(100))
      return seen("\u{1B}]52;c;WzEyNy4wLjAuMl06MjUyNQ==\u{07}")
    }
    try terminal.type("q")
  }
}
