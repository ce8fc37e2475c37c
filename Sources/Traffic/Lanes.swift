// Transports without a next hop, as the log tells their mail: by the name of the service, whatever host took it. That may be
// the mail exchanger of any domain, so no list of gateways has it.

import PostfixFiles
import Routing

package struct Lanes: Sendable {
  /// The names in the log of these services, in order.
  package fileprivate(set) var tags: [String] = []
  /// What another member names with such a service: this mail is that of the member, and not of the lane.
  package fileprivate(set) var named: Set<Channel> = []

  package init() {}
}

extension MailConfig {
  /// The lanes of these pools.
  package func lanes(of pools: [Pool]) -> Lanes {
    let names = Set(pools.lazy.flatMap(\.members).filter(\.isLane).compactMap(\.transport)).sorted()
    if names.isEmpty { return Lanes() }
    var lanes = Lanes()
    var tags: [String: String] = [:]
    for name in names {
      guard let tag = logTag(ofTransport: name) else { continue }
      tags[name] = tag
      if !lanes.tags.contains(tag) { lanes.tags.append(tag) }
    }
    // The lanes may come to these without naming them.
    let relays = Set(pools.lazy.filter { $0.kind == .nextHop }.flatMap(\.members).flatMap(\.gateways))
    for member in pools.lazy.filter({ $0.kind == .destination }).flatMap(\.members) {
      guard let tag = member.transport.flatMap({ tags[$0] }) else { continue }
      for gateway in member.gateways where !relays.contains(gateway) {
        lanes.named.insert(Channel(gateway: gateway, tag: tag))
      }
    }
    return lanes
  }
}
