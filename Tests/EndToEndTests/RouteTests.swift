// `randmap route` as a person calls it.
import TestSupport
import TestTraits
import Testing

@Suite(.waits) struct RouteTests {
  private func scene() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    try directory.write(
      "main.cf",
      """
      compatibility_level = 3.6
      myhostname = mx.example
      mydestination = own.example
      queue_directory = \(directory.path)
      transport_maps = texthash:$config_directory/transport
      sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example], smtp:[gw2.example]}

      """)
    try directory.write("transport", "# routes\nexample.com smtp:[in1.example], [in2.example]\n")
    return directory
  }

  @Test func printsSharesAndTheTrail() throws {
    let directory = try scene()
    let random = try runRandmap(["route", "-c", directory.path, "--from", "a@b.example", "u@example.net"])
    #expect(random.status == .exited(0))
    #expect(random.standardOutput.contains("66.7%  smtp  [gw2.example]\n"))
    #expect(random.standardOutput.contains("33.3%  smtp  [gw1.example]\n"))
    let fixed = try runRandmap(["route", "-c", directory.path, "u@example.com"])
    #expect(fixed.standardOutput.contains("100.0%  smtp  [in1.example], [in2.example]\n"))
    #expect(fixed.standardOutput.contains("\(directory.path)/transport:2\n"))
  }

  @Test func printsTheContractsJSON() throws {
    let directory = try scene()
    let answer = try runRandmap([
      "route", "--format", "json", "-c", directory.path, "u@own.example", "u@example.com",
    ])
    #expect(answer.status == .exited(0))
    let text = answer.standardOutput.filter { !$0.isWhitespace }
    #expect(text.contains(#""recipient":"u@own.example","sender":"""#))
    #expect(text.contains(#""destinations":[{"nexthop":"mx.example","share":1,"transport":"local"}]"#))
    #expect(text.contains(#""complete":true"#))
    #expect(text.contains(#""file":"\#(directory.path)/transport","line":2,"what":"transport_maps""#))
  }

  /// What a script wrote with Python's repr().
  @Test func aNextHopThatEndsTheDeliveryAgentIsAFinding() throws {
    let directory = try scene()
    try directory.write("main.cf", "relayhost = ['gw1.example']\nmydestination =\n")
    let answer = try runRandmap(["route", "-c", directory.path, "u@elsewhere.example"])
    #expect(answer.status == .exited(1))
    #expect(answer.standardOutput.contains("the mail waits, and other mail of this transport with it"))
    let json = try runRandmap(["route", "--format", "json", "-c", directory.path, "u@elsewhere.example"])
    #expect(json.standardOutput.contains("\"fate\""))
  }

  @Test func aMissingTransportAndAnEmptySenderAreAnswered() throws {
    let directory = try scene()
    try directory.write("main.cf", "default_transport = smpt:[127.0.0.1]\nmydestination =\n")
    try directory.write("master.cf", "smtp unix - - n - 3 smtp\n")
    let missing = try runRandmap(["route", "--from=", "-c", directory.path, "u@elsewhere.example"])
    #expect(missing.status == .exited(1))
    #expect(missing.standardOutput.contains("(from <>)"))
    #expect(missing.standardOutput.contains("the mail waits: master.cf has no transport \"smpt\""))
    try directory.write(
      "main.cf",
      "default_transport = smtp:[127.0.0.1]\nmydestination =\nsmtp_destination_rate_delay = 2s\n")
    let limited = try runRandmap(["route", "-c", directory.path, "u@elsewhere.example"])
    #expect(limited.status == .exited(0))
    #expect(
      limited.standardOutput.contains(
        "smtp: 1 delivery at once to one destination, a pause of 2s after each, 3 processes at most\n"))
  }

  @Test func aLongReasonIsWholeOutsideATerminal() throws {
    let directory = try scene()
    let long = String(repeating: "x", count: 300) + ".example"
    try directory.write(
      "main.cf", "transport_maps = inline:{{ d.example = smtp:[\(long)] }}\nmydestination =\n")
    let answer = try runRandmap(["route", "-c", directory.path, "u@d.example"])
    #expect(answer.standardOutput.contains("gives smtp:[\(long)]"))
  }

  @Test func anAddressWithoutADomainIsAskedForAsPostfixDoes() throws {
    let directory = try scene()
    try directory.write(
      "main.cf", "myhostname = mx.here.example\nmyorigin = o.example\nrelayhost = [127.0.0.2]:2525\n")
    let answer = try runRandmap(["route", "-c", directory.path, "notanaddress", "--from", "me"])
    #expect(
      answer.standardOutput.hasPrefix(
        """
        notanaddress  (from <me@o.example>)
          Postfix asks for notanaddress@o.example: it adds @$myorigin to an address without a domain (append_at_myorigin)
          100.0%  smtp  [127.0.0.2]:2525

        """), "\(answer.summary)")
    let json = try runRandmap(["route", "-c", directory.path, "notanaddress", "--format", "json"])
    #expect(json.standardOutput.contains("\"asked\" : \"notanaddress@o.example\""), "\(json.summary)")
    #expect(json.standardOutput.contains("\"recipient\" : \"notanaddress\""))
    let whole = try runRandmap(["route", "-c", directory.path, "u@o.example", "--format", "json"])
    #expect(!whole.standardOutput.contains("asked"))
  }

  @Test func mailThatWaitsIsAFinding() throws {
    let directory = try scene()
    try directory.write("main.cf", "transport_maps = hash:/nonexistent/transport\n")
    let answer = try runRandmap(["route", "-c", directory.path, "u@example.com"])
    #expect(answer.status == .exited(1))
    #expect(answer.standardOutput.contains("the mail waits: transport_maps lookup failure"))
    #expect(try runRandmap(["route", "-c", directory.path]).status == .exited(2))
  }
}
