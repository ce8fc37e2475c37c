// Whatever bytes a configuration holds: every parser and every rule comes to an end, nothing crashes, and what is not
// fixed stays byte for byte. A bounded pass; the seeds are arguments, so a failure names the one that it needs.

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
  /// Main.cf, master.cf, a table and a pool file as given, and a table list of every routing parameter.
  private func config(_ main: Bytes, _ master: Bytes, _ table: Bytes, _ pool: Bytes) -> MailConfig {
    var config = MailConfig(directory: "/etc/postfix", main: "", master: "")
    config.main = MainCf(Document(path: "/etc/postfix/main.cf", bytes: main))
    config.master = MasterCf(Document(path: "/etc/postfix/master.cf", bytes: master))
    for (name, bytes) in [("transport", table), ("pool", pool)] {
      let path = "/etc/postfix/\(name)"
      config.files[path] = .read(Document(path: path, bytes: bytes))
    }
    return config
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func theLinterTakesAnyConfiguration(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<8 {
      let files = (0..<4).map { _ in broken(&generator) }
      let config = config(files[0], files[1], files[2], files[3])
      let start = ContinuousClock.now
      let report = Linter().lint(config, states: [.host("gw1.example", port: 25): .down])
      for name in ReportFormatName.allCases {
        _ = name.format(framed: true, toolVersion: "0").render(report) { config.document($0) }
      }
      #expect(ContinuousClock.now - start < limit)
      #expect(
        report.diagnostics.allSatisfy { $0.start <= $0.end && $0.start.line >= 1 && $0.start.column >= 1 })
      #expect(config.main.document.bytes == files[0] && config.master?.document.bytes == files[1])
    }
  }

  @Test(arguments: 100..<112 as Range<UInt64>)
  func theLinterTakesAnyFileAndFixesItOnce(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<8 {
      let bytes = broken(&generator)
      let document = Document(path: "any", bytes: bytes)
      for kind in FileKind.allCases {
        let start = ContinuousClock.now
        let fixed = Linter().fixing(file: document, as: kind)
        #expect(ContinuousClock.now - start < limit)
        #expect(document.bytes == bytes)
        let again = Linter().fixing(file: Document(path: "any", bytes: fixed.bytes), as: kind)
        #expect(again.bytes == fixed.bytes, "\(kind)")
      }
    }
  }

  @Test(arguments: 200..<208 as Range<UInt64>)
  func theParsersOfValuesTakeAnyText(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let bytes = broken(&generator).prefix(200)
      let text = SourcedText(Document(path: "any", bytes: Bytes(bytes)), 0..<bytes.count)
      let start = ContinuousClock.now
      _ = try? TableSpec(text)
      let pool = PoolText(value: text)
      #expect(pool.map { $0.items.allSatisfy { $0.upperBound <= pool?.text.count ?? 0 } } ?? true)
      _ = PoolText(file: Document(path: "any", bytes: Bytes(bytes)))
      let destination = Destination(text)
      for mailProtocol in [MailProtocol.smtp, .lmtp] {
        _ = NextHopSyntax(destination.nextHop.text, mailProtocol)
      }
      #expect(ContinuousClock.now - start < limit)
      #expect(Bytes(text.bytes) == Bytes(bytes))
    }
  }

  /// Many levels of everything that nests; a debug build takes seconds for ten times as many.
  @Test(arguments: ["{", "pipemap:{", "proxy:", "inline:{a={", "${a?{", "$(", "smtp:randmap:", "["])
  func deepNestingIsNoDanger(level: String) {
    let text = String(repeating: level, count: 10_000) + "x:y" + String(repeating: "}", count: 10_000)
    let main = "transport_maps = \(text)\n"
    let start = ContinuousClock.now
    _ = Linter().lint(config(Bytes(main.utf8), [], Bytes("a.example \(level)\n".utf8), []))
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
      let report = Linter().lint(config(Bytes(main.utf8), [], [], []))
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
