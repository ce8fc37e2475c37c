// Expressions for which glibc takes any amount of memory: none of them reaches it.

import Glibc
import PostfixFiles
import Testing

private func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

private func compile(_ pattern: String, _ options: Int32 = REG_EXTENDED, _ memory: ExpressionMemory = .init())
  throws(RegularExpression.MatchError) -> RegularExpression
{
  try RegularExpression(Array(pattern.utf8), options: options, memory: memory)
}

@Suite struct RegularExpressionBoundsTests {
  /// Each took from 70 MB to all memory; the last ones never ended.
  @Test(arguments: [
    "(((a{,255}){,255}){,255})", "((a{1,255}){255}){255}", "a{0,5000}", "(\(times(4000, "a"))){500}",
    "^a\(times(20, "+"))(b)$", "\(times(20, "("))a\(times(20, "{1,})"))", "(a?){1,900}(a?){1,900}",
    "(a*){1,999}",
    "(a|b|c|d){1,999}", "\(times(40, "a{9000}{0}"))", "\(times(8, "(a?){100}"))",
    "((\\b)*)+", "(^|a)*b", "(a|$){2,3}", "(((\\<)|(\\b){1,20}))+", "(\\b|\\B|\\<|\\>|^|$)(a?){300}",
  ])
  func whatTakesTooMuchMemoryIsNotCompiled(pattern: String) {
    #expect(throws: RegularExpression.MatchError.tooLarge) { try compile(pattern) }
  }

  /// Without REG_EXTENDED a backslash makes the signs special.
  @Test func aBasicOneHasOtherSigns() throws {
    #expect(throws: RegularExpression.MatchError.tooLarge) {
      try compile("\\(a\\{1,255\\}\\)\\{1,255\\}", 0)
    }
    #expect(throws: RegularExpression.MatchError.tooLarge) { try compile("a\(times(20, "\\+"))", 0) }
    let plain = try compile("^a\(times(50, "+"))(x?){999}$", 0)
    #expect(try plain.matches(Array("a\(times(50, "+"))(x?){999}".utf8)))
  }

  @Test(arguments: ["(a)\\1", "a\(times(5000, "b"))"])
  func whatTakesTimeIsNotCompiled(pattern: String) {
    #expect(throws: RegularExpression.MatchError.unbounded) { try compile(pattern) }
  }

  /// Otherwise postmap(1) would be asked, and take it.
  @Test func oneThatTakesTimeHidesNoneThatTakesMemory() {
    for other in ["(a)\\1", times(5000, "b")] {
      for rules in ["/\(other)/ x\n/a\(times(20, "+"))/ y\n", "/a\(times(20, "+"))/ y\n/\(other)/ x\n"] {
        #expect(throws: RegularExpression.MatchError.tooLarge) {
          try table(rules, memory: ExpressionMemory())
        }
      }
      #expect(throws: RegularExpression.MatchError.unbounded) {
        try table("/\(other)/ x\n/a/ y\n", memory: ExpressionMemory())
      }
      #expect(throws: RegularExpression.MatchError.tooLarge) { try compile("\(other)a\(times(20, "+"))") }
    }
  }

  @Test(arguments: [
    ("^(a|b){1,30}@", "abba@x"), ("x{,20}y", "y"), ("[{]", "{"), ("[{,]", ","), ("[{9999]", "9"),
    ("[]{9999}]", "{"), ("[[:alpha:]{9999}]", "}"), ("^[^]a]{1,255}$", "b"),
    ("(^|\\.)example\\.com$", "example.com"),
    ("^([a-z0-9-]{1,63}\\.){1,10}example$", "a.b.example"), (".{0,500}x", "x"), ("^(.+)\\+(.+)@", "a+b@c"),
    ("^a++$", "aa"), ("((a*)*)*", ""), ("\\bword\\b", "a word"),
    ("^(\((0..<400).map { "word\($0)" }.joined(separator: "|")))@", "word7@x"),
  ])
  func anOrdinaryOneIsCompiled(pattern: String, text: String) throws {
    #expect(try compile(pattern).matches(Array(text.utf8)))
  }

  @Test func aMatchHasABound() throws {
    let expression = try compile("(a|b)*a(a|b){100}")
    #expect(try expression.matches(Array(times(200, "a").utf8)))
    #expect(throws: RegularExpression.MatchError.tooLarge) {
      try expression.matches(Array(times(1_000_000, "ab").utf8))
    }
  }

  // MARK: All rules of a table

  private func table(
    _ text: String, memory: ExpressionMemory
  ) throws(RegularExpression.MatchError) -> RegexpTable {
    let rules = PatternRules(Document(path: "/t", bytes: Bytes(text.utf8)))
    return try RegexpTable(rules, allowsSubstitution: true, memory: memory)
  }

  /// What does not stay compiled is compiled for each key.
  @Test func aTableAnswersAlikeWithLittleMemory() throws {
    let text =
      (0..<200).map { "/^user\($0)@(.*)$/ \($0):$1\n" }.joined()
      + "if /^other/\n/@(x)/ $1\nendif\n!/@/ none\n"
    for held in [0, 50_000, 1 << 27] {
      let table = try table(text, memory: ExpressionMemory(maximumHeld: held))
      for _ in 0..<2 {
        #expect(try table.value(for: Bytes("user7@a.example".utf8))?.text == "7:a.example")
        #expect(try table.value(for: Bytes("user199@b".utf8))?.text == "199:b")
        #expect(try table.value(for: Bytes("other@x".utf8))?.text == "x")
        #expect(try table.value(for: Bytes("local".utf8))?.text == "none")
        #expect(try table.value(for: Bytes("user@c".utf8)) == nil)
      }
    }
  }

  @Test func thousandsOfRulesHaveRoomAndManyLargeOnesHaveNot() throws {
    let plain = (0..<5_000).map { "/^user\($0)@domain\($0)\\.example$/ \($0)\n" }.joined()
    #expect(
      try table(plain, memory: ExpressionMemory()).value(for: Bytes("user4999@domain4999.example".utf8))?.text
        == "4999")
    let large = (0..<3_000).map { "/[[:alpha:]].{0,500}x\($0)/ y\n" }.joined()
    #expect(throws: RegularExpression.MatchError.tooLarge) { try table(large, memory: ExpressionMemory()) }
    let shared = ExpressionMemory(maximumWhole: 2_000_000)
    let some = (0..<100).map { "/^user\($0)$/ y\n" }.joined()
    _ = try table(some, memory: shared)
    #expect(throws: RegularExpression.MatchError.tooLarge) {
      for _ in 0..<3 { _ = try table(some, memory: shared) }
    }
  }
}
