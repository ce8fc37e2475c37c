// An edit of a pool that is named by its mail. Two pools may decide for that, where a relayhost became one for each of its
// transports: it is an edit of both, so that they stay alike.

import Gateways
import PostfixFiles
import Routing

extension MailConfig {
  /// The edits that these come to, each of one pool by its id: of thousands, most name theirs so already.
  package func editsOfPools(_ edits: [Edit]) throws(EditError) -> [Edit] {
    let pools = edits.count > 1 ? pools() : []
    let known = Dictionary(pools.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var transports: [String: String?] = [:]
    var all: [Edit] = []
    for edit in edits {
      guard let name = edit.pool, let pool = known[name] else {
        all += try editsOfPools(edit)
        continue
      }
      // Of many edits of one large pool, its members are looked at once.
      all.append(
        edit.completed {
          if let known = transports[name] { return known }
          let only = pool.onlyTransport
          transports[name] = .some(only)
          return only
        })
    }
    return all
  }

  /// The edits that one edit comes to, each of one pool by its id.
  package func editsOfPools(_ edit: Edit) throws(EditError) -> [Edit] {
    guard let name = edit.pool else { return [edit] }
    if let pool = pool(name) { return [edit.completed { pool.onlyTransport }] }
    // A pool that comes after the entry for all mail is not the one that is meant.
    if edit.givesWeight, try destinationOfEntryForAllMail(name) != nil { return [edit] }
    if let member = edit.member,
      let behind = try poolBehindLanes(name, member, isNew: edit.givesWeight)
    {
      return [edit.naming(behind.pool.id) { _ in behind.member }]
    }
    let pools = try poolsNamed(name)
    guard let first = pools.first, first.notation != .single else { return [edit] }
    return pools.map { pool in
      edit.naming(pool.id) { member in
        member.inPool(pool, insteadOfOneOf: pools)
      }.completed { pool.onlyTransport }
    }
  }
}

extension Edit {
  /// The pool that it changes; nil where it is of something else.
  var pool: String? {
    switch self {
    case .setWeight(let pool, _, _), .setShare(let pool, _, _, _), .reduce(let pool), .add(let pool, _, _),
      .remove(let pool, _), .drain(let pool, _, _), .restore(let pool, _), .ramp(let pool, _, _),
      .endRamp(let pool, _):
      pool
    case .setRoute, .removeRoute, .pool, .fix, .ignore: nil
    }
  }

  /// The member that it changes; nil where it changes all, or something else.
  package var member: String? {
    switch self {
    case .setWeight(_, let member, _), .setShare(_, let member, _, _), .add(_, let member, _),
      .remove(_, let member), .drain(_, let member, _), .restore(_, let member), .ramp(_, let member, _),
      .endRamp(_, let member):
      member
    case .reduce, .setRoute, .removeRoute, .pool, .fix, .ignore: nil
    }
  }

  fileprivate var givesWeight: Bool {
    switch self {
    case .setWeight, .setShare, .add: true
    default: false
    }
  }

  /// The same with the transport of its pool before the next hop that it adds, where that has none.
  ///
  /// - Parameter transport: of all members of the pool; nil where they have none in common.
  fileprivate func completed(by transport: () -> String?) -> Edit {
    switch self {
    case .add(let pool, let member, let weight):
      .add(pool: pool, member: member.completed(by: transport), weight: weight)
    case .ramp(let pool, let member, let ramp):
      .ramp(pool: pool, member: member.completed(by: transport), ramp)
    default: self
    }
  }

  /// The same of another pool.
  ///
  /// - Parameter spell: how a member is written there.
  fileprivate func naming(_ pool: String, _ spell: (String) -> String) -> Edit {
    switch self {
    case .setWeight(_, let member, let weight): .setWeight(pool: pool, member: spell(member), weight: weight)
    case .setShare(_, let member, let share, let tolerance):
      .setShare(pool: pool, member: spell(member), share: share, tolerance: tolerance)
    case .reduce: .reduce(pool: pool)
    case .add(_, let member, let weight): .add(pool: pool, member: spell(member), weight: weight)
    case .remove(_, let member): .remove(pool: pool, member: spell(member))
    case .drain(_, let member, let drain): .drain(pool: pool, member: spell(member), drain)
    case .restore(_, let member): .restore(pool: pool, member: spell(member))
    case .ramp(_, let member, let ramp): .ramp(pool: pool, member: spell(member), ramp)
    case .endRamp(_, let member): .endRamp(pool: pool, member: spell(member))
    case .setRoute, .removeRoute, .pool, .fix, .ignore: self
    }
  }
}

extension String {
  /// `smtp:[gw]` as `relay:[gw]`, where all members of one pool have the one transport, and those of the other the other.
  func inPool(_ pool: Pool, insteadOfOneOf twins: [Pool]) -> String {
    guard let own = pool.onlyTransport,
      let former = twins.compactMap(\.onlyTransport).first(where: { hasPrefix("\($0):") })
    else { return self }
    return "\(own):\(dropFirst(former.count + 1))"
  }

  /// A next hop alone as a member of a pool whose members all have one transport, as `pool` takes it.
  fileprivate func completed(by transport: () -> String?) -> String {
    guard hasPrefix("["), !contains(","), let transport = transport() else { return self }
    return "\(transport):\(self)"
  }
}

extension Pool {
  /// The transport of all members; nil where they differ, or are next hops alone.
  var onlyTransport: String? {
    guard kind == .destination else { return nil }
    let all = Set(members.compactMap(\.transport))
    return all.count == 1 ? all.first : nil
  }
}
