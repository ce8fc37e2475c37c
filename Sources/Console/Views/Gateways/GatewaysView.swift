// View 1: is every gateway alive, how fast, since when, and how much of the mail it gets.

import Editing
import Gateways
import PostfixFiles
import Routing

struct GatewaysView: MemberView {
  static let title = "Gateways"

  var selection: Selection?
  var filter: String?
  var sorting = Sorting()
  private(set) var rows: [GatewayUse] = []
  /// The filter that the rows went through.
  private var usedFilter: String?

  var count: Int { rows.count }

  func orders(_ facts: Facts) -> [String] { GatewayOrder.all(facts).map(\.rawValue) }

  mutating func refresh(_ facts: Facts, _ dialog: Dialog?) {
    // The cursor stays on its gateway when the order of the list changes, even if no key has moved it yet: the next key acts on it.
    let followed = filter != usedFilter ? nil : chosenUse?.gateway
    let before = chosen
    usedFilter = filter
    let order = sorting.column.flatMap { GatewayOrder(rawValue: $0) }
    let kept = filtered(facts, and: followed)
    rows = sorting.turned(order?.sorted(kept, facts) ?? kept)
    if let followed, let index = rows.firstIndex(where: { $0.gateway == followed }), index != before {
      choose(index)
    }
  }

  /// The gateways that the filter lets through: by name, state, pool or reason.
  ///
  /// - Parameter followed: the one under the cursor. It stays while the cursor is there: an edit may change its state, and the
  ///   next key would be for the one that takes its row.
  private func filtered(_ facts: Facts, and followed: Gateway?) -> [GatewayUse] {
    let filter = Filter(filter ?? "")
    if filter.isEmpty { return facts.gateways }
    return facts.gateways.filter { use in
      use.gateway == followed
        || filter.matches(
          "\(use.gateway) \(facts.state(of: use).word) \(use.pools.joined(separator: " ")) "
            + facts.reason(of: use.gateway))
    }
  }

  var chosenUse: GatewayUse? { chosen.map { rows[$0] } }

  /// The next gateway after the chosen one that is neither up nor drained.
  func nextTrouble(_ facts: Facts) -> Int? {
    let start = chosen ?? 0
    return (1..<max(1, rows.count)).lazy.map { (start + $0) % rows.count }.first {
      ![.up, .drained, .unknown].contains(facts.state(of: rows[$0]))
    }
  }

  /// Every member, in all pools, that names the chosen gateway first.
  func memberships(_ facts: Facts) -> [PoolMembership] {
    guard let gateway = chosenUse?.gateway else { return [] }
    return facts.session.pools.filter { $0.notation != .single }.eachTextOnce.flatMap { pool in
      pool.members.filter { $0.gateways.first == gateway }.map { (pool, $0) }
    }
  }

  /// The mail that only the chosen gateway gets; nil where it shares all its mail.
  func scope(_ facts: Facts) -> Scope? {
    guard let use = chosenUse else { return nil }
    let pool = facts.session.pools.first { pool in
      pool.notation == .single && pool.members.contains { $0.gateways.first == use.gateway }
    }
    return pool.map { .named($0.id) } ?? facts.mail(ofEntryNaming: use)
  }

  func whyNoMember(_ facts: Facts) -> String? {
    if chosenUse == nil { return "no gateway is chosen" }
    return memberships(facts).isEmpty ? "no pool has this gateway as a member" : nil
  }

  func clipping(_ facts: Facts) -> String? { chosenUse?.gateway.description }

  func place(_ facts: Facts) -> FilePlace? { facts.place(of: chosenUse?.place) }
}
