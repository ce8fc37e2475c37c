// The reply reader as a pure value.

import Testing

@testable import Liveness

@Suite struct ReplyReaderTests {
  private func read(
    _ text: String, lineLimit: Int = 2048, countLimit: Int = 100
  ) throws(ReplyReader.ReplyError) -> [ReplyReader.Lines] {
    var reader = ReplyReader(lineLimit: lineLimit, countLimit: countLimit)
    var replies: [ReplyReader.Lines] = []
    for byte in text.utf8 {
      if let reply = try reader.take(byte) { replies.append(reply) }
    }
    return replies
  }

  private func lines(_ code: Int, _ texts: String...) -> ReplyReader.Lines {
    ReplyReader.Lines(code: code, texts: texts.map { Array($0.utf8) })
  }

  @Test func readsOneLine() throws {
    #expect(try read("220 mx ESMTP\r\n") == [lines(220, "mx ESMTP")])
  }

  @Test func readsManyLinesAndABareLineFeed() throws {
    #expect(try read("220-one\n220-two\r\n220 three\n") == [lines(220, "one", "two", "three")])
  }

  @Test func readsACodeWithoutText() throws {
    #expect(try read("250\r\n250 \r\n") == [lines(250, ""), lines(250, "")])
  }

  @Test func waitsForTheLastLine() throws {
    #expect(try read("220-one\r\n220-two\r\n").isEmpty)
    #expect(try read("220 no end of line").isEmpty)
  }

  @Test func keepsControlBytesForTheReaderOfTheReply() throws {
    #expect(try read("220 a\0b\u{1B}[2J\r\n") == [lines(220, "a\0b\u{1B}[2J")])
  }

  @Test(arguments: [
    "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 400 Bad Request\r\n", "\r\n", "22\r\n", "2200 x\r\n", "999 x\r\n",
    "220_x\r\n", "120 x\r\n",
  ])
  func refusesWhatIsNoReply(text: String) {
    #expect(throws: ReplyReader.ReplyError.notSMTP(Array(text.utf8.dropLast(2)))) { try read(text) }
  }

  @Test func refusesTooManyLines() throws {
    let most = String(repeating: "220-x\r\n", count: 9) + "220 x\r\n"
    #expect(try read(most, countLimit: 10).first?.texts.count == 10)
    #expect(throws: ReplyReader.ReplyError.endless) {
      try read(String(repeating: "220-x\r\n", count: 10), countLimit: 10)
    }
  }

  @Test func refusesALineTooLong() throws {
    let most = "220 " + String(repeating: "x", count: 507) + "\r"
    #expect(try read(most + "\n", lineLimit: 512).count == 1)
    #expect(throws: ReplyReader.ReplyError.endless) { try read(most + "x\n", lineLimit: 512) }
  }

  @Test(arguments: [("", false), ("2", false), ("220", false), ("220-x", false), ("S", true), ("22x", true)])
  func tellsWhatCannotBecomeAReply(text: String, isOffence: Bool) throws {
    var reader = ReplyReader(lineLimit: 512, countLimit: 10)
    for byte in text.utf8 { _ = try reader.take(byte) }
    #expect((reader.offence != nil) == isOffence)
  }
}
