// `$name` and its kin, against what postconf(5) promises.

import PostfixFiles
import Testing

private func value(_ name: String, in main: String, host: String = "mx1.example.org") -> String {
  MailConfig(directory: "/etc/postfix", environment: Environment(hostName: host), main: main).parameters.text(
    name)
}

@Suite struct ParameterTests {
  @Test(arguments: [
    ("plain", "x"), ("$y", "why"), ("${y}", "why"), ("$(y)", "why"), ("$$y", "$y"), ("a${y}b", "awhyb"),
    ("${y?yes}", "yes"), ("${none?yes}", ""), ("${none:no}", "no"), ("${y:no}", ""),
    ("${y?{yes}:{no}}", "yes"), ("${none?{yes}:{no}}", "no"), ("${none? {yes} : {no}}", "no"),
    ("a${y?{ x }:{ n }}b", "a x b"), ("a${y? x }b", "a x b"), ("a${ y }b", "awhyb"), ("a${y ?{x}}b", "axb"),
    ("a${none: n }b", "a n b"), ("a${none? {x} : n }b", "a n b"),
    ("a${{$y} == {why} ? eq : ne}b", "a eq : neb"),
    ("a${{$y} == { why } ? { eq } : { ne }}b", "a ne b"), ("a${{$y} == {why}: ne}b", "ab"),
    ("${{$y} == {why} ? {same} : {other}}", "same"), ("${{10} > {9} ? {more}}", "more"),
    ("${{b} < {a} ? {x} : {y}}", "y"), ("${{3.10} >=level {3.9} ? {new} : {old}}", "new"),
    ("$undefined", ""), ("$deep", "why!"),
  ])
  func expands(text: String, expected: String) {
    let given = text == "plain" ? "x" : text
    #expect(value("t", in: "y = why\ndeep = ${y}!\nt = \(given)\n") == expected)
  }

  @Test func lastAssignmentWins() {
    #expect(value("relayhost", in: "relayhost = [a]\nrelayhost = [b]\n") == "[b]")
  }

  @Test func loopsAndBrokenReferencesAreErrors() {
    func error(_ main: String) -> ExpansionError? {
      do throws(ExpansionError) {
        _ = try MailConfig(directory: "/d", main: main).parameters.value("t")
        return nil
      } catch { return error }
    }
    #expect(error("t = $t\n") == .nesting("$t") || error("t = $t\n") == .nesting("t"))
    #expect(error("t = ${x\n") == .truncated("${x"))
    #expect(error("t = a$/b\n") == .emptyName("$/b"))
    for text in [
      "${v?{a} junk}", "${v?{a}{b}}", "${w:{a}x}", "${v?{a}:{b}x}", "${{$v} {yes}}", "${v x}", "${v?{a}",
    ] {
      #expect(error("v = yes\nt = \(text)\n") != nil, "\(text)")
    }
  }

  /// A value that is known is not expanded again, and the limits hold all the same.
  @Test func valuesThatNameTheNextOneTwiceAreBounded() {
    func text(_ levels: Int, in value: String) -> (String?, ExpansionError?) {
      let names = (0..<levels).map { "a\($0) = $a\($0 + 1)$a\($0 + 1)\n" }.joined()
      let main = names + "a\(levels) = x\nt = \(value)\n"
      do throws(ExpansionError) {
        return (try MailConfig(directory: "/d", main: main).parameters.value("t").text, nil)
      } catch { return (nil, error) }
    }
    #expect(text(12, in: "$a0").0 == String(repeating: "x", count: 4096))
    // 8191 values are put in for a0, and 2047 for a2. The error names the one at which the limit is met: with t, 10,000.
    #expect(text(12, in: "$a2 $a0").1 == .nesting("a12"))
    #expect(text(98, in: "$a0").1 == .nesting("a97"))
    // Here the limit of the depth is met first.
    #expect(text(100, in: "$a0").1 == .nesting("a100"))
  }

  /// A name that is known may be too deep where it is named again.
  @Test func aKnownValueMayBeTooDeep() {
    func chain(_ letter: String, end: String) -> String {
      (0..<60).map { "\(letter)\($0) = $\(letter)\($0 + 1)\n" }.joined() + "\(letter)60 = \(end)\n"
    }
    let main = chain("b", end: "x") + chain("c", end: "$b0") + "t = $b0 $b0 $b0\nu = $b0 $c0\n"
    let parameters = MailConfig(directory: "/d", main: main).parameters
    #expect(parameters.text("t") == "x x x")
    #expect(throws: ExpansionError.nesting("b39")) { try parameters.value("u") }
  }

  @Test func hostAndDomainComeFromTheMachine() {
    #expect(value("mydestination", in: "") == "mx1.example.org, localhost.example.org, localhost")
    #expect(value("myhostname", in: "", host: "mx1") == "mx1.localdomain")
    #expect(value("relay_domains", in: "compatibility_level = 3.6\n") == "")
    #expect(value("relay_domains", in: "mydestination = a.example\n") == "a.example")
  }

  @Test func theDomainFollowsTheNameThatIsInForce() throws {
    #expect(value("mydomain", in: "hh = mail.corp.test\nmyhostname = $hh\n") == "corp.test")
    #expect(value("myhostname", in: "mydomain = corp.test\n", host: "mx1") == "mx1.corp.test")
    #expect(value("mydomain", in: "mydomain = $myhostname\n", host: "mx1.a.test") == "mx1.a.test")
    // The one needs the other, and neither has been read.
    #expect(value("myhostname", in: "myhostname = mail.$mydomain\n") == "mail.")
    let config = MailConfig(
      directory: "/d", main: "myhostname = a.test\n",
      master:
        "lane unix - - n - - smtp\n  -o myhostname=mail.corp.test -o smtp_fallback_relay=[gw.$mydomain]\n")
    let lane = try #require(config.master?.transport("lane"))
    #expect(config.parameters.seen(by: lane).text("smtp_fallback_relay") == "[gw.corp.test]")
  }

  @Test func aDefaultCountsOnlyOnceItWasRead() {
    #expect(value("relay_transport", in: "relay_transport = $default_transport\n") == "")
    #expect(value("default_transport", in: "default_transport = $relay_transport\n") == "relay")
    #expect(value("relayhost", in: "relayhost = [gw]:$smtp_tcp_port\n") == "[gw]:")
    #expect(value("mydestination", in: "mydestination = $myorigin, x\n") == ", x")
  }

  @Test func aServiceSeesItsOverrides() throws {
    let config = MailConfig(
      directory: "/d", main: "smtp_bind_address = 192.0.2.1\n",
      master: "lane unix - - n - - smtp\n  -o smtp_bind_address=192.0.2.7 -o { smtp_helo_name = a b }\n")
    let lane = try #require(config.master?.transport("lane"))
    let seen = config.parameters.seen(by: lane)
    #expect(seen.text("smtp_bind_address") == "192.0.2.7")
    #expect(seen.text("smtp_helo_name") == "a b")
    #expect(config.parameters.text("smtp_bind_address") == "192.0.2.1")
  }
}
