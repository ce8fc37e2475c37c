// All plans that are due as one edit: what is due in a pool is one change of its text, however many plans it has, and what is
// due in a file is one change of it.

import PostfixFiles
import Routing

extension MailConfig {
  /// What has become of a plan that was to be followed with others.
  package enum Followed: Sendable {
    case done
    /// All was as the plan says.
    case same
    /// It is in this file, which may not be changed.
    case barred(String)
    case refused(EditError)
    /// It has to be followed by itself.
    case left
  }

  /// The configuration with plans followed, all in one step: to find the pools anew for each of hundreds would take the square of
  /// them.
  ///
  /// - Parameter mayChange: whether a file may be changed.
  /// - Returns: beside it what became of each plan.
  package func following(
    _ plans: [(plan: RampPlan, ramp: Ramp)], mayChange: (String) -> Bool
  ) -> (config: MailConfig, followed: [Followed]) {
    let pools = Dictionary(pools().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    // Pools of one parameter have their comments together: these are read once.
    var items: [FileRange: [Int: [RampItem]]] = [:]
    var splices: [String: [Splice]] = [:]
    var documents: [String: Document] = [:]
    var followed = plans.map { _ in Followed.left }
    var seen: Set<String> = []
    let ofPools = Dictionary(grouping: plans.indices) { plans[$0].plan.pool }
    for id in plans.map(\.plan.pool) where seen.insert(id).inserted {
      let numbers = ofPools[id] ?? []
      guard let pool = pools[id], let editor = try? PoolEditor(pool, in: self) else { continue }
      var comments: [RampItem] = []
      if let anchor = pool.anchor, !editor.hasRows {
        let known = items[anchor] ?? Dictionary(grouping: rampItems(in: anchor), by: \.pool)
        items[anchor] = known
        comments = known[pool.ordinal] ?? []
      }
      let document = editor.layout.document
      do throws(EditError) {
        let due = numbers.map { plans[$0] }
        guard let change = try editor.following(due, comments) else { continue }
        let isSame = change.splices.allSatisfy { Bytes(document[$0.range]) == $0.bytes }
        if !isSame, !mayChange(document.path) {
          for number in numbers { followed[number] = .barred(document.path) }
          continue
        }
        for (number, outcome) in zip(numbers, change.outcomes) {
          if case .done = outcome, isSame { followed[number] = .same } else { followed[number] = outcome }
        }
        if isSame { continue }
        splices[document.path, default: []] += change.splices
        documents[document.path] = document
      } catch {
        // The others do not wait for the one whose share cannot be had: each is followed by itself.
        for number in numbers { followed[number] = numbers.count == 1 ? .refused(error) : .left }
      }
    }
    var config = self
    for (path, document) in documents { config.update(document.applying(splices[path] ?? [])) }
    return (config, followed)
  }
}

/// What plans of one pool come to.
private struct PlannedChange {
  var splices: [Splice]
  /// Of each plan: done, same or left.
  var outcomes: [MailConfig.Followed]
}

extension PoolEditor {
  /// The shares and the plans in one; nil where they need more than the lines of the pool.
  ///
  /// - Parameter comments: the plans of this pool as they are written.
  fileprivate func following(
    _ plans: [(plan: RampPlan, ramp: Ramp)], _ comments: [RampItem]
  ) throws(EditError) -> PlannedChange? {
    if hasRows { return followingInRows(plans) }
    let now = config.environment.clock()
    let members = Dictionary(pool.members.map { ($0.result, $0) }, uniquingKeysWith: { first, _ in first })
    let written = Dictionary(comments.map { ($0.result, $0) }, uniquingKeysWith: { first, _ in first })
    let due = Dictionary(plans.map { ($0.plan.member, $0.ramp) }, uniquingKeysWith: { first, _ in first })
    guard due.count == plans.count, due.keys.allSatisfy({ members[$0] != nil && written[$0] != nil }) else {
      return nil
    }
    let isMoving = plans.contains { members[$0.plan.member]?.isDrained == false }
    // A share with a plan that waits is held too.
    let weights =
      isMoving
      ? try weights(
        giving: pool.members.compactMap { member in
          if member.isDrained { return nil }
          return (due[member.result] ?? member.ramp).map { (member, $0.share(at: now)) }
        }) : []
    let moved = try setting(weights)
    let isMoved = !moved.isEmpty
    let shares = shares(weights)
    var splices = moved
    var outcomes: [MailConfig.Followed] = []
    for (plan, ramp) in plans {
      guard let member = members[plan.member], let comment = written[plan.member] else { return nil }
      let isOver = plan.isActive && ramp.isOver(at: now)
      let last =
        isOver
        ? [Splice(range: layout.wholeLine(comment.line.range), bytes: [])]
        : [layout.replacing(comment, with: self.plan(ramp, of: member))]
      let isSame =
        last.allSatisfy { Bytes(layout.document[$0.range]) == $0.bytes }
        && !(isMoved && shares[plan.member].map { abs($0 - pool.share(member)) > 1e-9 } ?? false)
      outcomes.append(isSame ? .same : .done)
      splices += last
    }
    return areApart(splices) ? PlannedChange(splices: splices, outcomes: outcomes) : nil
  }

  /// Of a pool in a database only the plans: the view that Postfix asks works the shares out.
  private func followingInRows(_ plans: [(plan: RampPlan, ramp: Ramp)]) -> PlannedChange {
    let now = config.environment.clock()
    let members = Dictionary(pool.members.map { ($0.result, $0) }, uniquingKeysWith: { first, _ in first })
    let receivers = pool.members.count(where: \.getsMail)
    var ramps: [String: Ramp] = [:]
    let outcomes = plans.map { plan, ramp -> MailConfig.Followed in
      guard let member = members[plan.member], !(plan.isActive && ramp.isOver(at: now)), ramp.from < 1,
        member.isDrained || receivers > (member.getsMail ? 1 : 0)
      else { return .left }
      if member.ramp == ramp { return .same }
      ramps[plan.member] = ramp
      return .done
    }
    return PlannedChange(splices: rampingRows(ramps), outcomes: outcomes)
  }

  private func shares(_ weights: [(Member, Int)]) -> [String: Double] {
    let total = Double(max(1, weights.reduce(0) { $0 + $1.1 }))
    return Dictionary(weights.map { ($0.0.result, Double($0.1) / total) }, uniquingKeysWith: +)
  }

  /// Whether no two of them change the same text.
  private func areApart(_ splices: [Splice]) -> Bool {
    let ranges = splices.map(\.range).filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
    return zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
  }
}

extension PoolLayout {
  /// The comment of a plan with other words; its indentation stays.
  func replacing(_ item: RampItem, with comment: Bytes) -> Splice {
    let indent = document[item.line.range].prefix { $0.isSpace }
    return Splice(range: item.line.range, bytes: indent + comment)
  }
}
