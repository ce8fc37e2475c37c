// The mail that a pool decides for, as people name it: `from:customer.example` in the place of an id whose number may change.

import PostfixFiles
import Routing

/// A key of a table that a pool answers for.
package struct PoolKey: Hashable, Sendable {
  package let key: String
  package let parameter: RoutingParameter

  /// The mail, as a call names it; nil where no scope means just that: a key such as `*` or `.example.com`.
  package var scope: Scope? {
    guard key != "*", !key.hasPrefix(".") else { return nil }
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
  func poolToEdit(_ name: String) throws(EditRefusal) -> Pool {
    if let pool = try poolNamed(name) { return pool }
    throw .unknownPool(name, known: pools().map(\.id))
  }

  /// The pool that a person names, by its id or by its mail; nil if there is no such pool.
  func poolNamed(_ name: String) throws(EditRefusal) -> Pool? {
    if let pool = pool(name) { return pool }
    guard let scope = try? Scope(name) else { return nil }
    if case .named = scope { return nil }
    let keys = poolKeys()
    guard let pool = pools().first(where: { keys[$0.id]?.contains { $0.scope == scope } ?? false }) else {
      return nil
    }
    let others = (keys[pool.id] ?? []).filter { $0.scope != scope }
    guard let other = others.first else { return pool }
    throw .cannotPool(
      name,
      reason:
        "its pool \(pool.id) decides for \(other.scope?.description ?? other.key) too: name \(pool.id) to change all of them, or use randmap pool \(name) to give this mail its own pool"
    )
  }
}
