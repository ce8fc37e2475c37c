// Which members of which pools a name means, for the edits that go over several pools.

import Gateways
import PostfixFiles
import Routing

extension MailConfig {
  /// The pools and members that a name means, drained ones or those that get mail: in one pool, or in every pool.
  ///
  /// - Parameters:
  ///   - drained: nil: both.
  ///   - ended: members that count as drained because their comment is still there.
  package func memberships(
    of name: String, in pool: String?, drained: Bool?, orOneOf ended: [DrainEnd] = []
  ) throws(EditError) -> [(pool: String, member: String, drain: Drain?)] {
    if let pool, let behind = try poolBehindLanes(pool, name, isNew: false) {
      return try memberships(of: behind.member, in: behind.pool.id, drained: drained, orOneOf: ended)
    }
    var pools = pools().filter { $0.notation != .single }
    var twins: [Pool] = []
    if let pool {
      let wanted = try poolsNamed(pool)
      guard !wanted.isEmpty else {
        return try naming { () throws(EditError) in throw .unknownPool(pool, known: pools.map(\.id)) }
      }
      (pools, twins) = (wanted, wanted)
    }
    let found = pools.eachTextOnce.flatMap { pool in
      pool.members(matching: name.inPool(pool, insteadOfOneOf: twins), in: self).filter {
        member in
        drained.map { $0 == member.isDrained } ?? true
          || ended.contains { $0.pool == pool.id && $0.member == member.result }
      }.map { (pool: pool.id, member: $0.result, drain: $0.drain) }
    }
    if found.isEmpty {
      if let gateway = try pools.gateway(shortened: name), gateway != name {
        return try memberships(of: gateway, in: pool, drained: drained, orOneOf: ended)
      }
      if let drained, pools.contains(where: { !$0.members(matching: name, in: self).isEmpty }) {
        throw drained ? .notDrained(name) : .drainedAlready(name)
      }
      if drained != true, let single = single(name) { throw single }
      return try naming { () throws(EditError) in
        throw .noMember(name, isDrained: drained == true, known: pools.names(drained: drained))
      }
    }
    return found
  }
}

extension MailConfig {
  /// Why a gateway that is the only one of its mail is no member.
  private func single(_ name: String) -> EditError? {
    let only = pools().first { $0.notation == .single && !$0.members(matching: name, in: self).isEmpty }
    return only.map {
      EditError.onlyOneDestination($0.id, destination: $0.text.text.text).spelling(name, in: self)
    }
  }
}

/// How many members a message names: more is no help.
private let mostNamed = 8

extension [Pool] {
  /// The one gateway that `name` can mean as a person shortens it: `gw2`, `gw2.example` or `[gw2.example]` for `[gw2.example]:587`.
  func gateway(shortened name: String) throws(EditError) -> String? {
    let all = flatMap(\.members).compactMap(\.gateways.first)
    let names = ShortGatewayName(name)?.names(among: all) ?? []
    guard names.count < 2 else { throw .ambiguousMember(name, matches: names) }
    return names.first
  }

  /// The members as they are written, each once.
  fileprivate func names(drained: Bool?) -> [String] {
    var found: [String] = []
    var seen: Set<String> = []
    for pool in self {
      for member in pool.members where drained.map({ $0 == member.isDrained }) ?? true {
        guard seen.insert(member.result).inserted else { continue }
        if found.count == mostNamed { return found + ["..."] }
        found.append(member.result)
      }
    }
    return found
  }
}
