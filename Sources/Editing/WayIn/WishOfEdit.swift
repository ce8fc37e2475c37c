// A member for one destination: the two become a pool, as `pool` would make it.

import PostfixFiles
import Routing
import System

extension PoolWish {
  /// What an edit comes to where it gives a second member to one destination; nil for any other edit.
  package init?(_ edit: Edit, in config: MailConfig) throws(EditRefusal) {
    let (name, member, wanted, rest): (String, String, WantedMember.Weight, WantedMember.Weight)
    switch edit {
    case .add(let pool, let new, let weight), .setWeight(let pool, let new, let weight):
      (name, member, wanted, rest) = (pool, new, .number(weight), .number(1))
    case .setShare(let pool, let new, let share, _):
      (name, member, wanted, rest) = (pool, new, .share(share), .share(1 - share))
    default: return nil
    }
    let own: (scope: Scope, result: String)
    let pools = try config.poolsNamed(name)
    if pools.count > 1 { return nil }
    if let pool = pools.first {
      if case .add = edit, pool.notation != .single, config.laneAddress(member) != nil,
        pool.members(matching: member, in: config).isEmpty
      {
        // Its transport may have to be made.
        let active = pool.members.filter { !$0.isDrained }
        self.init(
          .named(pool.id),
          active.map { WantedMember(.text($0.result), weight: .number($0.weight)) }
            + [
              WantedMember(
                try WantedMember(member).goal, weight: try WantedMember.Weight(checking: wanted, of: member))
            ])
        return
      }
      guard pool.notation == .single, let one = pool.members.first,
        pool.members(matching: member, in: config).isEmpty
      else { return nil }
      own = (.named(pool.id), one.result)
    } else if let result = try config.destination(ofEntry: name) {
      if result == member || result.hasSuffix(":\(member)") {
        throw .onlyOneDestination(name, destination: result)
      }
      own = (try Scope(name), result)
    } else {
      return nil
    }
    var new = try WantedMember(member)
    new.weight = try WantedMember.Weight(checking: wanted, of: member)
    self.init(
      own.scope,
      [WantedMember(.text(own.result), weight: try WantedMember.Weight(checking: rest, of: member)), new])
  }
}

extension MailConfig {
  /// The one destination of a table entry, named as a pool in its place would be; nil where there is none.
  fileprivate func destination(ofEntry name: String) throws(EditRefusal) -> String? {
    guard let spot = try? spot(for: Scope(name), nextHopsOnly: true, prefersAgent: isServedByAgent),
      case .key = spot.place, spot.sites.isEmpty, let single = spot.single, !single.isEmpty
    else { return nil }
    if single.text.hasPrefix(":") {
      throw .cannotPool(name, reason: "\"\(single.text)\" names no transport: write one before it first")
    }
    return single.text
  }

  /// The configuration with a wish come true, where nothing has to be said yes to.
  func granting(_ wish: PoolWish) throws(EditRefusal) -> MailConfig {
    let plan = try planning(wish, on: Machine(addresses: Set(interfaceAddresses())))
    if let stop = plan.guards.first {
      throw .cannotPool(
        "\(wish.scope)", reason: "\(stop.message); randmap pool --force makes it all the same")
    }
    return plan.config
  }
}
