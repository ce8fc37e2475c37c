// The way in through the console, in a real terminal: from one relayhost to a written pool in a few keys.

import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct SharingMailTests {
  private func directory(_ main: String) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "myhostname = mx.here.example\n" + main)
    try directory.write(
      "master.cf", "smtp unix - - n - - smtp\nrelay unix - - n - - smtp\nlocal unix - n n - - local\n")
    return directory
  }

  private func open(_ directory: TemporaryDirectory, _ state: TemporaryDirectory) throws -> TerminalSession {
    try openConsole(
      ["-c", directory.path], width: 120, height: 30, environment: ["XDG_STATE_HOME": state.path])
  }

  @Test func fromOneRelayhostToAWrittenPool() throws {
    let (directory, state) = (try directory("relayhost = [127.0.0.2]:2525\n"), try TemporaryDirectory())
    let console = try open(directory, state)
    try console.waitFor("[127.0.0.2]:2525")
    // 12 keys beside the name of the gateway.
    try console.press("n")
    try console.waitFor("outbound [127.0.0.2]:2525")
    try console.press("BSpace")
    try console.type("=70 [127.0.0.3]:2525=30")
    try console.waitFor("smtp:[127.0.0.2]:2525 70.0%, smtp:[127.0.0.3]:2525 30.0%")
    try console.press("Enter")
    try console.waitFor("edited")
    try console.press("w")
    try console.waitFor("Write main.cf")
    try console.press("y")
    try console.waitFor("written: main.cf")
    #expect(try readText(directory.file("main.cf")).contains("sender_dependent_relayhost_maps"))
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }

  @Test func aOnOneGatewayOpensTheLineAndArrowsChooseTheMail() throws {
    let (directory, state) = (
      try directory("relay_domains = relay.example\nrelayhost = [127.0.0.2]:2525\n"), try TemporaryDirectory()
    )
    let console = try open(directory, state)
    try console.waitFor("[127.0.0.2]:2525")
    try console.press("2")
    try console.waitFor("one destination")
    try console.press("a")
    try console.waitFor("relayhost [127.0.0.2]:2525")
    try console.press("Down")
    try console.waitFor("outbound")
    try console.press("Down")
    try console.waitFor("class:relay")
    try console.press("Escape")
    try console.waitUntilGone("class:relay")
    #expect(try !readText(directory.file("main.cf")).contains("randmap"))
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }
}
