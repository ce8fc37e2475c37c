// Fixes take their finding away, bring in no other, and leave everything around them as it was.

import PostfixFiles
import Testing

@testable import Checks

@Suite struct FixTests {
  private func fixed(_ config: MailConfig) -> MailConfig { Linter().fixing(config) }

  @Test func rulesWithFixesFixTheirBadExamples() throws {
    var count = 0
    for rule in Rule.all {
      let before = Linter().lint(rule.bad.config, known: rule.bad.known).diagnostics
      guard before.contains(where: { $0.code == rule.code && $0.fix != nil }) else { continue }
      count += 1
      let once = fixed(rule.bad.config)
      let after = Linter().lint(once).diagnostics
      #expect(!after.contains { $0.code == rule.code }, "\(rule.code)")
      #expect(Set(after.map(\.code)).isSubset(of: before.map(\.code)), "\(rule.code)")
      #expect(fixed(once).editedDocuments.map(\.bytes) == once.editedDocuments.map(\.bytes), "\(rule.code)")
    }
    #expect(count >= 4)
  }

  @Test func whatAFixDoesNotTouchStaysAsItIs() throws {
    let text =
      "# head\n\na.example\tsmtp:[gw1.example],\n   # why\n\tsmtp:[gw2.example] ,smtp:[gw3.example]  \n"
    let document = Document(path: "t", bytes: Bytes(text.utf8))
    let report = Linter().lint(file: document, as: .transport)
    let result = document.applying(report.diagnostics.compactMap(\.fix)).bytes
    #expect(
      result
        == Bytes(
          "# head\n\na.example\tsmtp:[gw1.example],\n   # why\n\t[gw2.example] ,[gw3.example]  \n".utf8))
  }

  /// An entry that begins with white space has its own transport, which is not one too many.
  @Test func aTransportOfALostEntryIsNotTakenOut() {
    let document = Document(
      path: "t", bytes: Bytes("a.example smtp:[gw1.example]\n  b.example smtp:[gw2.example]\n".utf8))
    let report = Linter().lint(file: document, as: .transport)
    #expect(report.diagnostics.map(\.code).sorted() == ["RM203", "RM208"])
    #expect(report.diagnostics.allSatisfy { $0.fix == nil })
  }

  @Test func aTransportOfAnotherNameIsNotTakenOut() {
    let document = Document(
      path: "t", bytes: Bytes("a.example smtp:[gw1.example], relay:[gw2.example]\n".utf8))
    let report = Linter().lint(file: document, as: .transport)
    #expect(report.diagnostics.map(\.code) == ["RM203"])
    #expect(report.diagnostics.first?.fix == nil)
  }

  @Test func aPortMovesBehindTheBracket() {
    let main = Document(path: "main.cf", bytes: Bytes("relayhost = [gw1.example:587]\nbiff = no".utf8))
    let report = Linter().lint(file: main, as: .main)
    #expect(
      main.applying(report.diagnostics.compactMap(\.fix)).bytes.text
        == "relayhost = [gw1.example]:587\nbiff = no\n")
  }

  /// A finding stands for many entries, and so does its fix; what a comment switches off is left as it is.
  @Test func everyEntryIsFixedAtOnce() {
    let text =
      "a.example  smtp:[gw1.example:25]\n# randmap: disable=RM502\nb.example  smtp:[gw1.example:25]\n"
      + "c.example \tsmtp:[gw2.example:26]\nd.example  smtp:[gw1.example:25], smtp:[gw2.example]"
    let fixed =
      "a.example  smtp:[gw1.example]:25\n# randmap: disable=RM502\nb.example  smtp:[gw1.example:25]\n"
      + "c.example \tsmtp:[gw2.example]:26\nd.example  smtp:[gw1.example]:25, [gw2.example]\n"
    let document = Document(path: "t", bytes: Bytes(text.utf8))
    let once = Linter().fixing(file: document, as: .transport)
    #expect(once.bytes.text == fixed)
    #expect(Linter().fixing(file: once, as: .transport).bytes == once.bytes)
  }

  @Test func everyEqualMemberIsFixed() {
    let main = "# randmap: agent\nrelay_transport = randmap:!smtp:[a.example:25] !smtp:[a.example:25]\n"
    let once = Linter().fixing(MailConfig(directory: "/etc/postfix", main: main))
    #expect(
      once.main.document.bytes.text
        == "# randmap: agent\nrelay_transport = randmap:!smtp:[a.example]:25 !smtp:[a.example]:25\n")
  }

  @Test func onlyTheSelectedRulesFix() {
    let document = Document(path: "main.cf", bytes: Bytes("relayhost = [gw1.example:587]".utf8))
    #expect(
      Linter(LintOptions(ignore: ["RM806"])).fixing(file: document, as: .main).bytes.text
        == "relayhost = [gw1.example]:587")
  }
}
