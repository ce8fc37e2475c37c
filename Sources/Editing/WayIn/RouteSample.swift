// Addresses that show what an edit means for the mail: a local one, one of each class, one outside, and what the tables
// have keys for.

import PostfixFiles
import Routing
import System

/// One message, and the mail that it is a sample of.
package struct RouteSample: Hashable, Sendable {
  package let recipient: String
  package let sender: String
  /// For people: "local mail".
  package let what: String
  package let scope: Scope?
  /// The class that it is a sample of; nil for the sample of a key.
  var addressClass: AddressClass?

  /// Whether it is for the mail of one domain or address.
  fileprivate var isOfKey: Bool {
    switch scope {
    case .to, .from: true
    default: false
    }
  }

  /// The same for the class that the address really has; nil where it is a sample of no class then.
  func corrected(by answer: RouteAnswer) -> RouteSample? {
    guard let addressClass, !answer.classes.isEmpty, !answer.classes.contains(addressClass) else {
      return self
    }
    guard addressClass == .local else { return nil }
    // A host that only sends has no local mail. It is the sample of no class where several have it.
    let own = answer.classes.count == 1 ? answer.classes.first : nil
    let kind =
      switch own {
      case .relay: "which is in relay_domains"
      case .virtual: "which is in virtual_mailbox_domains"
      case .alias: "which is in virtual_alias_domains"
      case .other, .local, nil: "which is not local"
      }
    return RouteSample(
      recipient: recipient, sender: sender, what: "mail for this host, \(kind)", scope: nil,
      addressClass: own)
  }
}

/// Where such a message goes, before and after an edit.
package struct RouteChange: Sendable {
  package let sample: RouteSample
  package let before: RouteAnswer
  package let after: RouteAnswer

  package var isChanged: Bool { before.goals != after.goals }

  /// Sender and recipient of the message.
  var address: [String] { [sample.sender, sample.recipient] }

  /// The guard of an edit that does not mean this mail.
  var asOtherMail: EditGuard {
    .changesOtherMail(
      what: sample.what, address: sample.sender.isEmpty ? sample.recipient : "from \(sample.sender)",
      before: before.words, after: after.words)
  }
}

extension RouteAnswer {
  /// Destinations with shares, to compare and to show.
  package var goals: [String: Int] {
    var goals: [String: Int] = [:]
    for (outcome, share) in outcomes {
      let text =
        if case .destination(let transport, let nextHop) = outcome {
          "\(transport.text):\(nextHop.text)"
        } else {
          "(\(outcome.reason ?? ""))"
        }
      goals[text, default: 0] += Int((share * 1_000_000).rounded())
    }
    return goals
  }

  /// `smtp:[gw1] 70.0%, smtp:[gw2] 30.0%`, each without the next hops that only come after it; safe to show.
  package var words: String {
    var shares: [String: Int] = [:]
    for (goal, share) in goals {
      let first = Self.isText(goal) ? goal : String(goal.prefix { $0 != "," && !$0.isWhitespace })
      shares[first, default: 0] += share
    }
    return Self.words(shares)
  }

  /// The same with every next hop.
  package var wholeWords: String { Self.words(goals) }

  /// Whether what is after the transport is a text for people, and no list of next hops: the reason of error(8).
  private static func isText(_ goal: String) -> Bool {
    ["(", "error:", "retry:", "discard:"].contains { goal.hasPrefix($0) }
  }

  private static func words(_ shares: [String: Int]) -> String {
    let sorted = shares.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    if sorted.count == 1, let only = sorted.first { return printable(only.key) }
    let shown = sorted.prefix(6).map { "\(printable($0.key)) \(percent(Double($0.value) / 1_000_000))" }
    return shown.joined(separator: ", ") + (sorted.count > 6 ? ", and \(sorted.count - 6) more" : "")
  }
}

extension RouteChange {
  /// `smtp:[a]  ->  smtp:[b]`; with every next hop where only the later ones differ.
  package var words: String {
    if !isChanged { return "as before: \(after.words)" }
    let isShort = before.words != after.words
    return isShort ? "\(before.words)  ->  \(after.words)" : "\(before.wholeWords)  ->  \(after.wholeWords)"
  }
}

extension MailConfig {
  /// A domain that no table has a key for.
  package static let outsideDomain = "elsewhere.example"

  /// How many keys of a table are looked at.
  private static let shownKeys = 5

  /// The same of a table that is written in main.cf. The stock pool of a class has a key for each of its domains there.
  private static let shownInlineKeys = 50

  /// The route of each is looked up in all tables: of a thousand tables with a key each, that would be a million lookups.
  private static let mostKeysInAll = 100

  /// The names in a list such as relay_domains, those of its tables included; patterns have none.
  package func domains(in parameter: String) -> [String] {
    guard let value = try? parameters.value(parameter) else { return [] }
    return value.listItems.flatMap { item -> [String] in
      let text = item.text.lowercased()
      if text.hasPrefix("!") || text.hasPrefix("[") { return [] }
      if text.hasPrefix("/") {
        return
          ((try? reading(item.text)).map { Array($0.bytes.text.split(whereSeparator: \.isWhitespace)) } ?? [])
          .prefix(Self.shownKeys).map { String($0).lowercased() }
      }
      guard text.contains(":") else { return [text] }
      guard let table = try? TableSpec(item) else { return [] }
      return keys(of: table.unproxied).prefix(Self.shownKeys).map {
        String($0.split(separator: "@").last ?? "")
      }
    }.filter { HostName.isValid($0) && $0.contains(".") }
  }

  /// - Parameter limit: nil: a few.
  private func keys(of table: TableSpec, atMost limit: Int? = nil) -> [String] {
    let (few, most) = (limit ?? Self.shownKeys, limit ?? Self.shownInlineKeys)
    if case .file(let path) = table.content, !table.isPattern, let document = try? reading(absolute(path)) {
      return Table(document).entries.lazy.prefix(few).map { $0.key.text.lowercased() }
    }
    if let database = databaseTable(table), let text = databaseText(database.database) {
      return text.routes.lazy.filter { $0.row.map == database.map && $0.row.key != "*" }
        .prefix(few).map(\.row.key)
    }
    switch table.content {
    case .union(let parts):
      return Array(parts.flatMap { keys(of: $0.unproxied, atMost: limit) }.prefix(most))
    // The first table of a pipe has the keys, whatever the others make of them.
    case .pipe(let stages):
      return stages.first.map { keys(of: $0.unproxied, atMost: limit) } ?? []
    default: return entries(of: table)?.prefix(most).map(\.key) ?? []
    }
  }

  /// A relay domain that is not local too, as relay_domains is $mydestination by default in old configurations.
  package var relayDomain: String? {
    let local = domains(in: "mydestination") + [parameters.text("myhostname").lowercased()]
    return domains(in: "relay_domains").first { !local.contains($0) }
  }

  /// A few domains of a class whose mail goes as that of the class: an entry of its own makes it mail of another scope. None
  /// where all that are looked at have one.
  func domainsToShow(of domainClass: DomainClass) -> [String] {
    let local = domains(in: "mydestination") + [parameters.text("myhostname").lowercased()]
    // As stock Postfix runs it, the pool of the class is an entry for each of its domains.
    let pools = Set(classSpot(domainClass).sites.map(\.id))
    let shown = domains(in: domainClass.list).lazy.filter { !local.contains($0) }.prefix(50).filter {
      domain in
      guard let spot = try? keySpot(domain, of: .transportMaps, .to(domain)) else { return false }
      return spot.sites.first.map { pools.contains($0.id) } ?? (spot.single == nil)
    }
    return Array(shown.prefix(3))
  }

  /// The keys that the tables of a parameter have, a few of each.
  private func shownKeys(_ parameter: RoutingParameter) -> [String] {
    var seen: Set<String> = []
    var found: [String] = []
    for table in tables(parameter).compactMap({ try? $0.get() }) where found.count < Self.mostKeysInAll {
      found += keys(of: table.unproxied).filter { $0 != "*" && $0 != "<>" && seen.insert($0).inserted }
    }
    return Array(found.prefix(Self.mostKeysInAll))
  }

  /// How many keys the tables of each parameter have that no sample is shown of.
  package func keysNotShown() -> [(parameter: RoutingParameter, count: Int)] {
    [RoutingParameter.transportMaps, .senderTransportMaps, .senderRelayhostMaps].compactMap { parameter in
      var all: Set<String> = []
      for table in tables(parameter).compactMap({ try? $0.get() }) {
        all.formUnion(keys(of: table.unproxied, atMost: .max))
      }
      let count = all.subtracting(["*", "<>"]).subtracting(shownKeys(parameter)).count
      return count > 0 ? (parameter, count) : nil
    }
  }

  /// The messages whose routes are shown with an edit.
  package func routeSamples() -> [RouteSample] {
    var samples: [RouteSample] = []
    var seen: Set<[String]> = []
    func add(
      _ recipient: String, _ what: String, from sender: String = "", _ scope: Scope? = nil,
      of addressClass: AddressClass? = nil
    ) {
      guard seen.insert([recipient, sender]).inserted else { return }
      samples.append(
        RouteSample(
          recipient: recipient, sender: sender, what: what, scope: scope, addressClass: addressClass))
    }
    add(
      "someone@\(Self.outsideDomain)", Scope.outbound.words, from: outsideSenders.first ?? "", .outbound)
    if hasEntryForNullSender { add("someone@\(Self.outsideDomain)", "bounces (mail from <>)") }
    add(
      "postmaster@\(domains(in: "mydestination").first ?? parameters.text("myhostname"))", "local mail",
      of: .local)
    if let domain = domainsToShow(of: .virtualMailboxes).first {
      add("someone@\(domain)", Scope.virtualMailboxes.words, .virtualMailboxes, of: .virtual)
    }
    if let domain = domainsToShow(of: .relay).first {
      add("someone@\(domain)", Scope.relayDomains.words, .relayDomains, of: .relay)
    }
    for key in shownKeys(.transportMaps) {
      guard let sample = Self.sample(ofRecipient: key) else { continue }
      add(sample.recipient, sample.what, sample.scope)
    }
    for key in shownKeys(.senderTransportMaps) + shownKeys(.senderRelayhostMaps) {
      guard let sample = Self.sample(ofSender: key) else { continue }
      add(sample.recipient, sample.what, from: sample.sender, sample.scope)
    }
    return samples
  }

  /// Where the samples of both configurations go, before and after.
  ///
  /// - Parameter meant: further ones: of a table only a few keys are looked at.
  package func routeChanges(
    to edited: MailConfig, context: RouteContext = RouteContext(), meant: [RouteSample] = []
  ) -> [RouteChange] {
    var seen: Set<[String]> = []
    let all = routeSamples() + edited.routeSamples() + meant
    let ofKeys = Dictionary(
      all.filter(\.isOfKey).map { ([$0.recipient, $0.sender], $0) }, uniquingKeysWith: { first, _ in first })
    let samples = all.filter { seen.insert([$0.recipient, $0.sender]).inserted }.map { sample in
      // The first domain of a class may have an entry of its own, before the edit or after it.
      sample.scope?.domainClass == nil ? sample : ofKeys[[sample.recipient, sample.sender]] ?? sample
    }
    let (old, new) = (Resolver(self, context: context), Resolver(edited, context: context))
    let shown = samples.compactMap { sample in
      let before = old.route(sample.recipient, from: sample.sender)
      return sample.corrected(by: before).map { sample in
        RouteChange(
          sample: sample, before: before, after: new.route(sample.recipient, from: sample.sender))
      }
    }
    // These are said where they change: they may be many.
    let further = samplesThatFollow().lazy.filter { seen.insert([$0.recipient, $0.sender]).inserted }
      .map { sample in
        RouteChange(
          sample: sample, before: old.route(sample.recipient, from: sample.sender),
          after: new.route(sample.recipient, from: sample.sender))
      }
    return shown + further.filter(\.isChanged)
  }
}
