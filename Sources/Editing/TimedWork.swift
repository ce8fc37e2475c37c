// Who does what is due: restores a member whose drain has ended, moves a share by its plan. Where nothing does, an edit that
// counts on it says so.

import PostfixFiles
import Routing

/// What looks at the clock for a configuration.
package struct TimedWork {
  private let isTicking: () -> Bool
  private let agentAnswers: () -> Bool

  /// Both are asked where an edit counts on the clock.
  ///
  /// - Parameters:
  ///   - isTicking: whether a timer calls `randmap tick` for the directory, or the demonstration does its work.
  ///   - agentAnswers: whether the agent of this configuration runs.
  package init(isTicking: @escaping () -> Bool, agentAnswers: @escaping () -> Bool) {
    self.isTicking = isTicking
    self.agentAnswers = agentAnswers
  }

  /// Why nothing would end the drains, or move the shares, of these pools by itself; nil where something does.
  ///
  /// - Parameter what: what it should do: "restore it".
  private func whyNothingWill(_ what: String, _ pools: [Pool]) -> String? {
    // In a database the view that Postfix asks looks at the clock.
    let pools = pools.filter { !$0.isStored }
    if pools.isEmpty || isTicking() { return nil }
    if pools.allSatisfy(\.isFileOfAgent), agentAnswers() { return nil }
    return "nothing will \(what) by itself: \(way)"
  }

  /// Why nothing would pause the plans of these pools or hold them back by itself: in a database, and in the agent's pool files,
  /// shares move without `tick`, but only that reads the mail log. Nil where something does, and where ``whyNothingWill(_:_:)`` speaks of it.
  ///
  /// - Parameter isBound: whether a plan has a limit of messages a day.
  private func whyNothingCounts(_ pools: [Pool], isBound: Bool) -> String? {
    let moves = pools.allSatisfy { $0.isStored || $0.isFileOfAgent && agentAnswers() }
    if pools.isEmpty || !moves || isTicking() { return nil }
    return "its share moves by itself, but nothing "
      + (isBound ? "holds it to --max, or pauses it at --stop-at" : "pauses it at --stop-at")
      + ": \(way)"
  }

  private var way: String {
    "enable the timer (systemctl enable --now randmap-tick.timer), or run `randmap tick` when it is time"
  }

  /// What edits count on that nothing does, in the configuration that they gave.
  package func remarks(on edits: [Edit], in edited: MailConfig) -> [String] {
    // By pool and member: a later edit may end what an earlier one began.
    var drained: Set<[String]> = []
    var planned: [[String]: Bool] = [:]
    for edit in edits {
      switch edit {
      case .drain(let pool, let member, let drain):
        if drain.until != nil { drained.insert([pool, member]) } else { drained.remove([pool, member]) }
      case .restore(let pool, let member): drained.remove([pool, member])
      case .ramp(let pool, let member, let ramp):
        planned[[pool, member]] = ramp.pause == nil ? ramp.most != nil : nil
      case .endRamp(let pool, let member): planned[[pool, member]] = nil
      default: break
      }
    }
    if drained.isEmpty, planned.isEmpty { return [] }
    let pools = edited.pools()
    func those(of pairs: some Sequence<[String]>) -> [Pool] {
      let ids = Set(pairs.compactMap(\.first))
      return pools.filter { ids.contains($0.id) }
    }
    let withPlans = those(of: planned.keys)
    let isBound = planned.values.contains(true)
    return [
      whyNothingWill("restore it", those(of: drained)),
      whyNothingWill("move its share", withPlans), whyNothingCounts(withPlans, isBound: isBound),
    ].compactMap(\.self)
  }
}

extension Pool {
  /// Whether the agent itself does what its text says of times.
  fileprivate var isFileOfAgent: Bool { if case .file = place { isAgents } else { false } }

  /// Whether its members are rows of a database.
  fileprivate var isStored: Bool { if case .database = place { true } else { false } }
}
