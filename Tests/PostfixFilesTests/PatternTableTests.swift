// Pattern tables and case folding, by what regexp_table(5) and cidr_table(5) say and Postfix does.

import PostfixFiles
import Testing

private func rules(_ text: String) -> PatternRules {
  PatternRules(Document(path: "/t", bytes: Bytes(text.utf8)))
}

@Suite struct PatternTableTests {
  private func regexp(_ text: String, _ key: String, substitution: Bool = true) throws -> String? {
    try RegexpTable(rules(text), allowsSubstitution: substitution).value(for: Bytes(key.utf8))?.text
  }

  @Test func regexpRules() throws {
    #expect(try regexp("/@x\\.test$/ smtp:[a]\n", "u@X.test") == "smtp:[a]")
    #expect(try regexp("/@x\\.test$/i smtp:[a]\n", "u@X.test") == nil)
    #expect(try regexp("!/@x/ other\n", "u@y") == "other")
    #expect(try regexp("/u/!/x/ smtp:[a]\n", "u@x") == nil)
    #expect(try regexp("/u/!/x/ smtp:[a]\n", "u@y") == "smtp:[a]")
    #expect(try regexp("/^(.+)@(x)$/ $2-${1}-$(2)$$\n", "u@x") == "x-u-x$")
    #expect(try regexp("/^(.+)@x$/ $1\n", "u@x", substitution: false) == nil)
    #expect(try regexp("/(/ bad\n/^(u)/ $2\n/u/q flag\nother\n/u/ good\n", "u@x") == "good")
  }

  @Test func blocksCountUnderTheirCondition() throws {
    let text = "if /@x/\nif /^a/\n/./ inner\nendif\n/./ outer\nendif\n/./ else\n"
    #expect(try regexp(text, "a@x") == "inner")
    #expect(try regexp(text, "b@x") == "outer")
    #expect(try regexp(text, "a@y") == "else")
  }

  @Test(arguments: [
    ("192.0.2.7", "net"), ("192.0.3.7", nil), ("2001:db8::5", "six"), ("192.0.4.1", "bracket"),
    ("192.0.4.2", nil),
    ("user@x.test", nil), ("10.1.1.1", "block"),
  ])
  func networks(key: String, value: String?) {
    let text = """
      192.0.2.1/24 host bits are set
      192.0.2.0/24 net
      2001:db8::/32 six
      [192.0.4.1] bracket
      if !192.0.0.0/8
      10.0.0.0/8 block
      endif

      """
    #expect(CidrTable(rules(text)).value(for: Bytes(key.utf8))?.text == value)
  }

  @Test(arguments: [
    ("BÜCHER.Test", "bücher.test", CaseFolding.unicode), ("straße", "strasse", .unicode),
    ("ΣΑΣ", "σασ", .unicode),
    ("ı", "ı", .unicode), ("BÜ", "bÜ", .ascii), ("A", "A", .none),
  ])
  func folds(text: String, folded: String, by folding: CaseFolding) {
    #expect(folding.fold(Bytes(text.utf8)) == Bytes(folded.utf8))
  }
}
