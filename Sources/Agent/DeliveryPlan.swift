// Who takes one delivery: a pure function of the pool, what is known of its gateways, and chance.

import PostfixFiles

/// The member that a delivery goes to, and what is passed on as its next hop.
struct DeliveryPlan: Equatable, Sendable {
  /// The member's position in the pool.
  let chosen: Int
  /// The member that the weights alone would have chosen, where that one is not alive.
  let passedOver: Int?
  let transport: String
  /// Nil where each recipient's domain is the next hop.
  let nextHop: String?
  /// Whose gateways are in the next hop, the chosen one first.
  let members: [Int]

  /// A list is no longer than this: each dead item in front costs time, and the next delivery chooses again.
  static let longestList = 20

  /// - Parameters:
  ///   - order: the members' positions in the order of chance.
  ///   - prospect: what can be expected of a member.
  ///   - excluded: transports that could not be reached for this delivery.
  init?(
    _ pool: AgentPool, order: [Int], listsSupported: Bool, excluded: Set<String> = [],
    prospect: (AgentMember) -> Prospect
  ) {
    let candidates = order.filter { !excluded.contains(pool.members[$0].transport) }
    let prospects = pool.members.map(prospect)
    let sorted = Prospect.allCases.flatMap { prospect in candidates.filter { prospects[$0] == prospect } }
    // What was not probed yet takes its share; but of more than a list holds, it may be that few are alive at all.
    let isLarge = candidates.count > Self.longestList
    let hopeful = candidates.first { prospects[$0] == .alive || prospects[$0] == .unknown }
    guard let first = isLarge ? sorted.first : hopeful ?? sorted.first else { return nil }
    chosen = first
    passedOver = order.first.flatMap { $0 == first ? nil : $0 }
    let member = pool.members[first]
    transport = member.transport
    guard !member.items.isEmpty else {
      nextHop = member.nextHop.isEmpty ? nil : member.nextHop
      members = [first]
      return
    }
    var taken = [first]
    var items = member.items
    if listsSupported {
      for index in sorted
      where index != first && items.count < Self.longestList
        && pool.members[index].transport == member.transport
        && (prospects[index] != .returnsMail || prospects[first] == .returnsMail)
      {
        let more = pool.members[index].items.filter { !items.contains($0) }
        guard !pool.members[index].items.isEmpty, items.count + more.count <= Self.longestList else {
          continue
        }
        items += more
        taken.append(index)
      }
    }
    members = taken
    nextHop = items.joined(separator: ",")
  }
}
