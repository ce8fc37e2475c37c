// Members of a pool that are one machine, though they have several names.

import Gateways

/// Members of one pool that fail as one, because their gateways have an address in common.
package struct SharedAddress: Hashable, Sendable {
  package let pool: String
  package let address: String
  package let gateways: [Gateway]

  package var words: String {
    "\(gateways.map(\.description).joined(separator: " and ")) are one machine (\(address))"
  }
}

extension Pool {
  /// One address of two names is one machine. Two ports of one name are reported as one machine already.
  package func sharedAddresses(_ known: KnownGateways) -> [SharedAddress] {
    let firsts = members.filter { !$0.isDrained }.compactMap(\.gateways.first)
    var byAddress: [String: [Gateway]] = [:]
    for gateway in firsts {
      for address in Set((known[gateway]?.addresses ?? []).compactMap(\.address)) {
        let known = byAddress[address, default: []]
        if !known.contains(where: { $0.name == gateway.name }) { byAddress[address] = known + [gateway] }
      }
    }
    return byAddress.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
      .map { SharedAddress(pool: id, address: $0.key, gateways: $0.value) }
  }
}
