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
    guard let pool = config.pool(name), pool.notation == .single, let own = pool.members.first,
      pool.members(matching: member, in: config).isEmpty
    else { return nil }
    var new = try WantedMember(member)
    new.weight = try WantedMember.Weight(checking: wanted, of: member)
    self.init(
      .named(pool.id),
      [WantedMember(.text(own.result), weight: try WantedMember.Weight(checking: rest, of: member)), new])
  }
}

extension MailConfig {
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
