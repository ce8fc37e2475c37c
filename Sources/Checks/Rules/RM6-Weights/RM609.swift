// RM609: Two pools have the same members with other shares

import Gateways
import PostfixFiles
import Routing

extension Rule {
  static let rm609 = Rule(
    "RM609", .info, "Two pools have the same members with other shares",
    why: """
      This pool has the same gateways as another pool, with other shares. If that was not intended, an
      edit changed only one of the two.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        sender_dependent_relayhost_maps = randmap:{«[gw1.example]», [gw1.example], [gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        sender_dependent_relayhost_maps = randmap:{[gw1.example], [gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .directory { subject in
      let pools = subject.soundPools.eachTextOnce
      var first: [Set<Gateway>: (pool: Pool, shares: [Gateway: Double])] = [:]
      return pools.compactMap { pool in
        let shares = pool.sharesByGateway
        let gateways = Set(shares.keys)
        guard gateways.count > 1 else { return nil }
        guard let other = first[gateways] else {
          first[gateways] = (pool, shares)
          return nil
        }
        guard shares.contains(where: { abs($0.value - (other.shares[$0.key] ?? 0)) > 0.005 }),
          let start = pool.start
        else { return nil }
        return Finding(
          start,
          "this pool has the members of \(printable(other.pool.id)) with other shares; need the same shares if that was not meant"
        )
      }
    })
}

extension Pool {
  /// The share of each first gateway of a member that gets mail.
  fileprivate var sharesByGateway: [Gateway: Double] {
    members.reduce(into: [:]) { shares, member in
      if !member.isDrained, let gateway = member.gateways.first {
        shares[gateway, default: 0] += share(member)
      }
    }
  }
}
