// Calls that make a pool, each with the Postfix that it is made on, and what has to be true of the mail after it.

import Foundation
import TestSupport
import Testing

/// One call, and the Postfix that it is made on. `GW1` and `GW2` stand for the gateways.
struct PoolCall: CustomTestStringConvertible, Sendable {
  let name: String
  var main = ""
  var files: [String: String] = [:]
  let arguments: [String]
  /// What is typed in the console after the scope: what is there already is shown there.
  let typed: String
  /// The shares of the two gateways.
  let shares: [Double]
  var recipient = "user@far.example"
  var sender = "sender@lab.randmap.test"
  /// A sender whose mail goes on as it did, to port 9.
  var other: String?

  var testDescription: String { name }

  static let all = [
    PoolCall(
      name: "outbound, from a relayhost", main: "relayhost = GW1",
      arguments: ["outbound", "GW1=70", "GW2=30"], typed: "GW2=30%", shares: [0.7, 0.3]),
    PoolCall(
      name: "outbound, beside a customer's own relay",
      main: "relayhost = GW1\nsender_dependent_relayhost_maps = texthash:$config_directory/senders",
      files: ["senders": "@customer.example [127.0.0.1]:9\n"],
      arguments: ["outbound", "GW1=70", "GW2=30"], typed: "GW2=30%", shares: [0.7, 0.3],
      other: "one@customer.example"),
    PoolCall(
      name: "outbound by default_transport, beside a customer's own",
      main: "default_transport = smtp:GW1\n"
        + "sender_dependent_default_transport_maps = texthash:$config_directory/senders",
      files: ["senders": "@customer.example smtp:[127.0.0.1]:9\n"],
      arguments: ["outbound", "smtp:GW1=70", "smtp:GW2=30"], typed: "smtp:GW2=30%", shares: [0.7, 0.3],
      other: "one@customer.example"),
    PoolCall(
      name: "to a domain", main: "relayhost = [127.0.0.1]:9",
      arguments: ["to:example.com", "GW1=60%", "GW2=40%"], typed: "GW1=60%\nGW2=40%",
      shares: [0.6, 0.4], recipient: "user@example.com"),
    PoolCall(
      name: "to a domain of a table", main: "transport_maps = texthash:$config_directory/transport",
      files: ["transport": "example.com smtp:GW1\nother.example smtp:[127.0.0.1]:9\n"],
      arguments: ["to:example.com", "GW1=60%", "GW2=40%"], typed: "GW2=40%", shares: [0.6, 0.4],
      recipient: "user@example.com"),
    PoolCall(
      name: "from a customer", main: "relayhost = [127.0.0.1]:9",
      arguments: ["from:customer-a.example", "GW1", "GW2"], typed: "GW1\nGW2", shares: [0.5, 0.5],
      sender: "me@customer-a.example"),
    PoolCall(
      name: "the relay domains", main: "relay_domains = relay.example",
      arguments: ["class:relay", "relay:GW1", "relay:GW2"], typed: "relay:GW1\nrelay:GW2",
      shares: [0.5, 0.5],
      recipient: "user@relay.example"),
    PoolCall(
      name: "the relay domains, beside patterns",
      main: "relay_domains = relay.example\ntransport_maps = regexp:$config_directory/patterns",
      files: ["patterns": "/^vip@relay\\.example$/ smtp:[127.0.0.1]:9\n"],
      arguments: ["class:relay", "relay:GW1", "relay:GW2"], typed: "relay:GW1\nrelay:GW2",
      shares: [0.5, 0.5], recipient: "user@relay.example"),
    PoolCall(
      name: "the virtual mailbox domains",
      main: "virtual_mailbox_domains = box.example\nvirtual_transport = smtp:GW1",
      arguments: ["class:virtual", "smtp:GW1", "smtp:GW2"], typed: "smtp:GW2", shares: [0.5, 0.5],
      recipient: "user@box.example"),
  ]
}

/// A Postfix for one call, before it is made.
struct PoolCallScene {
  let call: PoolCall
  let gateways: [SmtpSink]
  let lab: PostfixLab
  private let first: [String: Data]
  var state: [String: String] { ["XDG_STATE_HOME": lab.directory.file("state")] }

  init(_ call: PoolCall) throws {
    self.call = call
    let gateways = try SmtpSink.pair()
    self.gateways = gateways
    func named(_ text: String) -> String { Self.named(text, gateways) }
    lab = try PostfixLab(main: named(call.main), files: call.files.mapValues(named))
    first = try lab.configuration()
  }

  func named(_ text: String) -> String { Self.named(text, gateways) }

  private static func named(_ text: String, _ gateways: [SmtpSink]) -> String {
    text.replacingOccurrences(of: "GW1", with: "\(gateways[0].address)")
      .replacingOccurrences(of: "GW2", with: "\(gateways[1].address)")
  }

  /// The mail that is meant is shared, local mail stays local, and a gateway that dies defers nothing.
  func expectSharing() throws {
    #expect(try lab.resolver().resolve("someone@lab.randmap.test").transport == "local")
    if let other = call.other {
      for _ in 0..<20 {
        #expect(try lab.resolver().resolve(call.recipient, from: other).nexthop == "[127.0.0.1]:9")
      }
    }
    try lab.send(300, to: call.recipient, from: call.sender)
    try lab.waitUntilDrained()
    let counts = gateways.map(\.count)
    #expect(counts.reduce(0, +) == 300)
    for (count, share) in zip(counts, call.shares) {
      #expect(isFair(count, of: 300, share: share), "\(counts)")
    }
    try gateways[0].stop()
    try lab.send(60, to: call.recipient, from: call.sender)
    try lab.waitUntilDrained()
    #expect(gateways[1].count == counts[1] + 60)
    #expect(lab.deliveries.allSatisfy { $0.status == .sent }, "\(lab.log)")
  }

  /// One undo gives the first bytes back.
  func expectUndoLeadsBack() throws {
    let undone = try runRandmap(["undo", "-c", lab.configDirectory], environment: state)
    #expect(undone.status == .exited(0), "\(undone.summary)")
    #expect(try lab.configuration() == first)
    _ = try? run("rm", ["-rf", "/var/lib/randmap" + lab.configDirectory])
  }
}

/// Whether a count is what chance gives to a share: five standard deviations and a bit.
func isFair(_ count: Int, of total: Int, share: Double) -> Bool {
  let expected = Double(total) * share
  return abs(Double(count) - expected) <= 5 * (expected * (1 - share)).squareRoot() + 1
}

extension PostfixLab {
  /// The files of the configuration, by name.
  func configuration() throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: configDirectory) {
      contents[name] = try Data(contentsOf: URL(fileURLWithPath: "\(configDirectory)/\(name)"))
    }
    return contents
  }
}
