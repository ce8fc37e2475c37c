// The walk over a table: what it takes for the same must be the same.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Checks

@Suite struct TableWalkTests {
  /// Values of one shape are judged alike, so the shape must not hide what a rule looks at.
  @Test(arguments: [UInt64(20_141), UInt64.random(in: 0...UInt64.max)])
  func valuesOfOneShapeAreJudgedAlike(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let parts = [
      "smtp", ":", "[", "]", "gw1.example", "gw2.example", "MX1.example", ".", "-", ",", " ", "25", "0",
      "[gw5]", "[Relay6]", "[mx1]", "[LocalHost]", "gw7",
      "465",
      "192.0.2.1", "relay", "nosuch", "@", "#", "ipv6:", "::1", "error", "a", "_", "localhost", "{", "}",
      "randmap", "!",
      "[gw3.example]", "[gw-4.example]", "xn--a.b", "unix", "inet", "lmtp",
    ]
    let rules = Rule.all.enumerated().map { (index: $0.offset, rule: $0.element) }
    let subject = Subject(Example(main: "myhostname = mx1.example\ntransport_maps = texthash:/t\n").config)
    let use = try #require(subject.tables.first)
    let checks = TableRules(rules, for: use, scope: .directory).results
    var judged: [Bytes: (value: String, offended: [Int])] = [:]
    var shared = 0
    for _ in 0..<3_000 {
      let count = Int.random(in: 1...7, using: &random)
      let value = (0..<count).compactMap { _ in parts.randomElement(using: &random) }.joined()
      let text = SourcedText(builtIn: value).trimmed()
      guard !text.isEmpty else { continue }
      var shape = ValueShape(ownNames: subject.setting.ownNames)
      shape.read(0..<text.count, of: text.bytes.span)
      let view = ResultView(text, kind: .destination, place: .table(use.path), in: subject)
      let offended = checks.compactMap { $0.offends(view) == nil ? nil : $0.index }
      if let known = judged[shape.bytes] {
        shared += known.value == value ? 0 : 1
        #expect(known.offended == offended, "\(known.value) and \(value), seed \(seed)")
      }
      judged[shape.bytes] = (value, offended)
    }
    #expect(shared > 20)
  }

  @Test func keysAreFoundInEitherLetterCase() throws {
    let text =
      (0..<500).map { "Key\($0).Example  smtp:[gw\($0).example]\n" }.joined() + "bücher.example  smtp:\n"
    let config = Example(main: "transport_maps = hash:/etc/postfix/transport\n", table: text).config
    let document = try #require(config.files["/etc/postfix/transport"]?.document)
    let subject = Subject(config)
    let use = try #require(subject.tables.first)
    var walk = TableWalk(
      use, document, rules: TableRules([], for: use, scope: .directory), codes: [], in: subject,
      suppressions: Suppressions(document))
    walk.run { _ in }
    let digest = walk.digest
    for number in [0, 17, 499] {
      #expect(digest.entry("kEY\(number).example")?.value.text == "smtp:[gw\(number).example]")
    }
    #expect(digest.entry("BÜCHER.example")?.value.text == "smtp:")
    #expect(digest.entry("key1.exampl") == nil && digest.entry("key500.example") == nil)
    #expect(digest.firstDomainLine == 0)
  }

  @Test func duplicatesAreFoundWhateverStandsBetween() {
    var lines = (0..<2_000).map { "k\($0).example smtp:" }
    lines[1_500] = "K7.EXAMPLE relay:"
    lines[1_700] = "BÜCHER.example relay:"
    lines[3] = "bücher.example smtp:"
    let document = Document(path: "t", bytes: Bytes((lines.joined(separator: "\n") + "\n").utf8))
    let found = Linter().lint(file: document, as: .transport).diagnostics.filter { $0.code == "RM205" }
    #expect(found.map(\.start) == [Position(line: 1_501, column: 1)])
    #expect(found.first?.message.contains("already in line 8") == true)
    #expect(found.first?.message.hasSuffix("(the first of 2 such entries)") == true)
  }

  /// A quoted key with a blank in it, and an entry of several lines.
  @Test func duplicatesOfEveryFormAreFound() {
    let text = """
      "a b"@example.com smtp:
      "A c"@example.com smtp:
      example.com
        smtp:[gw1.example]
      "a B"@Example.com relay:
      EXAMPLE.com relay:
      example.com
        relay:
      """
    let document = Document(path: "t", bytes: Bytes(text.utf8))
    let found = Linter().lint(file: document, as: .transport).diagnostics.filter { $0.code == "RM205" }
    #expect(found.map(\.start) == [Position(line: 5, column: 1)])
    #expect(found.first?.message.contains("already in line 1") == true)
    #expect(found.first?.message.hasSuffix("(the first of 3 such entries)") == true)
  }
}
