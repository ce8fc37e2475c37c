// Every edit, as a value: what a person or a command asks for.

import PostfixFiles
import Routing
import System

/// A change to a configuration. Applying it gives a new `MailConfig`; nothing on disk changes.
package enum Edit: Hashable, Sendable, Codable {
  case setWeight(pool: String, member: String, weight: Int)
  /// The member gets `share` (a fraction of 1) within `tolerance`, the others keep their ratios. The total weight
  /// is at most 100 where that is enough, and at most 1000.
  case setShare(pool: String, member: String, share: Double, tolerance: Double)
  /// All weights divided by their common divisor.
  case reduce(pool: String)
  case add(pool: String, member: String, weight: Int)
  case remove(pool: String, member: String)
  /// A member that is drained already gets this end and this reason.
  case drain(pool: String, member: String, Drain = Drain())
  case restore(pool: String, member: String)
  /// A plan by which its share moves, in place of the one that it has.
  case ramp(pool: String, member: String, Ramp)
  case endRamp(pool: String, member: String)
  /// A main.cf parameter, or an entry of a table (nil: the one that has the key, or the only one).
  case setRoute(key: String, value: String, table: String?)
  case removeRoute(key: String, table: String?)
  /// A pool for the mail that is meant, where there was one destination or another pool.
  case pool(PoolWish)
  /// The safe fix of a finding.
  case fix(FindingName)
  /// A comment that says that a finding is meant.
  case ignore(FindingName)

  /// Whether a pool may go by other transports after it. One that is drained keeps its limits, as it comes back.
  var changesTransports: Bool {
    switch self {
    case .add, .remove, .setRoute, .removeRoute: true
    case .setWeight, .setShare, .reduce, .drain, .restore, .ramp, .endRamp, .pool, .fix, .ignore: false
    }
  }

  /// What it does, in words for the history and the console; safe to show.
  package var summary: String {
    let words =
      switch self {
      case .setWeight(let pool, let member, let weight): "set \(member) of \(pool) to weight \(weight)"
      case .setShare(let pool, let member, let share, _): "set \(member) of \(pool) to \(percent(share))"
      case .reduce(let pool): "reduce the weights of \(pool)"
      case .add(let pool, let member, let weight): "add \(member) x\(weight) to \(pool)"
      case .remove(let pool, let member): "remove \(member) from \(pool)"
      case .drain(let pool, let member, let drain):
        "drain \(member) of \(pool)" + (drain.until.map { " until \(WrittenTime.shortUTC($0))" } ?? "")
          + (drain.why.map { ": \($0)" } ?? "")
      case .restore(let pool, let member): "restore \(member) of \(pool)"
      case .ramp(let pool, let member, let ramp):
        ramp.pause == nil
          ? "ramp \(member) of \(pool) to \(Ramp.percent(ramp.to)) over \(WrittenTime.span(ramp.over))"
          : "pause the ramp of \(member) of \(pool)"
      case .endRamp(let pool, let member): "end the ramp of \(member) of \(pool)"
      case .setRoute(let key, let value, _): "set \(key) to \(value)"
      case .removeRoute(let key, _): "remove \(key)"
      case .pool(let wish): wish.summary
      case .fix(let finding): "fix \(finding.code) in \(finding.file)"
      case .ignore(let finding): "ignore \(finding.code) in \(finding.file)"
      }
    return printable(words)
  }
}
