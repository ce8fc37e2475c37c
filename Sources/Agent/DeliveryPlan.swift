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
  ///   - order: the positions of the members in the order of chance: all, or of a large pool some of each kind.
  ///   - prospect: what can be expected of a member. Of a pool that is larger than a list it is asked only until the list
  ///     is full of members that are alive.
  ///   - excluded: transports that could not be reached for this delivery.
  init?(
    _ pool: AgentPool, order: some Sequence<Int>, listsSupported: Bool, excluded: Set<String> = [],
    prospect: (AgentMember) -> Prospect
  ) {
    let members = pool.members
    let count =
      excluded.isEmpty ? members.count : members.count { !excluded.contains($0.transport) }
    // What was not probed yet takes its share; but of more than a list holds, it may be that few are alive at all.
    let isLarge = count > Self.longestList
    var byProspect: [Prospect: [Int]] = [:]
    var first: Int?
    var start: (index: Int, prospect: Prospect)?
    var list: List?
    for index in order {
      first = first ?? index
      let member = members[index]
      if excluded.contains(member.transport) { continue }
      let prospect = prospect(member)
      byProspect[prospect, default: []].append(index)
      if start == nil, prospect == .alive || !isLarge && prospect == .unknown { start = (index, prospect) }
      guard isLarge, prospect == .alive, let chosen = start?.index else { continue }
      if list == nil { list = List(chosen, in: pool, takesMore: listsSupported) } else { list?.add(index) }
      if list?.isFull == true { break }
    }
    if start == nil {
      start =
        Prospect.allCases.lazy.compactMap { prospect in
          byProspect[prospect]?.first.map { ($0, prospect) }
        }.first
    }
    guard let start else { return nil }
    var whole = List(start.index, in: pool, takesMore: listsSupported)
    for prospect in Prospect.allCases where prospect != .returnsMail || start.prospect == .returnsMail {
      for index in byProspect[prospect] ?? [] {
        if whole.isFull { break }
        whole.add(index)
      }
    }
    chosen = start.index
    passedOver = first.flatMap { $0 == start.index ? nil : $0 }
    transport = members[start.index].transport
    self.members = whole.taken
    nextHop = whole.nextHop
  }

  /// A next hop of a member and of those that follow it.
  private struct List {
    private let pool: AgentPool
    private let chosen: AgentMember
    private let takesMore: Bool
    private(set) var taken: [Int]
    private var items: [String]

    init(_ index: Int, in pool: AgentPool, takesMore: Bool) {
      self.pool = pool
      chosen = pool.members[index]
      taken = [index]
      items = chosen.items
      self.takesMore = takesMore && !items.isEmpty
    }

    var isFull: Bool { !takesMore || items.count >= DeliveryPlan.longestList }

    var nextHop: String? {
      items.isEmpty ? chosen.nextHop.isEmpty ? nil : chosen.nextHop : items.joined(separator: ",")
    }

    /// Takes one more member where its transport is the same, and its items have room.
    mutating func add(_ index: Int) {
      let member = pool.members[index]
      guard !isFull, index != taken[0], member.transport == chosen.transport, !member.items.isEmpty else {
        return
      }
      let more = member.items.filter { !items.contains($0) }
      guard items.count + more.count <= DeliveryPlan.longestList else { return }
      items += more
      taken.append(index)
    }
  }
}
