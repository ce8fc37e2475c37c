// A pool in its notation, and what each edit of its members comes to in splices.

import PostfixFiles
import Routing

/// A pool that can be edited, and what each edit comes to in splices.
struct PoolEditor {
  let pool: Pool
  let layout: PoolLayout
  let config: MailConfig
  /// What surrounds a stock pool and has to follow its edits.
  let net: NetEditor?

  init(_ name: String, in config: MailConfig) throws(EditError) {
    try self.init(try config.poolToEdit(name), in: config)
  }

  /// - Parameters:
  ///   - pool: one of `config`.
  ///   - line: see PoolLayout.
  init(_ pool: Pool, in config: MailConfig, line: Range<Int>? = nil) throws(EditError) {
    guard pool.notation != .single else {
      throw .onlyOneDestination(pool.id, destination: pool.text.text.text)
    }
    guard let layout = PoolLayout(pool, in: config, line: line) else { throw .notInOnePlace(pool.id) }
    self.pool = pool
    self.layout = layout
    self.config = config
    net = NetEditor(pool, in: layout.document, of: config)
  }

  /// The member that `name` means: as it is written, or any spelling of its gateway if only one member matches.
  func member(_ name: String) throws(EditError) -> Member {
    var matches = pool.members(matching: name, in: config)
    if matches.isEmpty, let gateway = try [pool].gateway(shortened: name) {
      matches = pool.members(matching: gateway, in: config)
    }
    guard let first = matches.first else {
      throw .unknownMember(name, pool: pool.id, known: pool.members.map(\.result))
    }
    guard matches.count == 1 else { throw .ambiguousMember(name, matches: matches.map(\.result)) }
    return first
  }

  func active(_ name: String) throws(EditError) -> Member {
    let member = try member(name)
    if member.isDrained { throw .isDrained(name) }
    return member
  }

  /// The same for an edit that gives it a weight, which a new member gets with `add`.
  func active(_ name: String, weight: String) throws(EditError) -> Member {
    do throws(EditError) { return try active(name) } catch {
      guard case .unknownMember(let name, let id, let known, _) = error else { throw error }
      let spellings = [name] + (pool.onlyTransport.map { ["\($0):\(name)"] } ?? [])
      let call = spellings.first { config.problem(with: $0, in: pool) == nil }.map {
        "randmap add \(id.asArgument) \($0.asArgument) \(weight)"
      }
      throw .unknownMember(name, pool: id, known: known, call: call)
    }
  }

  /// Gives members weights: missing copies come after the last one, spare ones are removed from the end.
  ///
  /// - Parameter breaksLines: whether many copies get a line each. A plan, which moves its member back in time, leaves the line.
  func setting(_ weights: [(Member, Int)], breaksLines: Bool = false) throws(EditError) -> [Splice] {
    if hasRows { return settingRows(weights) }
    return weights.flatMap { member, weight -> [Splice] in
      guard let last = member.items.last else { return [] }
      if weight > member.weight {
        return [
          layout.insertion(
            of: member.result, copies: weight - member.weight, after: last, breaksLines: breaksLines)
        ]
      }
      return layout.removals(of: layout.spare(member.items, member.weight - weight))
    }
  }

  func removing(_ member: Member) throws(EditError) -> [Splice] {
    if hasRows {
      if !member.isDrained { try guardLast(member) }
      return removingRow(member)
    }
    let own: [Splice]
    if member.isDrained {
      own = try drainedItem(member).map { [Splice(range: layout.wholeLine($0.line.range), bytes: [])] } ?? []
    } else {
      try guardLast(member)
      own = layout.removals(of: member.items)
    }
    let plan = try rampItem(member).map { [Splice(range: layout.wholeLine($0.line.range), bytes: [])] } ?? []
    return own + plan + (try net?.leaving(member, forGood: true) ?? [])
  }

  func guardLast(_ member: Member) throws(EditError) {
    // A member that the agent leaves out may go: those that get mail stay.
    let isLast =
      member.getsMail
      ? pool.totalWeight <= member.weight : pool.members.filter { !$0.isDrained }.count <= 1
    guard !isLast else { throw .wouldEmpty(pool.id) }
  }
}
