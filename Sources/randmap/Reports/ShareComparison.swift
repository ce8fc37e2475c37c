// Shares before and after an edit, side by side.

import Editing
import PostfixFiles
import Routing

/// The pools that an edit changes, makes or takes away, with their shares before and after.
struct ShareComparison {
  let before: MailConfig
  let after: MailConfig

  var text: [String] {
    let (old, new) = (before.pools(), after.pools())
    let byID = Dictionary(new.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let known = Dictionary(old.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return new.flatMap { text(of: $0.id, known[$0.id], $0) }
      + old.filter { byID[$0.id] == nil }.flatMap { text(of: $0.id, $0, nil) }
  }

  /// A pool that is new, or gone, has no shares on the one side.
  private func text(of id: String, _ was: Pool?, _ pool: Pool?) -> [String] {
    if let was, let pool, Self.weights(was) == Self.weights(pool) { return [] }
    let (old, new) = (was.map(Self.words) ?? [], pool.map(Self.words) ?? [])
    var table = TextTable([.right, .left, .right, .left])
    for goal in new.map(\.goal) + old.map(\.goal).filter({ goal in !new.contains { $0.goal == goal } }) {
      func word(_ words: [(goal: String, word: String)]) -> String {
        words.first { $0.goal == goal }?.word ?? "-"
      }
      table.add(word(old), "->", word(new), goal)
    }
    return ["\(printable(id)):"] + table.lines.map { "  " + $0 }
  }

  private static func weights(_ pool: Pool) -> [String] {
    pool.members.map { "\($0.result) \($0.weight) \($0.isDrained)" }
  }

  /// What each member gets, by what it leads to: `smtp:[a]` is one member, whether the transport stands in it or before
  /// `randmap:`.
  private static func words(_ pool: Pool) -> [(goal: String, word: String)] {
    let prefix = pool.text.transport.map { "\($0):" } ?? ""
    var seen: Set<String> = []
    // A result that is listed and, in a comment, drained too is a member with a share.
    return pool.members.filter { seen.insert($0.result).inserted }.map { member in
      (prefix + member.result, member.isDrained ? "drained" : percent(pool.share(member)))
    }
  }
}
