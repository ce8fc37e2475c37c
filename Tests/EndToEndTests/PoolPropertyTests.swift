// Random configurations and random wishes, asked of a real trivial-rewrite(8): the mail that is meant goes to the pool, and
// all other mail as before.

import Editing
import PostfixFiles
import TestSupport
import TestTraits
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
    "u@far.example", "u@lab.randmap.test", "u@box.example", "u@relay.example", "u@keyed.example",
    "v@keyed.example",
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
    if main.contains("virtual_mailbox_domains") {
      scopes.append((.virtualMailboxes, "u@box.example", ""))
    }
    let (scope, recipient, sender) = scopes[Int.random(in: 0..<scopes.count, using: &random)]
    let weights = (0..<Int.random(in: 2...3, using: &random)).map { _ in Int.random(in: 1...4, using: &random)
    }
    let total = Double(weights.reduce(0, +))
    wish = PoolWish(
      scope, weights.enumerated().map { WantedMember(.text("[gw\($0).example]"), weight: .number($1)) },
      notation: .stock)
    meant = (recipient, sender)
    shares = Dictionary(
      uniqueKeysWithValues: weights.enumerated().map { ("[gw\($0).example]", Double($1) / total) })
  }

  var config: MailConfig {
    var config = MailConfig(
      directory: "/d", environment: Environment(hostName: "lab.randmap.test", version: .assumed),
      main: "compatibility_level = 3.6\nmyhostname = lab.randmap.test\nmydestination = $myhostname\n" + main
    )
    for (name, text) in [("transport", transport), ("senders", senders)] {
      let document = Document(path: "/d/\(name)", bytes: Bytes(text.utf8))
      config.files[document.path] = .read(document)
    }
    return config
  }

  /// Whether the wish means a message that went to `was`. Mail for the relay domains goes by relayhost too, and with it.
  func means(_ message: (recipient: String, sender: String), was: String) -> Bool {
    let domain = message.recipient.split(separator: "@").last.map(String.init) ?? ""
    let isByRelayhost = was.hasSuffix(":[old.example]:587")
    let isOutbound = isByRelayhost || (!main.contains("relayhost") && was == "smtp:\(domain)")
    switch wish.scope {
    case .outbound: return isOutbound
    case .to(let address):
      let hasOwn = message.recipient == "v@keyed.example" && !transport.isEmpty
      return message.recipient == address || (domain == address && !hasOwn)
    case .relayDomains: return domain.hasSuffix("relay.example")
    case .virtualMailboxes: return domain == "box.example"
    default:
      // A sender's transport is only for what goes by default_transport.
      return message.sender == meant.sender && was.hasPrefix("smtp:")
        && (isOutbound || was == "smtp:[others.example]")
    }
  }
}

@Suite(.waits) struct PoolPropertyTests {
  @Test(arguments: 0..<16 as Range<UInt64>)
  func onlyTheMailThatIsMeantTakesAnotherWay(seed: UInt64) throws {
    let drawn = try Drawn(seed: seed)
    let plan: PoolPlan
    do throws(EditError) {
      plan = try drawn.config.planning(drawn.wish, on: Machine(addresses: []))
    } catch {
      // What another setting decides is refused, with the reason.
      #expect(!error.isWrongCall && !error.message.isEmpty, "\(error)")
      return
    }
    // Of those the mailboxes are here.
    let isOfMailboxes = drawn.wish.scope == .virtualMailboxes
    #expect(plan.guards.allSatisfy { isOfMailboxes && $0.message.hasPrefix("takes mailboxes off this host") })
    let files = ["transport": drawn.transport, "senders": drawn.senders]
    let before = try answers(drawn.main, files, draws: 1)
    let main = plan.config.main.document.bytes.text
    let own = main.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(3).joined(
      separator: "\n")
    let made = plan.config.files.reduce(into: files) { found, file in
      found[String(file.key.dropFirst("/d/".count))] = file.value.document?.bytes.text
    }
    let after = try answers(own, made, draws: 250)
    for message in Drawn.messages {
      let key = "\(message.recipient) \(message.sender)"
      let was = before[key]?.keys.first ?? ""
      let now = after[key] ?? [:]
      if drawn.means(message, was: was) {
        let hops = Dictionary(
          now.map { (String($0.key.split(separator: ":", maxSplits: 1).last ?? ""), $0.value) },
          uniquingKeysWith: +)
        #expect(Set(hops.keys) == Set(drawn.shares.keys), "\(key): \(drawn.wish.summary), was \(was)")
        for (hop, share) in drawn.shares {
          // Six standard deviations.
          let deviation = 6 * (share * (1 - share) / 250).squareRoot()
          #expect(abs(Double(hops[hop] ?? 0) / 250 - share) <= deviation, "\(key) \(hop)")
        }
      } else {
        #expect(Set(now.keys) == [was], "\(key): \(drawn.wish.summary)")
      }
    }
  }

  /// Else the property says nothing: most wishes can be granted.
  @Test func mostWishesAreGranted() throws {
    let granted = try (0..<60 as Range<UInt64>).count { seed in
      let drawn = try Drawn(seed: seed)
      return (try? drawn.config.planning(drawn.wish, on: Machine(addresses: []))) != nil
    }
    #expect(granted >= 45, "\(granted) of 60")
  }

  /// The first destinations of every message, as trivial-rewrite(8) answers.
  private func answers(_ main: String, _ files: [String: String], draws: Int) throws -> [String: [String:
    Int]]
  {
    let lab = try PostfixLab(main: main, files: files)
    let resolver = try lab.resolver()
    var found: [String: [String: Int]] = [:]
    for (recipient, sender) in Drawn.messages {
      for _ in 0..<draws {
        let answer = try resolver.resolve(recipient, from: sender)
        found["\(recipient) \(sender)", default: [:]][
          "\(answer.transport):\(answer.nexthop.prefix { $0 != "," })", default: 0] += 1
      }
    }
    return found
  }
}
