// The weights that are left when a member goes: what nine and nine say, one and one say as well.

import PostfixFiles
import Routing

extension MailConfig {
  /// With smaller weights of the same ratio, where an edit leaves weights that can be divided. Weights that could be divided
  /// before are a person's choice, and a drained member comes back with its own weight: these stay.
  func reducing(_ name: String, since before: MailConfig) throws(EditError) -> MailConfig {
    guard let old = before.poolIfKnown(name), let pool = poolIfKnown(name),
      old.divisor == 1, pool.divisor > 1, pool.members.count > 1,
      pool.members.allSatisfy({ !$0.isDrained && $0.ramp == nil })
    else { return self }
    let editor = try PoolEditor(pool, in: self)
    if editor.hasRows { return self }
    return try editing(editor) { editor throws(EditError) in try editor.setting(editor.reducedWeights) }
  }

  private func poolIfKnown(_ name: String) -> Pool? { (try? poolNamed(name)) ?? nil }
}

extension Pool {
  fileprivate var divisor: Int { members.filter { !$0.isDrained }.map(\.weight).commonDivisor }
}
