// What can be expected of the members of a large pool, all at once. A delivery that finds too few alive among those that chance
// puts first does not look at thousands: it takes from here.

import Routing

/// The members of one pool by what can be expected of them, as it was at a time.
struct PoolOutlook {
  private struct Group {
    var members: [Int] = []
    var weights: [Int] = []
    var sums: [Int] = []
  }

  private let groups: [Prospect: Group]
  /// The results that deliveries pass by for a while.
  let passedBy: Set<String>
  /// Whether no member is alive. One that deliveries pass by greets all the same.
  let isDead: Bool

  /// Of each kind, so many are given: more than a list of next hops takes.
  private static let most = 60

  /// - Parameter prospect: as probes say.
  init(_ pool: AgentPool, passedBy: Set<String>, _ prospect: (AgentMember) -> Prospect) {
    self.passedBy = passedBy
    var groups: [Prospect: Group] = [:]
    var isDead = true
    for (index, member) in pool.members.enumerated() {
      let probed = prospect(member)
      if probed == .alive { isDead = false }
      let found = passedBy.contains(member.result) ? max(probed, .failing) : probed
      groups[found, default: Group()].members.append(index)
      groups[found]?.weights.append(member.weight)
    }
    self.isDead = isDead
    self.groups = groups.mapValues { group in
      var group = group
      group.sums = runningSums(of: group.weights)
      return group
    }
  }

  /// Some members of each kind, the best kind first, each kind in the order of chance.
  func some(_ chance: inout Chance) -> [Int] {
    Prospect.allCases.flatMap { kind -> [Int] in
      guard let group = groups[kind] else { return [] }
      if group.members.count <= Self.most {
        return weightedOrder(group.weights, using: &chance).map { group.members[$0] }
      }
      var draws = MemberOrder.drawn(sums: group.sums, chance.another()).makeIterator()
      var found: [Int] = []
      while found.count < Self.most, let place = draws.nextDrawn() { found.append(place) }
      // A few have nearly all the weight: any others follow them.
      let start = Int(chance.next(upperBound: UInt64(group.members.count)))
      var taken = Set(found)
      for step in 0..<2 * Self.most where found.count < Self.most {
        let place = (start + step) % group.members.count
        if taken.insert(place).inserted { found.append(place) }
      }
      return found.map { group.members[$0] }
    }
  }
}

/// The outlooks of large pools, each as old as it may be. Lives on the agent's loop.
final class PoolOutlooks {
  private struct Entry {
    let outlook: PoolOutlook
    let time: ContinuousClock.Instant
    /// How long it took.
    let cost: Duration
    /// The changes of what is known of gateways that it is about.
    let changes: Int
  }

  private var known: [Int: Entry] = [:]
  private static let mostPools = 100
  /// A rest ends by itself, and so does the memory of a failure.
  private static let longestAge = Duration.seconds(1)

  /// Made anew after a change; but it takes no more than a tenth of the time.
  func outlook(
    of pool: AgentPool, after changes: Int, _ make: () -> PoolOutlook
  ) -> PoolOutlook {
    let now = ContinuousClock.now
    if let entry = known[pool.number] {
      let age = now - entry.time
      if age < entry.cost * 10 || entry.changes == changes && age < Self.longestAge { return entry.outlook }
    }
    if known.count >= Self.mostPools { known = [:] }
    let outlook = make()
    let end = ContinuousClock.now
    known[pool.number] = Entry(outlook: outlook, time: end, cost: end - now, changes: changes)
    return outlook
  }
}

extension Dispatcher {
  /// What can be expected of the members of a large pool: as it was a moment ago.
  func outlook(of pool: AgentPool) -> PoolOutlook {
    outlooks.outlook(of: pool, after: health.changes &+ results.changes) {
      PoolOutlook(pool, passedBy: results.passedBy(pool, at: .now)) { [health] in health.prospect(of: $0) }
    }
  }

  /// Whether no member of a pool is alive.
  func isDead(_ pool: AgentPool) -> Bool {
    pool.isLarge
      ? outlook(of: pool).isDead : !pool.members.contains { health.prospect(of: $0) == .alive }
  }

  /// What can be expected of the members of a pool, as probes and deliveries say.
  ///
  /// - Parameter size: of the message, in bytes; nil where it is not known.
  func prospects(in pool: AgentPool, messageSize size: Int? = nil) -> (AgentMember) -> Prospect {
    let passedBy =
      !results.hasResting ? [] : pool.isLarge ? outlook(of: pool).passedBy : results.passedBy(pool, at: .now)
    return { [health] member in
      let prospect = health.prospect(of: member, messageSize: size)
      return passedBy.contains(member.result) ? max(prospect, .failing) : prospect
    }
  }

  /// The members' positions in the order of chance; of a large pool as many as a delivery needs.
  func order(_ pool: AgentPool, key: String?) -> MemberOrder {
    if let key {
      let order = StickyOrder(key: key)
      guard pool.isLarge else { return .whole(order.whole(pool.hashes, pool.weights)) }
      return .sticky(order, pool) { [unowned self] in outlook(of: pool) }
    }
    guard pool.isLarge else { return .drawn(sums: pool.sums, nextChance()) }
    return .sampled(sums: pool.sums, nextChance()) { [unowned self] in outlook(of: pool) }
  }
}

extension AgentPool {
  /// Whether it has more members than a list of next hops.
  var isLarge: Bool { members.count > DeliveryPlan.longestList }
}
