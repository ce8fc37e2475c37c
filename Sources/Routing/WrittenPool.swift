// What a pool is by its text alone. A class, since a table may have 50,000 pools, and rules, reports and edits take them out of
// one list and into another.

import Gateways
import PostfixFiles

final class WrittenPool: Sendable {
  let id: String
  let place: Place
  let kind: ResultKind
  let text: PoolText
  let members: [Member]
  let anchor: FileRange?
  let ordinal: Int
  let net: StockNet?
  let purpose: PoolPurpose
  let isAgents: Bool
  let totalWeight: Int
  /// Where the agent passes the other members of the same transport on as a next-hop list: the indices of those that
  /// get mail and deliver to gateways, by transport. One list for all of them, as a pool may be large.
  let peers: [String: [Int]]
  /// Of a pool file with plans, which the agent follows there: the share of each result. Nil: weights decide.
  let planned: [String: Double]?

  /// - Parameter passesOn: whether a list of next hops may be handed on.
  init(
    id: String, place: Place, kind: ResultKind, text: PoolText, members: [Member],
    anchor: FileRange?, ordinal: Int, net: StockNet?, purpose: PoolPurpose, isAgents: Bool, passesOn: Bool
  ) {
    self.id = id
    self.place = place
    self.kind = kind
    self.text = text
    self.members = members
    self.anchor = anchor
    self.ordinal = ordinal
    self.net = net
    self.purpose = purpose
    self.isAgents = isAgents
    planned = text.ramps.isEmpty ? nil : Self.plannedShares(of: text, members)
    totalWeight = members.reduce(0) { $0 + ($1.getsMail ? $1.weight : 0) }
    peers = passesOn ? Self.peers(among: members) : [:]
  }

  private static func plannedShares(of text: PoolText, _ members: [Member]) -> [String: Double] {
    let leftOut = Set(members.filter { $0.problem != nil }.map(\.result))
    return Dictionary(
      text.shares(of: text.results.filter { !leftOut.contains($0) }).map { ($0.result, $0.share) },
      uniquingKeysWith: { first, _ in first })
  }

  private static func peers(among members: [Member]) -> [String: [Int]] {
    let passed = members.indices.filter {
      members[$0].getsMail && !members[$0].gateways.isEmpty
        // A local socket cannot be part of a list.
        && !members[$0].gateways.contains { if case .unix = $0 { true } else { false } }
    }
    return Dictionary(grouping: passed) { members[$0].transport ?? "" }
  }
}
