// What a conversion promises, asked of a real trivial-rewrite(8): every address goes to the destinations of its pool,
// with the shares of its pool.

import PostfixFiles
import Routing
import TestSupport
import TestTraits
import Testing

@testable import Editing

/// A configuration in the notations of the agent, drawn at random, with what its pools promise for some addresses.
private struct Drawn {
  var main = ""
  var table = ""
  var pool = ""
  /// By address: each destination, its first hop only, with its share.
  var promises: [String: [String: Double]] = [:]
  private var random: SeededGenerator
  private var gateways = 0

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    main =
      "# randmap: agent\nmydestination = $myhostname\ntransport_maps = texthash:$config_directory/transport\n"
    let usesRelayhost = seed % 3 == 2
    if usesRelayhost {
      let hosts = members(["smtp"]).map { $0.dropping(prefix: "smtp:") }
      main += "relayhost = randmap:\(inline(hosts))\nrelay_domains = relay1.example relay2.example\n"
      promise("u@elsewhere.example", hosts.map { "smtp:\($0)" })
      promise("u@relay1.example", hosts.map { "relay:\($0)" })
    } else {
      let outbound = members(["smtp", "relay", "lmtp"])
      main += "default_transport =\n  randmap:\n" + outbound.map { "    !\($0)\n" }.joined()
      promise("u@elsewhere.example", outbound)
      let relay = members(["relay"])
      main += "relay_domains = relay1.example, relay2.example\nrelay_transport = randmap:\(inline(relay))\n"
      for domain in ["relay1.example", "relay2.example", "sub.relay2.example"] {
        promise("u@\(domain)", relay)
      }
    }
    entry("one.example", members(["smtp"]))
    entry("two.example", members(["smtp", "relay"]), listing: true)
    entry(".three.example", members(["smtp"]), address: "u@sub.three.example")
    entry("Person@four.example", members(["smtp"]), address: "person@four.example")
    let hosts = members(["smtp"]).map { $0.dropping(prefix: "smtp:") }
    table += "five.example   smtp:randmap:\(inline(hosts))\n"
    promise("u@five.example", hosts.map { "smtp:\($0)" })
    let filed = members(["smtp"])
    pool = filed.map { "\($0)\n" }.joined()
    table += "six.example   randmap:/etc/postfix/pool\n"
    promise("u@six.example", filed)
    table += "plain.example smtp:[plain.example]\n"
    promises["u@plain.example"] = ["smtp:[plain.example]": 1]
    promises["root@lab.randmap.test"] = ["local:lab.randmap.test": 1]
  }

  /// Two to four members with weights from 1 to 3; each as often as its weight.
  private mutating func members(_ transports: [String]) -> [String] {
    (0..<Int.random(in: 2...4, using: &random)).flatMap { _ -> [String] in
      gateways += 1
      let transport = transports.randomElement(using: &random) ?? "smtp"
      let port = Bool.random(using: &random) ? ":26" : ""
      return Array(
        repeating: "\(transport):[gw\(gateways).example]\(port)", count: .random(in: 1...3, using: &random))
    }
  }

  /// With `listing`, one member is a next-hop list of its own.
  private mutating func entry(
    _ key: String, _ results: [String], address: String? = nil, listing: Bool = false
  ) {
    let written = listing ? results.map { $0 == results[0] ? "\($0), [last.example]" : $0 } : results
    table += "\(key)\trandmap:\(inline(written))\n"
    promise(address ?? "u@\(key)", results)
  }

  private mutating func promise(_ address: String, _ results: [String]) {
    promises[address] = results.reduce(into: [:]) { $0[$1, default: 0] += 1 / Double(results.count) }
  }

  private func inline(_ results: [String]) -> String { results.map { "!\($0)" }.joined() }

  /// The promises as `address destination share`, the share with four digits.
  var shares: [String] {
    promises.flatMap { address, destinations in
      destinations.map { "\(address) \($0) \(Int(($1 * 10_000).rounded()))" }
    }.sorted()
  }

  var config: MailConfig {
    var config = MailConfig(
      directory: "/etc/postfix",
      environment: Environment(hostName: "lab.randmap.test"), main: main)
    for (name, text) in ["transport": table, "pool": pool] {
      config.files["/etc/postfix/\(name)"] = .read(
        Document(path: "/etc/postfix/\(name)", bytes: Bytes(text.utf8)))
    }
    return config
  }
}

@Suite(.waits) struct ConversionProofTests {
  @Test(arguments: 0..<3 as Range<UInt64>)
  func everyAddressKeepsItsDestinationsAndShares(seed: UInt64) throws {
    let drawn = Drawn(seed: seed)
    let stock = try drawn.config.converting([], to: .stock).config
    // There and back once more: what Postfix is asked about has been through the agent's notation twice.
    let again = try stock.converting([], to: .agent).config.converting([], to: .stock).config
    let table = try #require(again.files["/etc/postfix/transport"]?.document).bytes.text
    #expect(!table.contains("randmap"))
    let lab = try PostfixLab(main: again.main.document.bytes.text, files: ["transport": table])
    let resolver = try lab.resolver()
    for (address, promise) in drawn.promises.sorted(by: { $0.key < $1.key }) {
      let draws = promise.count == 1 ? 20 : 500
      var found: [String: Int] = [:]
      for _ in 0..<draws {
        let answer = try resolver.resolve(address)
        let first = answer.nexthop.prefix { $0 != "," }
        found["\(answer.transport):\(first)", default: 0] += 1
      }
      #expect(Set(found.keys) == Set(promise.keys), "\(address)")
      for (destination, share) in promise {
        // A normal variable is further off than 6.2 standard deviations once in two thousand million times.
        let deviation = 6.2 * (share * (1 - share) / Double(draws)).squareRoot()
        let seen = Double(found[destination] ?? 0) / Double(draws)
        #expect(abs(seen - share) <= deviation, "\(address) \(destination)")
      }
    }
  }

  /// `address destination share`, the first hop only, with four digits.
  private func shares(_ addresses: [String], in config: MailConfig) -> [String] {
    let resolver = Resolver(config)
    return addresses.flatMap { address in
      var found: [String: Double] = [:]
      for outcome in resolver.route(address).outcomes {
        guard case .destination(let transport, let nextHop) = outcome.value else { continue }
        found["\(transport.text):\(nextHop.prefix { $0 != UInt8(ascii: ",") }.text)", default: 0] +=
          outcome.share
      }
      return found.map { "\(address) \($0) \(Int(($1 * 10_000).rounded()))" }
    }.sorted()
  }

  @Test func ourModelSeesTheSamePoolsBeforeAndAfter() throws {
    for seed in 100..<106 as Range<UInt64> {
      let before = Drawn(seed: seed).config
      func contents(_ config: MailConfig) -> [PoolContent] {
        config.poolSites().map(\.content.inOrder).sorted { "\($0)" < "\($1)" }
      }
      let stock = try before.converting([], to: .stock).config
      let agent = try stock.converting([], to: .agent).config
      let stockAgain = try agent.converting([], to: .stock).config
      let inline = try before.converting([], to: .inline).config
      let file = try inline.converting([], to: .file).config
      let back = try file.converting([], to: .inline).config
      #expect(contents(inline) == contents(before))
      #expect(contents(file) == contents(before))
      #expect(contents(back) == contents(before))
      #expect(contents(stock) == contents(before))
      for config in [stock, agent, stockAgain] {
        #expect(shares(Drawn(seed: seed).promises.keys.sorted(), in: config) == Drawn(seed: seed).shares)
      }
    }
  }
}
