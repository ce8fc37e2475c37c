// A conversation with a gateway as a person reads it: printable, and bounded in lines and in width.

import Gateways
import Testing

@Suite struct TranscriptTests {
  @Test func aRemoteLineReachesNoTerminalRaw() {
    var transcript = Transcript()
    transcript.add(.gateway, "220 \u{1B}]0;owned\u{7} \u{202E}evil".utf8)
    let lines = transcript.lines.map { "\($0)" }.joined()
    #expect(lines.contains("220"))
    #expect(lines.unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) }, "\(lines)")
  }

  @Test func endsWithAnEllipsisAfterSixtyLines() {
    var transcript = Transcript()
    for _ in 0..<1_000 { transcript.add(.gateway, [UInt8](repeating: UInt8(ascii: "a"), count: 10_000)) }
    #expect(transcript.lines.count == 61)
    #expect(transcript.lines.allSatisfy { "\($0)".utf8.count < 300 })
  }
}
