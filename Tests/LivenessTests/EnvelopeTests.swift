// A gateway that is asked about one recipient: what is said, and that no message follows.

import Gateways
import Synchronization
import TestSupport
import TestTraits
import Testing

@testable import Liveness
@testable import Routing

@Suite struct EnvelopeTests {
  private func conversation(_ level: TLSPolicy.Level = .none, to recipient: String? = "u@example.com")
    -> Conversation
  {
    Conversation(
      approach: Approach(heloName: "relay.example", tls: TLSPolicy(level)), limits: ProbeSettings(),
      recipient: recipient)
  }

  /// Up to the answer to EHLO.
  private func greeted(_ level: TLSPolicy.Level = .none, offers: String = "250 mx\r\n") -> (
    Conversation, [Conversation.Action]
  ) {
    var talk = conversation(level)
    _ = talk.receive("220 mx\r\n".utf8)
    let actions = talk.receive(offers.utf8)
    return (talk, actions)
  }

  @Test func goesAsFarAsTheRecipient() {
    var (talk, actions) = greeted()
    #expect(actions == [.send("MAIL FROM:<>\r\n")])
    #expect(talk.receive("250 ok\r\n".utf8) == [.send("RCPT TO:<u@example.com>\r\n")])
    #expect(talk.receive("250 2.1.5 Ok\r\n".utf8) == [.send("RSET\r\n")])
    #expect(talk.receive("250 ok\r\n".utf8) == [.found(.answers), .send("QUIT\r\n")])
    #expect(talk.receive("221 bye\r\n".utf8) == [.close])
    #expect(talk.recipientAnswer == .taken(Reply(code: 250, text: "2.1.5 Ok")))
  }

  @Test func aRefusalIsOfTheRecipientOrOfTheSender() {
    var (talk, _) = greeted()
    _ = talk.receive("250 ok\r\n".utf8)
    #expect(talk.receive("550 5.1.1 who\r\n".utf8) == [.send("RSET\r\n")])
    #expect(talk.recipientAnswer?.words == "refuses it after RCPT TO: 550 5.1.1 who")
    var (other, _) = greeted()
    #expect(other.receive("530 login first\r\n".utf8) == [.send("RSET\r\n")])
    #expect(other.recipientAnswer?.words == "refuses it after MAIL FROM: 530 login first")
    var (busy, _) = greeted()
    _ = busy.receive("250 ok\r\n".utf8)
    #expect(busy.receive("421 later\r\n".utf8) == [.found(.answers), .close])
    #expect(busy.recipientAnswer?.words == "defers it after RCPT TO: 421 later")
  }

  /// Mail would not go there either.
  @Test func nothingIsAskedWhereTLSIsMandatoryAndMissing() {
    let (talk, actions) = greeted(.encrypt)
    #expect(actions == [.found(.answers), .send("QUIT\r\n")])
    #expect(
      talk.recipientAnswer?.words == "no answer: not asked, as TLS is mandatory here: does not offer STARTTLS"
    )
    var (declined, start) = greeted(.encrypt, offers: "250-mx\r\n250 STARTTLS\r\n")
    #expect(start == [.send("STARTTLS\r\n")])
    #expect(declined.receive("454 not now\r\n".utf8) == [.found(.answers), .send("QUIT\r\n")])
    var (opportune, _) = greeted(.may, offers: "250-mx\r\n250 STARTTLS\r\n")
    #expect(opportune.receive("454 not now\r\n".utf8) == [.send("MAIL FROM:<>\r\n")])
    // The transport uses no TLS, so neither does this.
    #expect(greeted(.none, offers: "250-mx\r\n250 STARTTLS\r\n").1 == [.send("MAIL FROM:<>\r\n")])
  }

  /// With a certificate for another host, signed by nobody. Where Postfix would look at it first, the address is not said.
  @Test(arguments: [
    (TLSPolicy.Level.may, true), (.dane, true), (.encrypt, true), (.verify, false), (.secure, false),
    (.fingerprint, false), (.daneOnly, false),
  ])
  func anAddressIsNotSaidBehindAnUncheckedCertificate(level: TLSPolicy.Level, isAsked: Bool) {
    var (talk, start) = greeted(level, offers: "250-mx\r\n250 STARTTLS\r\n")
    #expect(start == [.send("STARTTLS\r\n")])
    #expect(talk.receive("220 go\r\n".utf8) == [.startTLS])
    let certificate = Certificate(names: ["other.example"], expires: 86_400, now: 0)
    #expect(talk.tlsEstablished(certificate) == [.send("EHLO relay.example\r\n")])
    let actions = talk.receive("250 mx\r\n".utf8)
    #expect(actions == (isAsked ? [.send("MAIL FROM:<>\r\n")] : [.found(.answers), .send("QUIT\r\n")]))
    #expect(
      talk.recipientAnswer?.words
        == (isAsked
          ? nil
          : "no answer: not asked: at TLS level \(level.rawValue) Postfix checks the certificate first, and this test does not")
    )
  }

  @Test func silenceSaysAfterWhat() {
    var (talk, _) = greeted()
    _ = talk.receive("250 ok\r\n".utf8)
    #expect(talk.timeOut() == [.found(.answers), .close])
    #expect(talk.recipientAnswer?.words == "no answer: timed out after RCPT TO")
    var mute = conversation()
    #expect(mute.timeOut() == [.found(.timedOut(.greeting)), .close])
    #expect(mute.recipientAnswer?.words == "no answer: timed out waiting for the greeting")
  }

  @Test func noCommandHidesInTheAddress() {
    var talk = conversation(to: "u@example.com>\r\nDATA")
    _ = talk.receive("220 mx\r\n250 mx\r\n".utf8)
    #expect(talk.receive("250 ok\r\n".utf8) == [.send("RCPT TO:<u@example.com>??DATA>\r\n")])
  }

  @Test func aProbeAsksAboutNobody() {
    var talk = conversation(to: nil)
    _ = talk.receive("220 mx\r\n".utf8)
    #expect(talk.receive("250 mx\r\n".utf8) == [.found(.answers), .send("QUIT\r\n")])
    #expect(talk.recipientAnswer == nil)
  }
}

@Suite(.waits, .timeLimit(.minutes(10))) struct AskedGatewayTests {
  /// The server writes down all that it hears: a DATA would be there.
  @Test func aGatewayHearsAnEnvelopeAndNoMessage() throws {
    let server = try ScriptedServer([
      .send("220 mx\r\n"), .hear, .send("250 mx\r\n"), .hear, .send("250 ok\r\n"), .hear,
      .send("250 2.1.5 Ok\r\n"), .hear, .send("250 ok\r\n"), .hear, .send("221 bye\r\n"), .close,
    ])
    defer { server.stop() }
    let watch = Watch { _ in }
    defer { watch.shutdown() }
    let found = Mutex<[Approach: [Reading]]?>(nil)
    watch.ask([Target(server.gateway(), approach)], for: "u@example.com") { readings in
      found.withLock { $0 = readings }
    }
    try waitUntil("an answer") { found.withLock { $0 != nil } }
    let reading = try #require(found.withLock { $0?[approach]?.first })
    #expect(reading.recipient == .taken(Reply(code: 250, text: "2.1.5 Ok")))
    try waitUntil("the connection to end") { server.seen.connections == 0 }
    #expect(
      server.seen.transcript.filter { $0.hasPrefix("C: ") } == [
        "C: EHLO relay.example", "C: MAIL FROM:<>", "C: RCPT TO:<u@example.com>", "C: RSET", "C: QUIT",
      ])
  }
}
