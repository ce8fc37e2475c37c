// A login in a member: no count and no line of the agent's log has it. The answer to a lookup does, since Postfix needs it.
import PostfixFiles
import Routing
import TestSupport
import Testing
import Threads

@testable import Agent

@Suite struct AgentSecretsTests {
  @Test func aLoginInAPoolOfNextHopsIsInNoCount() throws {
    let directory = try TemporaryDirectory()
    let login = "me:Geheim9@127.0.0.1"
    try directory.write("master.cf", "smtp unix - - n - - smtp\n")
    try directory.write(
      "table", "e.test smtp:randmap:!\(login)![127.0.0.5]\nf.test randmap:xsmtp:\(login)xsmtp:[127.0.0.5]\n")
    try directory.write(
      "main.cf",
      "transport_maps = texthash:\(directory.path)/table\nhops = randmap:!\(login)![127.0.0.5]\n"
        + "sender_dependent_relayhost_maps = socketmap:inet:127.0.0.1:9:nexthop=hops\n")
    let log = Mailbox<String>()
    let setup = try AgentSetup(directory: directory.path, environment: Environment())
    let dispatcher = Dispatcher(setup, stickiness: .none, on: SocketLoop()) { log.post($0) }
    var answers = ""
    for _ in 0..<20 {
      for question in [
        "table=\(directory.path)/table u@e.test", "table=\(directory.path)/table u@f.test",
        "nexthop=hops u@x.test",
      ] {
        dispatcher.lookup(Bytes(question.utf8), from: .anybody) { answers += $0.payload + "\n" }
      }
    }
    #expect(answers.contains("OK "))
    var pieces = StatusPieces(.metrics, dispatcher.snapshot)
    var text = Bytes()
    while let piece = pieces.next() { text += piece }
    #expect(text.text.contains("127.0.0.5") && !text.text.contains("Geheim9"), "\(text.text)")
    #expect(!log.empty().joined().contains("Geheim9"))
  }
}
