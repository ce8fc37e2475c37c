// What the rules claim of names that are looked up for mail exchangers, on a real Postfix with a name server of its own;
// and of other releases, where one is installed.

import PostfixFiles
import TestSupport
import TestTraits
import Testing

@testable import Checks

@Suite(.waits, .timeLimit(.minutes(10))) struct ExchangerClaimsTests {
  static let codes = ["RM508", "RM602", "RM702"]

  @Test func bracketsDecideWhoIsAsked() throws {
    let sinks = try (0..<2).map { _ in try SmtpSink(port: 25) }
    let server = try NameServer(
      hosts: ["gw1.test": sinks[0].address.host, "gw2.test": sinks[1].address.host, "lab.test": "127.0.0.1"],
      exchangers: [
        ("domain.test", "gw1.test", 10), ("domain.test", "gw2.test", 10), ("branch.test", "lab.test", 10),
      ])
    let lab = try PostfixLab(
      main: """
        myhostname = lab.test
        relay_domains = branch.test
        smtp_connection_cache_on_demand = no
        transport_maps = texthash:$config_directory/transport
        """,
      files: [
        "transport": """
        branch.test   smtp:branch.test
        boxed.test    smtp:[domain.test]
        host.test     smtp:[gw1.test]
        several.test  smtp:domain.test

        """
      ], nameServer: server)
    try lab.sendOne(to: ["u@branch.test", "u@boxed.test", "u@host.test"])
    try lab.waitUntilSettled()
    let log = lab.log
    func delivery(_ name: String) throws -> Delivery {
      try #require(lab.deliveries.last { $0.recipient == "u@\(name).test" }, "\(log)")
    }
    // RM508: the exchanger of the domain is this host.
    #expect(try delivery("branch").status == .bounced, "\(log)")
    #expect(try delivery("branch").reason.contains("loops back to myself"))
    // RM702: the name has exchangers and no address.
    #expect(try delivery("boxed").status == .bounced, "\(log)")
    #expect(try delivery("boxed").dsn == "5.4.4")
    #expect(try delivery("host").status == .sent, "\(log)")
    #expect([sinks[0].count, sinks[1].count] == [1, 0])

    // RM602: without brackets it may stand for several hosts. Each message is a connection of its own (a kept session
    // would take all that wait behind it to its host), so thirty for one of two alone are one run in a thousand million.
    try lab.send(30, to: "u@several.test")
    try lab.waitUntilDrained()
    #expect(sinks[0].count + sinks[1].count == 31)
    #expect(sinks[0].count > 1 && sinks[1].count > 0)
  }
}

@Suite(.waits, .timeLimit(.minutes(10))) struct ReleaseClaimsTests {
  private static let installed = PostfixVersion(PostfixLab.installedRelease) ?? .assumed

  /// RM206: smtp(8) dies of a list. RM314: with one as relayhost, master(8) does not start.
  @Test(.enabled(if: installed < .nextHopLists, "only before Postfix 3.5"))
  func listsAreFatal() throws {
    let sinks = try (0..<2).map { _ in try SmtpSink() }
    let list = sinks.map { "\($0.address)" }.joined(separator: ",")
    let lab = try PostfixLab(
      main: "transport_maps = texthash:$config_directory/transport",
      files: ["transport": "list.test smtp:\(list)\n"])
    try lab.sendOne(to: ["u@list.test"])
    try waitUntil("smtp to die", seen: lab.log) { lab.log.contains("fatal: garbage after numerical service") }
    #expect(sinks[0].count + sinks[1].count == 0)

    let refusal = #expect(throws: TestFailure.self) { try PostfixLab(main: "relayhost = \(list)") }
    #expect(refusal.map { "\($0)" }?.contains("master ended: exited(1)") == true)
    _ = try PostfixLab(main: "relayhost = \(sinks[0].address)")
  }

  /// RM610: a host that dies while connections to it are kept has mail deferred, where the next host has another port.
  @Test(.enabled(if: installed >= .portOfDeadSession, "only from Postfix 3.8 on"))
  func theNextHostIsTriedAtThePortOfTheOneThatDied() throws {
    /// How many of a burst are deferred after the first host has died.
    func deferred(_ first: SmtpSink, _ second: SmtpSink) throws -> Int {
      let lab = try PostfixLab(main: "relayhost = \(first.address), \(second.address)")
      try lab.send(300, to: "u@elsewhere.test")
      try lab.waitUntilDrained()
      try first.stop()
      try lab.send(60, to: "u@elsewhere.test")
      try lab.waitUntilSettled()
      return lab.deliveries.count { $0.status == .deferred }
    }
    let different = try (0..<10).lazy.map { _ in try deferred(SmtpSink(), SmtpSink()) }.first { $0 > 0 }
    #expect(different != nil)
    for _ in 0..<3 {
      let first = try SmtpSink()
      #expect(try deferred(first, SmtpSink(port: first.address.port)) == 0)
    }
  }
}
