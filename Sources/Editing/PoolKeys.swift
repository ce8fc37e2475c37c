// The mail that a pool decides for, as people name it: `from:customer.example` in the place of an id whose number may change.

import PostfixFiles
import Routing

/// A key of a table that a pool answers for.
package struct PoolKey: Hashable, Sendable {
  package let key: String
  package let parameter: RoutingParameter

  /// The mail, as a call names it; nil where no scope means just that: the key `*`.
  package var scope: Scope? {
    guard key != "*" else { return nil }
    switch parameter {
    case .transportMaps: return try? Scope("to:\(key)")
    case .senderTransportMaps, .senderRelayhostMaps:
      return try? Scope("from:\(key.hasPrefix("@") ? String(key.dropFirst()) : key)")
    default: return nil
    }
  }
}

extension Site {
  /// The keys that it answers for; nil where these are all, or not listed.
  fileprivate var poolKeys: [PoolKey]? {
    switch place {
    case .entry(_, let key), .inlineEntry(_, let key): return [PoolKey(key: key, parameter: parameter)]
    default: break
    }
    guard case .entries(let entries)? = keyTable?.content else { return nil }
    return entries.map { PoolKey(key: $0.key, parameter: parameter) }
  }
}

extension MailConfig {
  /// The keys that pools answer for, by the pools' ids; none for a pool that decides for all mail of a place too.
  package func poolKeys() -> [String: [PoolKey]] {
    var found: [String: [PoolKey]] = [:]
    var open: Set<String> = []
    for pooled in pooledSites() {
      guard let keys = pooled.site.poolKeys else {
        open.insert(pooled.pool.id)
        continue
      }
      found[pooled.pool.id, default: []] += keys
    }
    return found.filter { !open.contains($0.key) }
  }

  /// The pool that a person names in an edit: by its id, or by the mail that it is for.
  func poolToEdit(_ name: String) throws(EditError) -> Pool {
    if let pool = try poolNamed(name) { return pool }
    throw .unknownPool(name, known: pools().map(\.id))
  }

  /// The pool that a person names, by its id or by its mail; nil if there is no such pool.
  func poolNamed(_ name: String) throws(EditError) -> Pool? {
    let pools = try poolsNamed(name)
    guard pools.count > 1 else { return pools.first }
    throw .cannotPool(
      name, reason: "several pools decide for it: name \(pools.map(\.id).sorted().joined(separator: " or "))")
  }

  /// The pools that a person names. A scope has two where a relayhost became one for each of its transports.
  package func poolsNamed(_ name: String) throws(EditError) -> [Pool] {
    if let pool = pool(name) { return [pool] }
    guard let scope = try? Scope(name) else { return [] }
    switch scope {
    case .named where RoutingParameter(rawValue: name) == nil: return []
    case .named, .outbound, .relayDomains, .virtualMailboxes: return try poolsDeciding(scope)
    case .to, .from: break
    }
    let keys = poolKeys()
    guard let pool = pools().first(where: { keys[$0.id]?.contains { $0.scope == scope } ?? false }) else {
      return []
    }
    let others = (keys[pool.id] ?? []).filter { $0.scope != scope }
    guard let other = others.first else { return [pool] }
    throw Self.isShared(pool.id, by: scope, and: other.scope?.description ?? other.key)
  }

  private static func isShared(_ id: String, by scope: Scope, and other: String) -> EditError {
    .cannotPool(
      "\(scope)",
      reason:
        "its pool \(id) decides for \(other) too: name \(id) to change all of them, or use randmap pool \("\(scope)".asArgument) to give this mail its own pool"
    )
  }

  /// The pools that decide for all mail of a scope or a parameter, wherever stock Postfix has them.
  private func poolsDeciding(_ scope: Scope) throws(EditError) -> [Pool] {
    guard let spot = try? spot(for: scope, nextHopsOnly: true, prefersAgent: isServedByAgent) else {
      return []
    }
    guard !spot.sites.isEmpty else {
      return spot.single == nil ? [] : [pool(spot.parameter.rawValue)].compactMap { $0 }
    }
    let own = Set(spot.sites.map(\.index))
    let ids = Set(spot.sites.map(\.id))
    let ownKeys = DomainClass.allCases.filter { $0.transport == spot.parameter }
      .flatMap { (try? transportKeys(of: $0)) ?? [] }
    let other = poolSites().first { other in
      ids.contains(other.id) && !own.contains(other.index) && !(other.routeKey.map(ownKeys.contains) ?? false)
    }
    if let other { throw Self.isShared(other.id, by: scope, and: other.words) }
    return spot.sites.map(\.pool)
  }
}
