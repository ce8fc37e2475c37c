// What the gravest rules claim, shown on a real Postfix: where trivial-rewrite(8) sends the mail of the bad example and
// of the good one, what becomes of it, and of the other mail of the transport.

import Foundation
import PostfixFiles
import TestSupport
import Testing

@testable import Checks

/// Asks the trivial-rewrite(8) of an example.
@Suite struct ResolveClaimsTests {
  /// The example's trivial-rewrite(8). Its table is read as text, since no index of it was built.
  private final class Running {
    let directory: TemporaryDirectory
    let server: RewriteServer

    init(_ example: Example, main: (String) -> String = { $0 }) throws {
      directory = try TemporaryDirectory()
      let path = directory.path
      let own = """
        myhostname = lab.randmap.test
        queue_directory = \(path)
        data_directory = \(path)

        """
      let text = main(own + Example.unmarked(example.main))
        .replacing("hash:/etc/postfix/", with: "texthash:\(path)/")
      try directory.writeOld("main.cf", text)
      try directory.writeOld("master.cf", "")
      if let table = example.table { try directory.writeOld("transport", Example.unmarked(table)) }
      let daemons = try runSuccessfully(postfixTool("postconf"), ["-dh", "daemon_directory"])
      server = try RewriteServer(
        daemonDirectory: String(daemons.prefix { $0 != "\n" }), configDirectory: path,
        socket: path + "/rewrite")
    }
  }

  /// The server ends with the last reference to it.
  private func ask<Answer>(_ running: Running, _ question: (Resolver) throws -> Answer) throws -> Answer {
    try withExtendedLifetime(running) { try question(running.server.resolver()) }
  }

  private func rule(_ code: String) throws -> Rule { try #require(Rule.named(code)) }

  /// RM110, in the order of the example and in the other.
  @Test(arguments: [false, true])
  func aDomainBehindACatchAllIsNeverFound(turned: Bool) throws {
    let bad = try Running(rule("RM110").bad) { text in
      guard turned else { return text }
      let pool = "randmap:{smtp:[gw1.example], smtp:[gw2.example]}"
      return text.replacing(", \(pool)", with: "")
        .replacing("transport_maps = ", with: "transport_maps = \(pool), ")
    }
    let found = try ask(bad) { resolver in
      try (0..<40).map { _ in try resolver.resolve("u@example.com") }
    }
    #expect(Set(found.map(\.nexthop)) == ["[gw1.example]", "[gw2.example]"])
    let good = try Running(rule("RM110").good)
    #expect(try ask(good) { try $0.resolve("u@example.com").nexthop } == "[inside.example]")
  }

  @Test func localMailLeavesByTheGateway() throws {
    let bad = try Running(rule("RM111").bad)
    #expect(try ask(bad) { try $0.resolve("root@example.com").transport } == "smtp")
    let good = try Running(rule("RM111").good)
    #expect(try ask(good) { try $0.resolve("root@example.com").transport } == "local")
  }

  @Test func aPoolOnAStarIsDrawnOnceInThirtySeconds() throws {
    /// How often the next hop changes from one address to the next: about half of the time in a fair draw.
    func changes(_ example: Example) throws -> Int {
      let found = try ask(Running(example)) { resolver in
        try (0..<100).map { try resolver.resolve("u\($0)@d\($0).example").nexthop }
      }
      return zip(found, found.dropFirst()).count { $0 != $1 }
    }
    // The 30 seconds may end once while we ask.
    #expect(try changes(rule("RM112").bad) <= 1)
    #expect(try changes(rule("RM112").good) > 10)
  }

  @Test(arguments: [("RM114", "[gw2.example]"), ("RM201", "[gw1.example]"), ("RM202", "smtps")])
  func theTextBeforeTheColonIsTheTransport(code: String, transport: String) throws {
    func transports(_ example: Example) throws -> Set<String> {
      let found = try ask(Running(example)) { resolver in
        try (0..<40).map { _ in try resolver.resolve("u@example.com") }
      }
      return Set(found.map(\.transport))
    }
    #expect(try transports(rule(code).bad).contains(transport))
    #expect(try transports(rule(code).good) == ["smtp"])
  }

  @Test func anItemWithoutATypeIsFatal() throws {
    let bad = try Running(rule("RM310").bad)
    try waitUntil("the end of trivial-rewrite") { bad.server.status != nil }
    #expect(bad.server.status == .exited(1))
    let good = try Running(rule("RM310").good)
    #expect(try ask(good) { try $0.resolve("u@example.com").nexthop } == "[gw1.example]")
    #expect(good.server.status == nil)
  }
}

/// Sends mail. Each case has a transport of its own, so that what happens to one does not touch the others.
@Suite struct DeliveryClaimsTests {
  private static let fatal = ["RM121", "RM501", "RM502", "RM503", "RM504"]
  private static let unavailable = ["RM114", "RM201", "RM202"]

  /// The next hop of an example, with an address where nobody listens for the gateways.
  private func nextHop(_ example: Example) throws -> String {
    let value: String
    if let entry = Example.unmarked(example.table ?? "").split(separator: " ").last {
      value = String(entry.replacing("smtp:randmap", with: "randmap"))
    } else {
      value = try example.config.parameters.value("relayhost").text
    }
    return value.trimmingCharacters(in: .whitespacesAndNewlines)
      .replacing("gw1.example", with: "127.0.0.1").replacing("gw2.example", with: "127.0.0.1")
  }

  private func table() throws -> String {
    var lines: [String] = []
    for code in Self.fatal {
      let rule = try #require(Rule.named(code))
      lines.append("bad.\(code).test    bad\(code):\(try nextHop(rule.bad))")
      lines.append("other.\(code).test  bad\(code):[127.0.0.1]:1")
      // What takes the place of the pool is no next hop of smtp(8).
      let good = code == "RM121" ? "[127.0.0.1]:1" : try nextHop(rule.good)
      lines.append("good.\(code).test   good\(code):\(good)")
    }
    for code in Self.unavailable {
      let rule = try #require(Rule.named(code))
      let marked = try #require(rule.bad.marked)
      let value = try #require(rule.bad.config.document(marked.file)).bytes[marked.range].text
      lines.append("bad.\(code).test  \(value):[127.0.0.1]:1")
    }
    return lines.joined(separator: "\n").lowercased() + "\n"
  }

  @Test func aMalformedNextHopStopsItsTransportAndAHostIsNoTransport() throws {
    let lanes = Self.fatal.flatMap { ["bad\($0)", "good\($0)"] }
      .map { "\($0.lowercased()) unix - - n - - smtp -o syslog_name=postfix/\($0.lowercased())\n" }.joined()
    let lab = try PostfixLab(
      main: "transport_maps = texthash:$config_directory/transport", master: lanes,
      files: ["transport": table()])
    func deliveries() -> [String: Delivery] {
      Dictionary(lab.deliveries.map { ($0.recipient, $0) }, uniquingKeysWith: { first, _ in first })
    }
    func recipient(_ kind: String, _ code: String) -> String { "u@\(kind).\(code).test".lowercased() }

    try lab.sendOne(to: (Self.fatal + Self.unavailable).map { recipient("bad", $0) })
    try lab.waitUntilSettled()
    let bad = deliveries()
    #expect(lab.messages(in: .deferred) == 1)
    for code in Self.unavailable {
      #expect(bad[recipient("bad", code)]?.status == .deferred)
      #expect(bad[recipient("bad", code)]?.reason == "mail transport unavailable", "\(code)")
    }

    try lab.sendOne(to: Self.fatal.flatMap { [recipient("other", $0), recipient("good", $0)] })
    let good = Self.fatal.map { recipient("good", $0) }
    try waitUntil("what becomes of \(good)", seen: lab.log) { good.allSatisfy { deliveries()[$0] != nil } }
    let all = deliveries()
    // The other mail for the transports that were stopped is not even tried.
    #expect(lab.messages(in: .active) == 1)
    let log = lab.log
    for code in Self.fatal {
      let service = "bad\(code.lowercased())"
      #expect(log.contains("private/\(service) socket: malformed response"), "\(code)\n\(log)")
      // The queue manager does not even say why these wait.
      #expect(bad[recipient("bad", code)] == nil && all[recipient("other", code)] == nil, "\(code)")
      #expect(all[recipient("good", code)]?.reason.contains("mail transport") == false, "\(code)")
      #expect(!log.contains("private/good\(code.lowercased()) socket"), "\(code)")
    }
    let deaths = log.split(separator: "\n").filter { $0.contains("/smtp[") && $0.contains(": fatal: ") }
    for code in Self.fatal {
      #expect(deaths.contains { $0.contains("postfix/bad\(code.lowercased())/smtp[") }, "\(code) \(deaths)")
    }
    #expect(deaths.allSatisfy { $0.contains("postfix/bad") }, "\(deaths)")
  }
}
