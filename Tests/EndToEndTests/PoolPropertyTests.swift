// Random configurations and random wishes, asked of a real trivial-rewrite(8): the mail that is meant goes to the pool, and
// all other mail as before.

import Editing
import PostfixFiles
import TestSupport
import Testing

/// A configuration, a wish, and the messages to ask for.
private struct Drawn {
  var main = ""
  var transport = ""
  var senders = ""
  let wish: PoolWish
  let meant: (recipient: String, sender: String)
  let shares: [String: Double]

  private static let recipients = [
    "u@far.example", "u@lab.randmap.test", "u@box.example", "u@relay.example", "u@keyed.example", "v@keyed.example",
    "u@sub.relay.example", "u@new.example",
  ]
  private static let senders = ["", "a@customer.example", "b@other.example", "me@lab.randmap.test"]

  static var messages: [(recipient: String, sender: String)] {
    recipients.flatMap { recipient in senders.map { (recipient, $0) } }
  }

  init(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    if Bool.random(using: &random) { main += "relayhost = [old.example]:587\n" }
    if Bool.random(using: &random) { main += "relay_domains = relay.example\n" }
    if Bool.random(using: &random) { main += "virtual_mailbox_domains = box.example\n" }
    if Bool.random(using: &random) {
      main += "transport_maps = texthash:$config_directory/transport\n"
      transport = "keyed.example smtp:[kept.example]\nv@keyed.example smtp:[own.example]\n"
    }
    if Bool.random(using: &random) {
      main += "sender_dependent_default_transport_maps = texthash:$config_directory/senders\n"
      senders = "@other.example smtp:[others.example]\n"
    }
    var scopes: [(Scope, String, String)] = [
      (.outbound, "u@far.example", ""), (.to("new.example"), "u@new.example", ""),
      (.to("keyed.example"), "u@keyed.example", ""), (.to("v@keyed.example"), "v@keyed.example", ""),
      (.from("customer.example"), "u@far.example", "a@customer.example"),
      (.from("b@other.example"), "u@far.example", "b@other.example"),
    ]
    if main.contains("relay_domains") { scopes.append((.relayDomains, "u@relay.example", "")) }
    let (scope, recipient, sender) = scopes[Int.random(in: 0..<scopes.count, using: &random)]
    let weights = (0..<Int.random(in: 2...3, using: &random)).map { _ in Int.random(in: 1...4, using: &random) }
    let total = Double(weights.reduce(0, +))
    wish = PoolWish(
      scope, weights.enumerated().map { WantedMember(.text("[gw\($0).example]"), weight: .number($1)) },
      notation: .stock)
    meant = (recipient, sender)
    shares = Dictionary(
      uniqueKeysWithValues: weights.enumerated().map { ("[gw\($0).example]", Double($1) / total) })
  }

  var config: MailConfig {
    get throws {
      var config = MailConfig(
        directory: "/d", environment: Environment(hostName: "lab.randmap.test", version: .assumed),
        main: "compatibility_level = 3.6\nmyhostname = lab.randmap.test\nmydestination = $myhostname\n" + main)
      for (name, text) in [("transport", transport), ("senders", senders)] {
        let document = Document(path: "/d/\(name)", bytes: Bytes(text.utf8))
        config.files[document.path] = .read(document)
      }
      return config
    }
  }

  /// Whether the wish means a message. Mail for the relay domains goes by relayhost too, and with it.
  func means(_ message: (recipient: String, sender: String), wasOutbound: Bool) -> Bool {
    let domain = message.recipient.split(separator: "@").last ?? ""
    switch wish.scope {
    case .outbound: return wasOutbound
    case .to(let address): return message.recipient == address || domain == address && message.recipient != "v@keyed.example"
    case .relayDomains: return domain.hasSuffix("relay.example") && main.contains("relay_domains")
    default: return message.sender == meant.sender && wasOutbound
    }
  }
}

@Suite struct PoolPropertyTests {
  @Test(arguments: 0..<8 as Range<UInt64>)
  func onlyTheMailThatIsMeantTakesAnotherWay(seed: UInt64) throws {
    let drawn = try Drawn(seed: seed)
    let plan: PoolPlan
    do throws(EditRefusal) {
      plan = try drawn.config.planning(drawn.wish, on: Machine(addresses: []))
    } catch {
      // What another setting decides is refused, with the reason.
      #expect(!error.isWrongCall && !error.message.isEmpty, "\(error)")
      return
    }
    #expect(plan.guards.isEmpty)
    let files = ["transport": drawn.transport, "senders": drawn.senders]
    let before = try answers(drawn.main, files, draws: 1)
    let main = plan.config.main.document.bytes.text
    let own = main.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(3).joined(separator: "\n")
    let after = try answers(
      own, files.mapValues { $0 }.merging(
        plan.config.files.reduce(into: [:]) { found, file in
          found[String(file.key.dropFirst(3))] = file.value.document?.bytes.text
        }, uniquingKeysWith: { $1 }), draws: 40)
    // What goes where mail to the outside goes, by the same setting, was outbound.
    let outside = before["u@far.example "]?.keys.first ?? ""
    for (recipient, sender) in Drawn.messages {
      let key = "\(recipient) \(sender)"
      let was = before[key]?.keys.first ?? ""
      let isFar = recipient == "u@far.example" || recipient == "u@new.example" || recipient == "u@box.example"
      let hop = outside.split(separator: ":", maxSplits: 1).last ?? ""
      let wasOutbound =
        was == outside || (outside == "smtp:far.example" && was.hasPrefix("smtp:") && was.hasSuffix(recipient.split(separator: "@")[1]))
        || (drawn.main.contains("relayhost") && was == "relay:\(hop)")
      _ = isFar
      if drawn.means((recipient, sender), wasOutbound: wasOutbound) {
        #expect(Set((after[key] ?? [:]).keys.map { $0.split(separator: ":", maxSplits: 1)[1] }.map(String.init)) == Set(drawn.shares.keys), "\(key): \(drawn.wish.scope)")
      } else {
        #expect(after[key].map { Set($0.keys) } == [was], "\(key): \(drawn.wish.scope)")
      }
    }
  }

  /// The first destinations of every message, as trivial-rewrite(8) answers.
  private func answers(_ main: String, _ files: [String: String], draws: Int) throws -> [String: [String: Int]] {
    let lab = try PostfixLab(main: main, files: files)
    let resolver = try lab.resolver()
    var found: [String: [String: Int]] = [:]
    for (recipient, sender) in Drawn.messages {
      for _ in 0..<draws {
        let answer = try resolver.resolve(recipient, from: sender)
        found["\(recipient) \(sender)", default: [:]]["\(answer.transport):\(answer.nexthop.prefix { $0 != "," })", default: 0] += 1
      }
    }
    return found
  }
}
