// Whatever bytes a configuration holds: every parser and every rule comes to an end, nothing crashes, and what is not
// fixed stays byte for byte. A bounded pass over broken examples, with seeds that a failure names, and over what the fuzzer
// has found (`make fuzz`).

import Foundation
import Fuzzing
import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Checks

/// Real files, to be broken.
private let seeds: [Bytes] =
  Rule.all.flatMap { [$0.bad, $0.good] }.flatMap(\.files).map { Bytes(Example.unmarked($0.text).utf8) }

/// What breaks parsers.
private let pieces: [String] = [
  "\n", "\n ", "\t", "#", " = ", "=", ",", ":", "::", "!", "/", "\\", "\"", "$", "$$", "${", "${a?", "${a:{",
  "$(a",
  "}", "{", "{{", "[", "]", "[ipv6:", "@", "*", ".", "\r\n", "\0", "\u{FEFF}", "é", "\u{1B}[2J", "randmap:",
  "randmap:{",
  "randmap:!", "randmap:/file", "smtp:", "pipemap:{", "unionmap:{", "inline:{", "inline:{a=b}", "static:",
  "proxy:",
  "regexp:{", "pcre:{{/^a/ b}}", "cidr:{", "texthash:", "hash:/file", "ldap:", "socketmap:inet:", "if /a/\n",
  "endif\n",
  "/(/ x\n", "!/a/ y\n", "99999999999999999999", "-1", ":65536", "# randmap: disable=RM1\n",
  "# randmap: agent\n",
  "# randmap: drained smtp:[a] x2\n", "# randmap: drained a x99999999999999999999\n", "  -o a=b\n",
  "unix - - n - - smtp\n",
]

private func broken(_ generator: inout SeededGenerator) -> Bytes {
  var bytes = seeds.randomElement(using: &generator) ?? []
  for _ in 0..<Int.random(in: 1...8, using: &generator) {
    let low = Int.random(in: 0...bytes.count, using: &generator)
    let high = Int.random(in: low...min(bytes.count, low + 20), using: &generator)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: bytes.removeSubrange(low..<high)
    case 1: bytes.insert(contentsOf: bytes[low..<high], at: low)
    case 2: bytes.insert(.random(in: 0...255, using: &generator), at: low)
    case 3: bytes += seeds.randomElement(using: &generator) ?? []
    default: bytes.insert(contentsOf: Bytes((pieces.randomElement(using: &generator) ?? "").utf8), at: low)
    }
  }
  return bytes
}

/// Generous: what hangs is far beyond it, and a loaded machine is not.
private let limit = Duration.seconds(120)

@Suite struct FuzzTests {
  private func config(_ main: String, table: String = "") -> MailConfig {
    var config = MailConfig(directory: "/etc/postfix", main: main, master: "")
    let path = "/etc/postfix/transport"
    config.files[path] = .read(Document(path: path, bytes: Bytes(table.utf8)))
    return config
  }

  @Test(arguments: Parser.allCases, 0..<4 as Range<UInt64>)
  func aParserTakesBrokenFiles(parser: Parser, seed: UInt64) {
    var generator = SeededGenerator(seed: seed * 100 + UInt64(parser.rawValue))
    for _ in 0..<24 {
      let parts = parser == .configuration ? 4 : 1
      let bytes = Bytes((0..<parts).map { _ in broken(&generator) }.joined(separator: [0xFF]))
      let start = ContinuousClock.now
      #expect(parser.complaints(about: bytes) == [])
      #expect(ContinuousClock.now - start < limit)
    }
  }

  @Test func whatTheFuzzerFoundIsTaken() throws {
    let found = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fuzzing/found")
    let files = try FileManager.default.contentsOfDirectory(at: found, includingPropertiesForKeys: nil)
    #expect(files.count > 100)
    for file in files {
      let complaints = Parser.complaints(about: Bytes(try Data(contentsOf: file)))
      #expect(complaints == [], "\(file.lastPathComponent)")
    }
  }

  @Test(arguments: WireParser.allCases)
  func whatTheFuzzerFoundOfOthersWordsIsTaken(parser: WireParser) throws {
    let found = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fuzzing/wire/\(parser.rawValue)")
    let files = try FileManager.default.contentsOfDirectory(at: found, includingPropertiesForKeys: nil)
    #expect(!files.isEmpty)
    for file in files {
      #expect(parser.complaints(about: Bytes(try Data(contentsOf: file))) == [], "\(file.lastPathComponent)")
    }
  }

  /// Many levels of everything that nests; a debug build takes seconds for ten times as many.
  @Test(arguments: ["{", "pipemap:{", "proxy:", "inline:{a={", "${a?{", "$(", "smtp:randmap:", "["])
  func deepNestingIsNoDanger(level: String) {
    let text = String(repeating: level, count: 10_000) + "x:y" + String(repeating: "}", count: 10_000)
    let main = "transport_maps = \(text)\n"
    let start = ContinuousClock.now
    _ = Linter().lint(config(main, table: "a.example \(level)\n"))
    #expect(ContinuousClock.now - start < limit, "\(level)")
  }

  @Test func namesThatLeadBackToThemselvesEnd() {
    // Each level doubles: unbounded, that is 2 to the power of 60.
    let doubling = (0..<60).map { "n\($0) = $n\($0 + 1)$n\($0 + 1)\n" }.joined()
    for main in [
      "a = $b\nb = $a\nrelayhost = $a\n", "relayhost = $relayhost\n",
      "relayhost = ${relayhost?{$relayhost}}\n",
      doubling + "relayhost = $n0\n", doubling + "n60 = x\nrelayhost = $n0\n",
    ] {
      let start = ContinuousClock.now
      let report = Linter().lint(config(main))
      #expect(ContinuousClock.now - start < limit, "\(main.prefix(40))")
      #expect(report.diagnostics.count < 100)
    }
  }

  @Test(arguments: [FileKind.main, .transport])
  func aLongLine(kind: FileKind) {
    let start = Bytes("relayhost = [".utf8)
    let bytes = start + Bytes(repeating: UInt8(ascii: "a"), count: 2_000_000)
    let document = Document(path: "any", bytes: bytes)
    let clock = ContinuousClock.now
    _ = Linter().lint(file: document, as: kind)
    #expect(ContinuousClock.now - clock < limit)
    #expect(document.count == bytes.count)
  }
}
