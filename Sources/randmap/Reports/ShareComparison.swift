// Shares before and after an edit, side by side.

import Editing
import PostfixFiles
import Routing
import System

/// The pools that an edit changes, makes or takes away, with their shares before and after.
struct ShareComparison {
  let before: MailConfig
  let after: MailConfig

  var text: [String] {
    PoolPairs(before.pools(), after.pools()).all.filter { old, new in
      // The gateway of a parameter stays where it is when a table comes to decide before it.
      guard let old, new == nil, old.notation == .single, case .parameter(let parameter) = old.place else {
        return true
      }
      return before.main[parameter]?.value.text != after.main[parameter]?.value.text
    }.flatMap { old, new in
      text(of: (new ?? old)?.id ?? "", old, new)
    }
  }

  /// A pool that is new, or gone, has no shares on the one side.
  private func text(of id: String, _ was: Pool?, _ pool: Pool?) -> [String] {
    if let was, let pool, Self.weights(was) == Self.weights(pool) { return [] }
    let (before, after) = (was.map(Self.standings) ?? [], pool.map(Self.standings) ?? [])
    let old = Dictionary(before, uniquingKeysWith: { first, _ in first })
    let new = Dictionary(after, uniquingKeysWith: { first, _ in first })
    var seen: Set<String> = []
    var goals = (after + before).map(\.0).filter { seen.insert($0).inserted }
    var rest: [String] = []
    if goals.count > Self.readable {
      // Where one weight changes, every share does; a person looks for what was asked for.
      let others = goals.count { old[$0]?.weight == new[$0]?.weight }
      goals.removeAll { old[$0]?.weight == new[$0]?.weight }
      switch others {
      case 0: break
      case 1: rest = ["the other member keeps its weight"]
      default: rest = ["the other \(others) members keep their weights"]
      }
    }
    var table = TextTable([.right, .left, .right, .left])
    for goal in goals {
      table.add(old[goal]?.word ?? "-", "->", new[goal]?.word ?? "-", goal)
    }
    return ["\(printable(id)):"] + (table.lines + rest).map { "  " + $0 }
  }

  /// A pool with more members is not shown whole.
  private static let readable = 40

  private static func weights(_ pool: Pool) -> [String] {
    pool.members.map { "\($0.result) \($0.weight) \($0.isDrained)" }
  }

  /// What a member has of its pool; the weight is nil where it is drained.
  private struct Standing {
    var weight: Int?
    var word: String
  }

  /// What each member has, by what it leads to: `smtp:[a]` is one member, whether the transport is in it or before
  /// `randmap:`.
  ///
  /// A result that is listed and, in a comment, drained too is there twice, first with its share.
  private static func standings(_ pool: Pool) -> [(String, Standing)] {
    let prefix = pool.text.transport.map { "\($0):" } ?? ""
    return pool.members.map { member in
      let standing =
        member.isDrained
        ? Standing(word: "drained") : Standing(weight: member.weight, word: percent(pool.share(member)))
      return (prefix + member.result, standing)
    }
  }
}
