// A real gateway that is asked about a recipient: it answers, and no message comes.

import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct TryAddressTests {
  /// What the console says of a gateway after `@` and an address.
  private func answer(of gateway: LoopbackAddress) throws -> String {
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", "relayhost = \(gateway)\n")
    let console = try openConsole(
      ["-c", directory.path], width: 120, height: 40,
      environment: ["XDG_STATE_HOME": directory.file("state")])
    try console.waitFor("+ up")
    try console.press("@")
    try console.type("user@example.com")
    try console.waitFor("and no message")
    try console.press("Enter")
    return try console.waitFor("an answer") { $0.contains(" it: 250") || $0.contains(" it after ") }
  }

  /// Postfix says in its log which commands it has got.
  private func commands(_ lab: PostfixLab) throws -> String {
    try TestSupport.waitFor("the end of the session") {
      lab.log.split(separator: "\n").last { $0.contains("disconnect from") && $0.contains(" mail=") }
        .map(String.init)
    }
  }

  @Test func aPostfixThatTakesItGetsNoMessage() throws {
    let lab = try PostfixLab(main: "relayhost = [127.0.0.1]:9\n")
    let screen = try answer(of: lab.address)
    #expect(screen.contains("user@example.com: takes it: 250 2.1.5 Ok"), "\(screen)")
    let commands = try commands(lab)
    #expect(commands.contains(" mail=1 rcpt=1 rset=1 quit=1") && !commands.contains("data="), "\(commands)")
  }

  @Test func aPostfixThatRefusesItSaysWhy() throws {
    let lab = try PostfixLab(main: "smtpd_recipient_restrictions = reject\n")
    let screen = try answer(of: lab.address)
    #expect(screen.contains("refuses it after RCPT TO: 554 5.7.1"), "\(screen)")
    #expect(try !commands(lab).contains("data="))
  }
}
