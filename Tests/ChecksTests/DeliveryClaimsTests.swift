// What the gravest rules claim, shown on a real Postfix: what becomes of the mail of the bad example and of the good one,
// and of the other mail of the transport.

import Foundation
import PostfixFiles
import TestSupport
import TestTraits
import Testing

@testable import Checks

/// Sends mail. Each case has a transport of its own, so that what happens to one does not touch the others.
@Suite(.waits) struct DeliveryClaimsTests {
  static let fatal = [
    "RM115", "RM121", "RM203", "RM204", "RM208", "RM216", "RM217", "RM501", "RM502", "RM503", "RM504",
    "RM509",
    "RM512",
  ]
  static let unavailable = ["RM114", "RM201", "RM202"]

  /// The next hop of an example, with an address where nobody listens for the gateways.
  private func nextHop(_ example: Example) throws -> String {
    let value: SourcedText
    if let document = example.config.document("\(Example.directory)/transport") {
      let entry = try #require(Table(document).entries.first { _ in true })
      value = Destination(entry.value).nextHop
    } else {
      value = try example.config.parameters.value("relayhost")
    }
    return ["gw1.example", "gw2.example", "192.0.2.1"]
      .reduce(value.text) { $0.replacing($1, with: "127.0.0.2") }
  }

  private func table() throws -> String {
    var lines: [String] = []
    for code in Self.fatal {
      let rule = try #require(Rule.named(code))
      lines.append("bad.\(code).test    bad\(code):\(try nextHop(rule.bad))")
      lines.append("other.\(code).test  bad\(code):[127.0.0.2]:1")
      // What takes the place of the pool is no next hop of smtp(8).
      let good = code == "RM121" ? "[127.0.0.2]:1" : try nextHop(rule.good)
      lines.append("good.\(code).test   good\(code):\(good)")
    }
    for code in Self.unavailable {
      let rule = try #require(Rule.named(code))
      let marked = try #require(rule.bad.marked)
      let value = try #require(rule.bad.config.document(marked.file)).bytes[marked.range].text
      lines.append("bad.\(code).test  \(value):[127.0.0.2]:1")
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
    let deaths = log.split(separator: "\n").filter {
      $0.contains("/smtp[") && ($0.contains(": fatal: ") || $0.contains(": panic: "))
    }
    for code in Self.fatal {
      #expect(deaths.contains { $0.contains("postfix/bad\(code.lowercased())/smtp[") }, "\(code) \(deaths)")
    }
    #expect(deaths.allSatisfy { $0.contains("postfix/bad") }, "\(deaths)")
  }

  /// RM509: what a host name may have beyond ASCII is up to smtputf8_enable; bytes that are not UTF-8 are never part of
  /// one, nor is U+FFFD, which stands for them.
  @Test(arguments: [true, false]) func hostNamesBeyondASCII(isUnicode: Bool) throws {
    let lanes = ["utf8", "latin1", "replaced"]
    let lab = try PostfixLab(
      master: lanes.map { "\($0) unix - - n - - smtp -o syslog_name=postfix/\($0)\n" }.joined())
    try lab.stop()
    let main = """
      relay_domains = utf8.test
      virtual_mailbox_domains = latin1.test
      virtual_mailbox_maps = static:any
      relay_transport = utf8:[b\u{FC}cher.example]
      virtual_transport = latin1:[b%cher.example]
      default_transport = replaced:[b\u{FFFD}cher.example]
      smtputf8_enable = \(isUnicode ? "yes" : "no")

      """
    let path = lab.configDirectory + "/main.cf"
    let latin1 = UInt8(ascii: "%")
    try writeFile(path, readFile(path) + main.utf8.map { $0 == latin1 ? 0xFC : $0 })
    try lab.start()
    let fatal = isUnicode ? ["latin1", "replaced"] : lanes
    try lab.sendOne(to: lanes.map { "u@\($0).test" })
    func deaths() -> [String] {
      let died = lab.log.split(separator: "\n").filter {
        $0.contains(": fatal: valid hostname or network address required")
      }
      return lanes.filter { lane in died.contains { $0.contains("postfix/\(lane)/smtp[") } }
    }
    try waitUntil("the end of \(fatal)", seen: lab.log) { deaths() == fatal }
    if isUnicode {
      try waitUntil("an answer for the good one", seen: lab.log) {
        lab.deliveries.contains {
          $0.recipient == "u@utf8.test" && $0.reason.contains("unable to look up host xn--bcher-kva.example")
        }
      }
    }
    let report = Linter().lint(try MailConfig(directory: lab.configDirectory, environment: Environment()))
    let transports = report.diagnostics.filter { $0.code == "RM509" }
    #expect(transports.count == fatal.count, "\(report.diagnostics)")
  }

  /// RM409: what master(8) does not start with, and what it takes.
  @Test(arguments: [
    "p1 unix - - x - - smtp", "p1 unix Y - n - - smtp", "p1 unix - 1 n - - smtp", "p1 unix - - n x - smtp",
    "p1 unix - - n - x smtp", "p1 unix - - n - -1 smtp", "p1 unix - - n ? - smtp", "p1 unix - - n - -",
    "p1 unix - - n - - smtp -o { smtp_helo_name=x", "p1 unix - - n - - smtp -o {smtp_helo_name=x}y",
    "p/1 unix - - n - - smtp", "nosuchport inet n - n - - smtpd", "3526 inet - - n - - smtpd",
    "3526 inet y - n - - smtpd",
  ])
  func aLineThatMasterDoesNotStartWith(line: String) throws {
    #expect(MasterCf(Document(path: "master.cf", bytes: Bytes("\(line)\n".utf8))).problems.count == 1)
    let refusal = #expect(throws: TestFailure.self) { try PostfixLab(master: line) }
    #expect(
      refusal.map { "\($0)" }?.contains("master ended: exited(1)") == true, "\(String(describing: refusal))")
  }

  @Test func linesThatMasterTakes() throws {
    let address = try LoopbackAddress.own()
    let lines = """
      p1 unix - y n 0 - smtp
      p2 unix - - n 1x 007 smtp -o{smtp_helo_name=x}
      p3 pass y n n - 0 smtp -o { smtp_helo_name = x }
      \(address.host):\(address.port) inet n - n - - smtpd
      """
    #expect(MasterCf(Document(path: "master.cf", bytes: Bytes("\(lines)\n".utf8))).problems.isEmpty)
    _ = try PostfixLab(master: lines)
  }
}
