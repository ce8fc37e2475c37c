// Shares before and after an edit, side by side.

import Editing
import PostfixFiles
import Routing

/// The pools that an edit changes, with their shares before and after.
struct ShareComparison {
  let before: MailConfig
  let after: MailConfig

  var text: [String] {
    let old = Dictionary(before.pools().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return after.pools().flatMap { pool -> [String] in
      guard let was = old[pool.id], Self.weights(was) != Self.weights(pool) else { return [] }
      var table = TextTable([.right, .left, .right, .left])
      let results = pool.members.map(\.result)
      for result in results + was.members.map(\.result).filter({ !results.contains($0) }) {
        table.add(Self.word(was, result), "->", Self.word(pool, result), result)
      }
      return ["\(printable(pool.id)):"] + table.lines.map { "  " + $0 }
    }
  }

  private static func weights(_ pool: Pool) -> [String] {
    pool.members.map { "\($0.result) \($0.weight) \($0.isDrained)" }
  }

  private static func word(_ pool: Pool, _ result: String) -> String {
    guard let member = pool.members.first(where: { $0.result == result }) else { return "-" }
    return member.isDrained ? "drained" : percent(pool.share(member))
  }
}
