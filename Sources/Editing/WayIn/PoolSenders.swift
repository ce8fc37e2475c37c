// The senders that a pool is for: credentials may be theirs.

import PostfixFiles
import Routing

extension PoolSpot {
  /// The keys of the senders that are meant; empty where all are.
  ///
  /// - Parameter isWhole: whether the whole pool is meant, and not only the key that was asked for.
  func senders(ofPool isWhole: Bool) -> [String] {
    guard case .key(let key, of: let parameter) = place, parameter != .transportMaps else { return [] }
    let keys = isWhole ? sites.first?.ownKeys ?? [] : []
    return keys.isEmpty ? [key] : keys
  }
}

extension MailConfig {
  /// The same of a pool; empty too where one of its places is for all senders.
  func senders(of pool: Pool) -> [String] {
    let places = poolSites().filter { $0.id == pool.id }.map { site in
      (try? spot(of: site, named: pool.id))?.senders(ofPool: true) ?? []
    }
    return places.contains([]) ? [] : places.flatMap(\.self)
  }
}
