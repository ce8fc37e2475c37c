// The delivery protocol as bytes: what the agent reads, passes on and answers.
import PostfixFiles
import TestSupport
import Testing

@testable import Agent

/// A request as the queue manager of Postfix 3.7 writes it, with an attribute of a release to come.
func requestBytes(nextHop: String, recipients: [String], extra: String = "of-the-future") -> Bytes {
  var bytes = Bytes()
  for (name, value) in [
    ("flags", "3"), ("queue_name", "active"), ("queue_id", "4Xabc"), ("offset", "217"), ("size", "1048"),
    ("nexthop", nextHop), ("encoding", "8bit"), ("sendopts", "0"), ("sender", "a@b.example"),
    ("envelope_id", ""), ("ret_flags", "0"), (extra, "kept=\u{E4}"), ("rewrite_context", "local"),
    ("recipient_count", String(recipients.count)),
  ] { bytes.append(attribute: name, value) }
  bytes.appendEndOfList()
  for recipient in recipients {
    bytes.append(attribute: "original_recipient", recipient)
    bytes.append(attribute: "recipient", recipient)
    bytes.append(attribute: "offset", "500")
    bytes.append(attribute: "dsn_orig_rcpt", "rfc822;x")
    bytes.append(attribute: "notify_flags", "0")
    bytes.appendEndOfList()
  }
  return bytes
}

private func read(_ bytes: Bytes, inPiecesOf size: Int) throws(ProtocolError) -> DeliveryRequest? {
  var reader = DeliveryRequest.Reader()
  var result: DeliveryRequest?
  for start in stride(from: 0, to: bytes.count, by: size) {
    result = try reader.receive(bytes[start..<min(start + size, bytes.count)])
  }
  return result
}

@Suite struct ProtocolTests {
  @Test(arguments: [1, 2, 7, 100, 100_000])
  func readsARequestInPiecesOfAnySize(size: Int) throws {
    let bytes = requestBytes(nextHop: "!smtp:[a]!smtp:[b]", recipients: ["x@c.example", "y@d.example"])
    let request = try #require(try read(bytes, inPiecesOf: size))
    #expect(request.nextHop == Bytes("!smtp:[a]!smtp:[b]".utf8))
    #expect(request.queueID == "4Xabc")
    #expect(request.sender == "a@b.example")
    #expect(request.recipients == ["x@c.example", "y@d.example"])
  }

  @Test func passesOnEverythingButTheNextHop() throws {
    let bytes = requestBytes(nextHop: "!smtp:[a]", recipients: ["x@c.example", "y@d.example"])
    let request = try #require(try read(bytes, inPiecesOf: 50))
    #expect(request.passedOn(to: "!smtp:[a]") == bytes)
    #expect(
      request.passedOn(to: "[a],[b]")
        == requestBytes(nextHop: "[a],[b]", recipients: ["x@c.example", "y@d.example"]))
    #expect(
      request.passedOn(to: "d.example", recipients: [1])
        == requestBytes(nextHop: "d.example", recipients: ["y@d.example"]))
  }

  @Test func aRequestThatIsCutShortIsNeverTakenForOne() throws {
    let bytes = requestBytes(nextHop: "!smtp:[a]", recipients: ["x@c.example", "y@d.example"])
    for end in 0..<bytes.count {
      var reader = DeliveryRequest.Reader()
      #expect(try reader.receive(bytes[..<end]) == nil)
    }
  }

  @Test func refusesWhatIsNoRequest() {
    func problem(_ bytes: Bytes) -> ProtocolError? {
      do throws(ProtocolError) {
        _ = try read(bytes, inPiecesOf: 65_536)
        return nil
      } catch { return error }
    }
    func head(_ attributes: [(String, String)]) -> Bytes {
      var bytes = Bytes()
      for (name, value) in attributes { bytes.append(attribute: name, value) }
      bytes.appendEndOfList()
      return bytes
    }
    #expect(problem([0]) == .missing("recipient_count"))
    #expect(problem(head([("recipient_count", "-1")])) == .notANumber("recipient_count"))
    #expect(problem(head([("recipient_count", "1x")])) == .notANumber("recipient_count"))
    #expect(problem(head([("recipient_count", "99999999999999999999")])) == .notANumber("recipient_count"))
    #expect(problem(head([("recipient_count", "1000001")])) == .tooManyRecipients)
    #expect(problem(head([("recipient_count", "1")]) + [0]) == .emptyRecipient)
    let whole = requestBytes(nextHop: "!smtp:[a]", recipients: ["x@c.example"])
    #expect(problem(whole + [65]) == .trailingBytes)
    #expect(problem(Bytes(repeating: 65, count: 2_000)) == .nameTooLong)
    #expect(problem(Bytes("nexthop\0".utf8) + Bytes(repeating: 65, count: 2 << 20)) == .valueTooLong)
    #expect(problem(Bytes((0..<2_000).map { _ in "a\0b\0" }.joined().utf8)) == .tooManyAttributes)
    let endless = Bytes(
      requestBytes(nextHop: "!smtp:[a]", recipients: ["x"]).text
        .replacing("recipient_count\01", with: "recipient_count\0999999").utf8)
    #expect(throws: ProtocolError.tooLong(limit: 10_000)) {
      var reader = DeliveryRequest.Reader(limit: 10_000)
      _ = try reader.receive(endless)
      for _ in 0..<10_000 { _ = try reader.receive(Bytes("recipient\0x\0\0".utf8)) }
    }
  }

  @Test func noRandomBytesBreakTheReaders() {
    var generator = SeededGenerator(seed: 6)
    let alphabet = Bytes("\0\0\0ab1nexthoprecipient_count".utf8)
    for _ in 0..<2_000 {
      let bytes = (0..<200).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      _ = try? read(bytes, inPiecesOf: 13)
      var report = DeliveryReport.Reader()
      _ = try? report.receive(bytes)
      var greeting = Greeting.Reader()
      _ = try? greeting.receive(bytes)
    }
  }

  @Test func knowsTheGreetingsOfOldAndNewReleases() throws {
    for text in ["status\00\0\0", "protocol\0delivery_request_protocol\0\0"] {
      var reader = Greeting.Reader()
      var whole: Bytes?
      for byte in text.utf8 { whole = try reader.receive([byte]) }
      #expect(whole == Bytes(text.utf8))
    }
    for text in ["protocol\0bounce_protocol\0\0", "status\01\0\0", "\0", "status\00\0\0x"] {
      #expect(throws: ProtocolError.self) {
        var reader = Greeting.Reader()
        _ = try reader.receive(text.utf8)
      }
    }
  }

  private let report = Bytes(
    "status\04.4.1\0diag_type\0\0diag_text\0\0mta_type\0dns\0mta_mname\0gw\0action\0delayed\0reason\0no route\0new\0x\0status\0256\0\0"
      .utf8)

  @Test func readsAReportAndSaysWhatItSaysOfTheDestination() throws {
    var reader = DeliveryReport.Reader()
    #expect(try reader.receive(report[..<40]) == nil)
    let read = try #require(try reader.receive(report[40...]))
    #expect(!read.isDone)
    #expect(read.destinationProblem == "no route")
    #expect(read.bytes == report)
    let blank = read.withoutDestinationProblem
    #expect(blank.destinationProblem.isEmpty)
    #expect(!blank.isDone)
    #expect(
      blank.bytes
        == Bytes(
          "status\0\0diag_type\0\0diag_text\0\0mta_type\0\0mta_mname\0\0action\0\0reason\0\0new\0x\0status\0256\0\0"
            .utf8))
    #expect(DeliveryReport.done.isDone)
    #expect(!DeliveryReport.deferred.isDone)
    #expect(DeliveryReport(resting: "why").destinationProblem == "why")
  }

  @Test func aReportWithoutAResultIsNone() {
    for text in ["status\00\0\0", "status\0\0status\0none\0\0", "\0"] {
      #expect(throws: ProtocolError.self) {
        var reader = DeliveryReport.Reader()
        _ = try reader.receive(text.utf8)
      }
    }
  }
}
