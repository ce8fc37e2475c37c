// Tables with mistakes in them, and inline tables with quotes: the resolver answers in full, as Postfix does.
import PostfixFiles
import Routing
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct TableOracleTests {
  private static let main = """
    myhostname = lab.randmap.test
    mydestination = own.test
    compatibility_level = 3.6

    """

  @Test(
    arguments: [
      "endif\n/elsewhere/ smtp:[a]\n", "/elsewhere/ smtp:[${nosuch}]\n/./ smtp:[b]\n",
      "/(unclosed/ smtp:[a]\n/elsewhere/ smtp:[b]\n", "if /x/\n/elsewhere/ smtp:[a]\n",
      "/nomatch/ smtp:[a]\nendif\n",
      "nonsense\n/elsewhere/ smtp:[b]\n",
    ], ["pcre", "regexp"])
  func aRuleThatPostfixSkipsIsSkipped(rules: String, type: String) throws {
    try expectFullAgreement("transport_maps = \(type):$config_directory/t\n", files: ["t": rules])
  }

  @Test func aRuleWithAGroupIsSkippedWhereGroupsAreNotAllowed() throws {
    let rules = "/elsewhere/ smtp:[$1]\n/e(l)s/ smtp:[$1]\n/e/ smtp:[b]\n"
    try expectFullAgreement("transport_maps = regexp:$config_directory/t\n", files: ["t": rules])
    // Of patterns of the other kind we ask Postfix, and postmap(1) would carry them out.
    let trial = try RewriteTrial(
      Self.main + "transport_maps = pcre:$config_directory/t\n", files: ["t": rules])
    #expect(!trial.ours("u@elsewhere.example").isComplete)
  }

  @Test(arguments: [
    #"inline:{{"a b"@own.test = smtp:[a]}}"#, #"inline:{{a\ b@own.test = smtp:[a]}, own.test=smtp:[b]}"#,
    #"inline:{{a"b@own.test = smtp:[a]}}"#, #"inline:{{ "a=b"@own.test = smtp:[a]}, own.test=smtp:[b]}"#,
    "inline:{{own.test =   smtp:[a]   [b] }}", "inline:{own.test={smtp:[a] [b]}}",
    "inline:{{=x},own.test=smtp:[b]}",
    "inline:{own.test=}", "inline:{ own.test= smtp:[a] }", #"inline:{{own.test = "x y"}}"#,
  ])
  func anInlineTableIsReadAsPostfixReadsIt(table: String) throws {
    try expectFullAgreement("transport_maps = \(table)\n")
  }

  @Test(arguments: ["localhost", "127.0.0.1", "all", "loopback-only", "localhost, 127.0.0.1"])
  func ourOwnAddressesAreThoseThatResolve(interfaces: String) throws {
    try expectFullAgreement(
      "inet_interfaces = \(interfaces)\n",
      recipients: ["u@[127.0.0.1]", "u@[IPv6:::1]", "u@[127.0.0.2]", "u@[192.0.2.1]"])
  }

  private func expectFullAgreement(
    _ text: String, files: [String: String] = [:],
    recipients: [String] = ["u@elsewhere.example", "a b@own.test", "a=b@own.test", "u@own.test"]
  ) throws {
    let trial = try RewriteTrial(Self.main + text, files: files)
    for recipient in recipients {
      let ours = trial.ours(recipient)
      let theirs = try trial.theirs(recipient)
      #expect(ours.isComplete, "\(recipient): \(ours.unknown)")
      #expect(ours.outcomes.map(\.value.withoutReason) == [theirs], "\(recipient): \(ours.summary)")
    }
  }
}
