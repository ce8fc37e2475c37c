// What a probe says and when, without a network.

import Gateways
import Testing

@testable import Liveness
@testable import Routing

@Suite struct ConversationTests {
  private func conversation(_ mailProtocol: MailProtocol = .smtp, name: String = "relay.example")
    -> Conversation
  {
    Conversation(approach: Approach(mailProtocol: mailProtocol, heloName: name), limits: ProbeSettings())
  }

  @Test func goesThroughTheWholeConversation() {
    var talk = conversation()
    #expect(talk.receive("220-mx\r\n220-still waiting\r\n".utf8).isEmpty)
    #expect(talk.receive("220 go\r\n".utf8) == [.greeted, .send("EHLO relay.example\r\n")])
    #expect(
      talk.receive("250-mx\r\n250-SIZE 1000\r\n250 PIPELINING\r\n".utf8)
        == [.found(.answers), .send("QUIT\r\n")])
    #expect(talk.capabilities == ["SIZE 1000", "PIPELINING"])
    #expect(talk.receive("221 bye\r\n".utf8) == [.close])
    #expect(talk.connectionLost().isEmpty)
    #expect(
      written(talk) == [
        "< 220-mx", "< 220-still waiting", "< 220 go", "> EHLO relay.example", "< 250-mx", "< 250-SIZE 1000",
        "< 250 PIPELINING", "> QUIT", "< 221 bye",
      ])
  }

  private func written(_ talk: Conversation) -> [String] {
    talk.transcript.lines.map { "\($0.side.rawValue) \($0.text)" }
  }

  @Test func keepsATranscriptThatIsBoundedAndSafe() {
    var talk = conversation()
    _ = talk.receive("220 \u{1B}[2J\r\n".utf8)
    #expect(written(talk).first == "< 220 ?[2J")
    var long = conversation()
    _ = long.receive("220 mx\r\n".utf8)
    _ = long.receive((String(repeating: "250-X\r\n", count: 90) + "250 X\r\n").utf8)
    #expect(written(long).count == 61 && written(long).last == "* ...")
    var wide = conversation()
    _ = wide.receive("554 \(String(repeating: "x", count: 1000))\r\n".utf8)
    #expect(written(wide).first?.count == 202)
    var lost = conversation()
    _ = lost.receive("220 mx\r\n".utf8)
    _ = lost.connectionLost()
    #expect(written(lost).last == "* closed the connection in EHLO")
    var mute = conversation()
    _ = mute.receive("220 mx\r\n250 mx\r\n".utf8)
    _ = mute.timeOut()
    #expect(written(mute).suffix(2) == ["> QUIT", "* no answer to QUIT"])
  }

  @Test func saysLHLOToLMTP() {
    var talk = conversation(.lmtp)
    #expect(talk.receive("220 go\r\n".utf8) == [.greeted, .send("LHLO relay.example\r\n")])
    #expect(
      talk.receive("500 what\r\n".utf8)
        == [.found(.ehloRejected(Reply(code: 500, text: "what"))), .send("QUIT\r\n")])
  }

  @Test func triesHELOAsPostfixDoes() {
    var talk = conversation()
    _ = talk.receive("220 go\r\n".utf8)
    #expect(talk.receive("502 what\r\n".utf8) == [.send("HELO relay.example\r\n")])
    #expect(talk.receive("250 mx\r\n".utf8) == [.found(.answers), .send("QUIT\r\n")])
  }

  @Test func sendsNoCommandThatHidesInAName() {
    var talk = conversation(name: "a\r\nMAIL FROM:<>")
    #expect(talk.receive("220 go\r\n".utf8) == [.greeted, .send("EHLO a??MAIL FROM:<>\r\n")])
  }

  @Test func hangsUpAfter421WithoutAWord() {
    var talk = conversation()
    let busy = ProbeFinding.busy(Reply(code: 421, text: "too busy"))
    #expect(talk.receive("421 too busy\r\n".utf8) == [.greeted, .found(busy), .close])
  }

  @Test func quitsAfterA5xxGreeting() {
    var talk = conversation()
    let refused = ProbeFinding.refusedUs(Reply(code: 554, text: "no no"))
    #expect(talk.receive("554-no\r\n554 no\r\n".utf8) == [.greeted, .found(refused), .send("QUIT\r\n")])
  }

  @Test func takesNothingBackAfterQuit() {
    for end in ["", "garbage\r\n", "500 what\r\n"] {
      var talk = conversation()
      _ = talk.receive("220 go\r\n250 ok\r\n".utf8)
      let actions = end.isEmpty ? talk.connectionLost() : talk.receive(end.utf8)
      #expect(actions == [.close], "\(end)")
    }
  }

  @Test func showsOnlyAnExcerptOfALongText() throws {
    var talk = conversation()
    let actions = talk.receive(("554 " + String(repeating: "x", count: 2000) + "\r\n").utf8)
    guard case .found(.refusedUs(let reply))? = actions.dropFirst().first else {
      Issue.record("not refused: \(actions)")
      return
    }
    #expect(reply.text.count == 300)
  }

  @Test func tellsSilenceFromForeignTalk() {
    var silent = conversation()
    #expect(silent.timeOut() == [.found(.timedOut(.greeting)), .close])
    var foreign = conversation()
    #expect(foreign.receive("SSH-2.0".utf8).isEmpty)
    #expect(foreign.timeOut() == [.found(.notSMTP("SSH-2.0")), .close])
    var late = conversation()
    _ = late.receive("220 go\r\n".utf8)
    #expect(late.connectionLost() == [.found(.closedEarly(.ehlo)), .close])
  }

  /// What is found where the answer to EHLO is this.
  private func finding(
    _ answer: String, size: Int = 1000, port: Int = 25, _ mailProtocol: MailProtocol = .smtp
  ) -> ProbeFinding? {
    var settings = ProbeSettings()
    settings.ownName = "relay.example"
    settings.messageSizeLimit = size
    var talk = Conversation(
      approach: Approach(mailProtocol: mailProtocol, heloName: "lane.example"), limits: settings,
      isOnMailPort: port == 25)
    _ = talk.receive("220 mx\r\n".utf8)
    let actions = talk.receive(answer.utf8)
    #expect(actions.last == .send("QUIT\r\n"))
    guard case .found(let finding)? = actions.first else { return nil }
    return finding
  }

  @Test func knowsItselfAgain() {
    #expect(finding("250 Relay.Example at your service\r\n") == .loopsBack("relay.example"))
    #expect(ProbeFinding.loopsBack("relay.example").state == .down)
    #expect(finding("250 relay.example.org\r\n") == .answers)
    // A content filter, or another instance.
    #expect(finding("250 relay.example\r\n", port: 10025) == .answers)
    #expect(finding("250 relay.example\r\n", .lmtp) == .answers)
  }

  @Test func comparesTheSizes() {
    #expect(finding("250-mx\r\n250 SIZE 999\r\n") == .sizeTooSmall(offered: 999, limit: 1000))
    #expect(ProbeFinding.sizeTooSmall(offered: 999, limit: 1000).state == .degraded)
    for answer in ["250-mx\r\n250 size 1000\r\n", "250-mx\r\n250 SIZE 0\r\n", "250-mx\r\n250 SIZE\r\n"] {
      #expect(finding(answer) == .answers, "\(answer)")
    }
    #expect(finding("250-mx\r\n250 SIZE 999\r\n", size: 0) == .answers)
  }
}
