// The mail that each pool is for: what `pools` prints behind an id, and the console in the title of a pool.

import PostfixFiles
import Routing

/// The mail that a pool decides for. A key of a table is not ours: what shows it makes it printable.
package struct PoolMail: Hashable, Sendable {
  /// `mail for big.example and small.example`
  package let words: String
  /// `to:big.example`; empty where no scope means just that.
  package let scope: String
  /// Whether the scope says more than the id, which is only the number of a place in a table.
  package let namesPool: Bool
}

/// By the ids of the pools, without those that are entries of a table.
private struct MailOfPools: Sendable {
  let mail: [String: PoolMail]
  /// The parameter that each table is asked for.
  let parameters: [String: RoutingParameter]
}

extension PoolMail {
  /// How many keys are shown to people.
  fileprivate static let shownKeys = 3

  /// Of keys of tables.
  fileprivate init?(_ keys: [PoolKey], isClass scope: Scope? = nil, namesPool: Bool = true) {
    guard !keys.isEmpty else { return nil }
    if let scope {
      self.init(words: scope.words, scope: "\(scope)", namesPool: namesPool)
      return
    }
    // A domain that is meant with its subdomains is named once.
    let names = Set(keys.map(\.key))
    let own = keys.filter { !($0.key.first == "." && names.contains(String($0.key.dropFirst()))) }
    let recipients = own.filter { $0.parameter == .transportMaps }
    let senders = own.filter { $0.parameter != .transportMaps }
    let words = [("mail for", recipients), ("mail from", senders)].compactMap { what, keys in
      keys.isEmpty ? nil : "\(what) \(Self.list(keys, \.name))"
    }
    let scopes = Self.list(own) { $0.scope?.description ?? $0.key }
    self.init(words: words.joined(separator: "; "), scope: scopes, namesPool: namesPool)
  }

  /// The first ones, and how many there are beside them.
  private static func list(_ keys: [PoolKey], _ name: (PoolKey) -> String) -> String {
    let rest = keys.count - shownKeys
    return keys.prefix(shownKeys).map(name).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }

  /// Of all mail that asks these parameters.
  fileprivate init?(allOf parameters: Set<RoutingParameter>) {
    var scopes: [Scope] = []
    var others: [String] = []
    for parameter in RoutingParameter.allCases where parameters.contains(parameter) {
      switch parameter {
      case .defaultTransport, .relayhost, .senderTransportMaps, .senderRelayhostMaps: scopes.append(.outbound)
      case .relayTransport: scopes.append(.relayDomains)
      case .virtualTransport: scopes.append(.virtualMailboxes)
      case .localTransport: others.append("mail for users of this host")
      case .smtpFallbackRelay, .lmtpFallbackRelay: others.append("mail that no gateway before it takes")
      case .transportMaps: others.append("all mail that no table before it knows")
      }
    }
    var seen: Set<String> = []
    let words = (scopes.map(\.words) + others).filter { seen.insert($0).inserted }
    guard !words.isEmpty else { return nil }
    let calls = scopes.map { "\($0)" }.filter { seen.insert($0).inserted }
    self.init(words: words.joined(separator: ", "), scope: calls.joined(separator: ", "), namesPool: false)
  }
}

extension PoolKey {
  /// In a sentence after "mail for" or "mail from".
  fileprivate var name: String {
    switch scope {
    case .to(let name) where name.first == ".": "subdomains of \(name.dropFirst())"
    case .to(let name), .from(let name): name
    default: key == "*" ? "all others" : key
    }
  }
}

extension MailConfig {
  /// The class that a pool is for, by its id, where its keys are just the list of the domains of that class.
  ///
  /// - Parameter keys: those of `poolKeys()`.
  package func poolClasses(_ keys: [String: [PoolKey]]) -> [String: Scope] {
    Dictionary(
      DomainClass.allCases.compactMap { domainClass in
        guard let (pool, listed) = classKeys(domainClass), Set(keys[pool]?.map(\.key) ?? []) == listed
        else { return nil }
        return (pool, Scope(domainClass))
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The mail that a pool is for; nil where only a table knows that, or a program that is asked.
  package func mail(of pool: Pool) -> PoolMail? {
    let known = workedOut { findMailOfPools() }
    guard case .entry(let table, let key) = pool.place else { return known.mail[pool.id] }
    return known.parameters[table].flatMap { parameter in
      PoolMail([PoolKey(key: key, parameter: parameter)], namesPool: false)
    }
  }

  private func findMailOfPools() -> MailOfPools {
    let keys = poolKeys()
    let classes = poolClasses(keys)
    var open: [String: Set<RoutingParameter>] = [:]
    for pooled in pooledSites() where keys[pooled.pool.id] == nil && pooled.site.isOfAllMail {
      open[pooled.pool.id, default: []].insert(pooled.site.parameter)
    }
    var mail: [String: PoolMail] = [:]
    for pool in pools() {
      if case .entry = pool.place { continue }
      if let own = keys[pool.id] {
        mail[pool.id] = PoolMail(own, isClass: classes[pool.id])
        continue
      }
      // One destination is no pool at a site.
      if case .parameter(let parameter) = pool.place { open[pool.id, default: []].insert(parameter) }
      mail[pool.id] = open[pool.id].flatMap { PoolMail(allOf: $0) }
    }
    let parameters = Dictionary(
      tableSites.compactMap { site in site.source.map { ($0, site.parameter) } },
      uniquingKeysWith: { first, _ in first })
    return MailOfPools(mail: mail, parameters: parameters)
  }
}

extension Site {
  /// Whether all mail that asks its parameter may come to it, and not that of keys which only a table knows.
  fileprivate var isOfAllMail: Bool {
    switch place {
    case .entry, .inlineEntry: false
    default: keyTable?.isOtherSenders ?? true
    }
  }
}
