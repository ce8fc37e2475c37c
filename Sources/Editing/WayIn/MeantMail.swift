// The mail that a wish means, as messages: a plan is proved with these, and other mail is told from it.

import PostfixFiles
import Routing

extension PoolProof {
  /// Messages of it: recipient and sender.
  var meant: [(String, String)] {
    let outside = "someone@\(MailConfig.outsideDomain)"
    switch scope {
    case .outbound: return before.outsideSenders.map { (outside, $0) }
    case .to: return [scope.address].compactMap { $0.map { ($0, "") } }
    case .from: return [scope.address].compactMap { $0.map { (outside, $0) } }
    case .relayDomains:
      return messages(ofClass: .relay, else: before.relayDomain)
    case .virtualMailboxes:
      return messages(
        ofClass: .virtualMailboxes, else: before.domains(in: DomainClass.virtualMailboxes.list).first)
    case .named: return []
    }
  }

  /// - Parameter first: shown where each of the domains that are looked at has an entry of its own.
  private func messages(ofClass domainClass: DomainClass, else first: String?) -> [(String, String)] {
    let shown = before.domainsToShow(of: domainClass)
    return (shown.isEmpty ? [first].compactMap(\.self) : shown).map { ("someone@\($0)", "") }
      + messages(toDomainsOf: keyChange.new)
  }

  private func messages(toDomainsOf keys: [String]) -> [(String, String)] {
    keys.lazy.filter { !$0.hasPrefix(".") }.prefix(3).map { ("someone@\($0)", "") }
  }

  /// The mail that is meant, where it is that of one key: it is shown, however many keys the table has.
  var samplesOfKey: [RouteSample] {
    switch scope {
    case .relayDomains, .virtualMailboxes:
      messages(toDomainsOf: keyChange.new + keyChange.former).map { recipient, sender in
        RouteSample(
          recipient: recipient, sender: sender, what: "mail for \(recipient.dropFirst("someone@".count))",
          scope: nil, addressClass: nil)
      }
    case .to, .from:
      meant.map {
        RouteSample(recipient: $0.0, sender: $0.1, what: scope.words, scope: scope, addressClass: nil)
      }
    default: []
    }
  }

  /// The scope, and for a name that of the place that it means.
  var scope: Scope {
    guard case .named = wish.scope else { return wish.scope }
    return spot.scopeOfMail ?? wish.scope
  }

  /// Whether the wish means a message, or mail that goes the same way by the same setting.
  func isMeant(_ route: RouteChange, _ meant: [(String, String)], outside: RouteAnswer?) -> Bool {
    if meant.contains(where: { $0.0 == route.sample.recipient && $0.1 == route.sample.sender }) {
      return true
    }
    let classes = route.before.classes
    if keyChange.former.contains(where: { key in
      route.sample.recipient.hasSuffix(key.hasPrefix(".") ? key : "@\(key)")
    }) {
      return true
    }
    switch scope {
    case .relayDomains: return classes.contains(.relay)
    case .virtualMailboxes: return classes.contains(.virtual)
    case .outbound:
      // relayhost holds for the relay domains too.
      let isRelayhost = spot.parameter == .relayhost || spot.sites.count == 2
      if isRelayhost, classes.contains(.relay) { return route.before.hops == outside?.hops }
      // Lanes in front of the relays of some senders change where this mail comes from, and not where it goes. A
      // person who has them there already means that.
      if classes == [.other], !route.sample.sender.isEmpty,
        route.before.transports == outside?.transports, route.before.hops == route.after.hops
      {
        return route.before.transports.contains(where: before.isOwnLane)
      }
      guard route.before.goals == outside?.goals else { return false }
      // A host that only sends has its own name's mail outside. A key that a table's index does not have yet decides nothing.
      return route.sample.addressClass == .other
        || classes == [.other] && route.before.deciding == outside?.deciding
    default:
      // Of a pool that is named, all keys.
      let domain = route.sample.recipient.split(separator: "@").last.map(String.init) ?? ""
      let names =
        [route.sample.recipient, domain]
        + domain.indices.filter { domain[$0] == "." }.map { String(domain[$0...]) }
      if case .named = wish.scope, spot.parameter == .transportMaps,
        names.contains(where: { spot.sites.first?.ownKeys.contains($0) ?? false })
      {
        return true
      }
      // An entry such as .example.com or *: the mail that it decided for.
      guard case .entry? = spot.entry?.place else { return false }
      let holder = spot.holder(in: before)
      return route.before.trail.contains { $0.file == holder.file && $0.line == holder.line }
    }
  }

  /// The domains, or the address, that the wish is for; empty where it is for mail to anywhere, and where there are too many
  /// to name.
  var names: [String] {
    let names: [String] =
      switch scope {
      case .to(let address): [address]
      case .relayDomains: (try? before.transportKeys(of: .relay)) ?? []
      case .virtualMailboxes: (try? before.transportKeys(of: .virtualMailboxes)) ?? []
      case .outbound, .from, .named: []
      }
    return names.count > 20 ? [] : names
  }
}
