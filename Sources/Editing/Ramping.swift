// Plans by which shares move: written beside the pool, and followed by `tick`.

import PostfixFiles
import Routing

/// The plan of a member, in the pool with this id.
package struct RampPlan: Hashable, Sendable {
  package let pool: String
  package let member: String
  package let ramp: Ramp
  /// Whether the member gets mail; the plan of one that is drained waits.
  package let isActive: Bool
}

extension MailConfig {
  /// Every plan of a member, as it is written.
  package func ramps() -> [RampPlan] {
    pools().eachTextOnce.flatMap { pool in
      pool.members.compactMap { member in
        member.ramp.map {
          RampPlan(pool: pool.id, member: member.result, ramp: $0, isActive: !member.isDrained)
        }
      }
    }
  }

  /// Gives a member a plan and the share that it says now.
  func ramping(_ name: String, _ member: String, _ ramp: Ramp) throws(EditError) -> MailConfig {
    let now = environment.clock()
    let share = ramp.share(at: now)
    let editor = try PoolEditor(name, in: self)
    let wanted = try editor.member(member)
    // The view that Postfix asks works the share out.
    if editor.hasRows {
      let isAlone = !editor.pool.members.contains { $0.getsMail && $0.result != wanted.result }
      if ramp.from >= 1 || isAlone && !wanted.isDrained { throw .badShare }
      return try editing(name) { editor throws(EditError) in editor.rampingRow(wanted, ramp) }
    }
    var config = self
    if !wanted.isDrained {
      config = try editing(name) { editor throws(EditError) in
        try editor.setting(
          try editor.weights(giving: share, to: wanted, within: WeightChoice.tolerance(of: share)))
      }
    }
    return try config.editing(name) { editor throws(EditError) in
      try editor.planning(try editor.member(wanted.result), ramp)
    }
  }

  /// Takes the plan of a member away; its share stays.
  func endingRamp(_ name: String, _ member: String) throws(EditError) -> MailConfig {
    try editing(name) { editor throws(EditError) in
      let member = try editor.member(member)
      if editor.hasRows { return try editor.endingRampOfRow(member, at: environment.clock()) }
      guard let item = try editor.rampItem(member) else { throw .notRamped(member.result) }
      return [Splice(range: editor.layout.wholeLine(item.line.range), bytes: [])]
    }
  }

  /// The configuration with a plan followed: the share of now, and no plan any more where it is over.
  ///
  /// - Parameter ramp: the plan, which may have been paused or bounded since it was read.
  package func following(_ plan: RampPlan, as ramp: Ramp) throws(EditError) -> MailConfig {
    let moved = try ramping(plan.pool, plan.member, ramp)
    guard plan.isActive, ramp.isOver(at: environment.clock()) else { return moved }
    return try moved.endingRamp(plan.pool, plan.member)
  }
}

extension PoolEditor {
  /// The comment of the plan of `member`.
  func rampItem(_ member: Member) throws(EditError) -> RampItem? {
    guard let anchor = pool.anchor else { throw .notInOnePlace(pool.id) }
    return config.rampItems(in: anchor).first { $0.pool == pool.ordinal && $0.result == member.result }
  }

  /// Refuses to move a share by hand that a plan would move back.
  func unplanned(_ member: Member) throws(EditError) -> Member {
    if member.ramp != nil { throw .isRamped(member.result) }
    return member
  }

  /// A plan that begins, in one step; nil where that needs more than the line of the pool.
  func beginning(_ ramp: Ramp, of name: String) throws(EditError) -> [Splice]? {
    let member = try member(name)
    guard !hasRows, net == nil, member.ramp == nil, !member.isDrained, let first = member.items.first,
      !layout.units[first].isAlone, !layout.layout.isByLine
    else { return nil }
    let share = ramp.share(at: config.environment.clock())
    return try setting(try weights(giving: share, to: member, within: WeightChoice.tolerance(of: share)))
      + [layout.remark(plan(ramp, of: member), on: member)]
  }

  func plan(_ ramp: Ramp, of member: Member) -> Bytes {
    Bytes(RampItem.comment(result: member.result, ramp: ramp, pool: pool.ordinal).utf8)
  }

  fileprivate func planning(_ member: Member, _ ramp: Ramp) throws(EditError) -> [Splice] {
    let comment = plan(ramp, of: member)
    if let old = try rampItem(member) { return [layout.replacing(old, with: comment)] }
    return [layout.remark(comment, on: member)]
  }
}

extension PoolLayout {
  /// Puts a comment before the first line of a member where members have lines of their own, otherwise after the pool.
  fileprivate func remark(_ comment: Bytes, on member: Member) -> Splice {
    if let first = member.items.first, units[first].isAlone || layout.isByLine {
      let line = units[first].line
      let indent = Bytes(document[line].prefix { $0.isSpace })
      return Splice(range: line.lowerBound..<line.lowerBound, bytes: indent + comment + [.newline])
    }
    return Splice(range: endOfLine..<endOfLine, bytes: [.newline] + comment)
  }
}
