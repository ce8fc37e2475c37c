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

  /// Presses keys that are counted, beside the name of the new gateway.
  private struct CountedKeys {
    let console: TerminalSession
    var count = 0

    mutating func press(_ keys: String...) throws {
      for key in keys { try console.press(key) }
      count += keys.count
    }
  }

  @Test func fromOneRelayhostToAWrittenPool() throws {
    let (directory, state) = (try directory("relayhost = [127.0.0.2]:2525\n"), try TemporaryDirectory())
    let before = try readFile(directory.file("main.cf"))
    let gateway = try SmtpSink()
    let console = try open(directory, state)
    try console.waitFor("[127.0.0.2]:2525")
    var keys = CountedKeys(console: console)
    try keys.press("n")
    try console.waitFor("all mail to the outside")
    try keys.press("Enter")
    try console.waitFor("this is how it is today")
    let name = "[\(gateway.address.host)]:\(gateway.address.port)"
    try console.type(name)
    // It is probed as one types.
    try console.waitFor("up  ")
    try keys.press("=", "3", "0", "%")
    try console.waitFor("70.0%")
    try keys.press("Enter")
    let preview = try console.waitFor("Where mail goes")
    #expect(preview.contains("smtp:[127.0.0.2]:2525 70.0%, smtp:\(name) 30.0%"))
    #expect(preview.contains("as before: local:mx.here.example"))
    #expect(try readFile(directory.file("main.cf")) == before)
    try keys.press("w")
    try console.waitFor("Write main.cf")
    try keys.press("y")
    try console.waitFor("written: main.cf")
    #expect(keys.count <= 15, "\(keys.count) keys")
    #expect(try readText(directory.file("main.cf")).contains("sender_dependent_relayhost_maps"))
    let route = try runRandmap(["route", "-c", directory.path, "someone@elsewhere.example"])
    #expect(route.standardOutput.contains("70.0%"), "\(route.summary)")
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
    let undone = try runRandmap(
      ["undo", "-c", directory.path], environment: ["XDG_STATE_HOME": state.path])
    #expect(undone.status == .exited(0), "\(undone.summary)")
    #expect(try readFile(directory.file("main.cf")) == before)
  }

  /// From the preview of the dialogue to a Postfix that goes by it.
  private func writeAndReload(_ console: TerminalSession, _ lab: PostfixLab) throws {
    try console.waitFor("Where mail goes")
    try console.press("w")
    try console.waitFor("Write ")
    try console.press("r")
    try console.waitFor("written: ")
    try waitUntil("the reload", seen: lab.log) { lab.log.contains("reload") }
  }

  /// The same beside a Postfix that runs, for each kind of mail.
  @Test(arguments: PoolCall.all)
  func aPoolFromTheConsoleSharesTheMail(call: PoolCall) throws {
    let scene = try PoolCallScene(call)
    let lab = scene.lab
    let console = try openConsole(
      ["-c", lab.configDirectory], width: 120, height: 40,
      environment: scene.state.merging(["XDG_CONFIG_HOME": lab.queueDirectory]) { $1 })
    // Before the tables are read, nothing can be edited.
    try console.waitFor("the gateways") { $0.contains("GATEWAY  ") || $0.contains("No gateway is named") }
    try console.press("n")
    try console.waitFor("all mail to the outside")
    try console.type(call.arguments[0])
    try console.press("Enter")
    try console.waitFor("GATEWAY  ")
    try console.paste(scene.named(call.typed))
    try console.waitFor("the shares") { screen in
      call.shares.allSatisfy { screen.contains("\(Int($0 * 100)).0%") }
    }
    try console.press("Enter")
    try writeAndReload(console, lab)
    try scene.expectSharing()
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
    try scene.expectUndoLeadsBack()
  }

  /// Lanes of this host's addresses, by the line of commands.
  @Test func lanesFromTheConsoleSendFromTheirAddresses() throws {
    let gateway = try SmtpSink()
    let lab = try PostfixLab(main: "relayhost = \(gateway.address)")
    let first = try lab.configuration()
    let state = ["XDG_CONFIG_HOME": lab.queueDirectory, "XDG_STATE_HOME": lab.queueDirectory]
    let console = try openConsole(["-c", lab.configDirectory], width: 120, height: 40, environment: state)
    try console.waitFor("1 up")
    try console.type(":pool outbound lane:127.0.0.1=3 lane:127.0.0.2=1")
    try console.waitFor("Enter shows what changes")
    try console.press("Enter")
    try writeAndReload(console, lab)
    try lab.send(300, to: "user@far.example")
    try lab.waitUntilDrained()
    let messages = gateway.messages
    for (address, share) in [("127.0.0.1", 0.75), ("127.0.0.2", 0.25)] {
      let count = messages.count { $0.contains("X-Client-Addr: \(address)\n") }
      #expect(isFair(count, of: 300, share: share), "\(address): \(count)")
    }
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
    let undone = try runRandmap(["undo", "-c", lab.configDirectory], environment: state)
    #expect(undone.status == .exited(0), "\(undone.summary)")
    #expect(try lab.configuration() == first)
  }

  @Test func everyStepGoesBackWithRealKeys() throws {
    let (directory, state) = (
      try directory("relay_domains = relay.example\nrelayhost = [127.0.0.2]:2525\n"), try TemporaryDirectory()
    )
    let console = try open(directory, state)
    try console.waitFor("[127.0.0.2]:2525")
    try console.press("2")
    try console.waitFor("one destination")
    try console.press("a")
    try console.waitFor("the mail of relayhost")
    try console.type("[127.0.0.3]:2525 30%")
    try console.waitFor("70.0%")
    try console.press("Enter")
    try console.waitFor("Where mail goes")
    try console.press("Left")
    try console.waitFor("Enter shows what changes")
    try console.press("Escape")
    try console.waitFor("mail for the relay domains")
    try console.press("Down", "Enter")
    try console.waitFor("mail for the relay domains")
    try console.press("Escape")
    try console.waitFor("Which mail")
    try console.press("Escape")
    try console.waitFor("left as it is")
    #expect(try !readText(directory.file("main.cf")).contains("randmap"))
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }

  @Test func aPastedListMakesAPool() throws {
    let (directory, state) = (try directory("relayhost = [127.0.0.2]:2525\n"), try TemporaryDirectory())
    let console = try open(directory, state)
    try console.waitFor("[127.0.0.2]:2525")
    try console.press("n", "Enter")
    try console.waitFor("this is how it is today")
    try console.paste("[127.0.0.3]:2525 2\n[127.0.0.4]:2525 1\n")
    try console.waitFor("25.0%")
    try console.press("Enter")
    try console.waitFor("Where mail goes")
    try console.press("k")
    try console.waitFor("edited")
    try console.press("q")
    try console.waitFor("Leave with 1 edit unwritten?")
    try console.press("y")
    #expect(try console.waitForExit() == .exited(0))
  }

  /// In a terminal: the line that is missing comes while the preview is open.
  @Test func thePreviewInATerminalKnowsTheFilesAsTheyAre() throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      "relayhost = [127.0.0.2]:2525\n"
        + "smtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = texthash:\(directory.path)/sasl\n")
    try directory.write("sasl", "[127.0.0.2]:2525 user:secret\n")
    let console = try openConsole(
      ["-c", directory.path], width: 120, height: 40, environment: ["XDG_STATE_HOME": directory.file("state")]
    )
    try console.waitFor("GATEWAY  ")
    try console.press("n")
    try console.waitFor("all mail to the outside")
    try console.press("Enter")
    try console.waitFor("add a gateway, such as")
    try console.type("[127.0.0.3]:2525=30%")
    try console.waitFor("has no entry in")
    try console.press("Enter")
    try console.waitFor("Where mail goes")
    try console.waitFor("[127.0.0.3]:2525 has no entry in")
    try directory.write("sasl", "[127.0.0.2]:2525 user:secret\n[127.0.0.3]:2525 user:secret\n")
    try console.press("w")
    let question = try console.waitFor("Write main.cf in ")
    #expect(!question.contains("has no entry in"), "\(question)")
    try console.press("y")
    try console.waitFor("written: ")
    try console.press("q")
    #expect(try console.waitForExit() == .exited(0))
  }
}
