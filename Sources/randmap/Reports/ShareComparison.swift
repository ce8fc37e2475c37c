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
    if let was, let pool, Self.haveSameWeights(was, pool) { return [] }
    var (before, after) = (was.map(Self.standings) ?? [], pool.map(Self.standings) ?? [])
    var rest: [String] = []
    var others = 0
    if let was, let pool, pool.hasRows, was.hasRows, after.count > Self.readable, after.count == before.count
    {
      // No row is there twice, and nearly all are as they were.
      let changed = after.indices.filter {
        before[$0].weight != after[$0].weight || before[$0].goal != after[$0].goal
      }
      others = after.count - changed.count
      (before, after) = (changed.map { before[$0] }, changed.map { after[$0] })
    }
    let old = Dictionary(before.map { ($0.goal, $0) }, uniquingKeysWith: { first, _ in first })
    let new = Dictionary(after.map { ($0.goal, $0) }, uniquingKeysWith: { first, _ in first })
    var seen: Set<String> = []
    var goals = (after + before).map(\.goal).filter { seen.insert($0).inserted }
    if goals.count + others > Self.readable {
      // Where one weight changes, every share does; a person looks for what was asked for.
      others += goals.count { old[$0]?.weight == new[$0]?.weight }
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

  private static func haveSameWeights(_ one: Pool, _ other: Pool) -> Bool {
    one.members.count == other.members.count
      && zip(one.members, other.members).allSatisfy {
        $0.weight == $1.weight && $0.isDrained == $1.isDrained && $0.result == $1.result
      }
  }

  /// What a member has of its pool, by what it leads to.
  private struct Standing {
    let pool: Pool
    let member: Member
    let goal: String

    /// Nil where it is drained.
    var weight: Int? { member.isDrained ? nil : member.weight }
    /// Few are read by a person.
    var word: String { member.isDrained ? "drained" : percent(pool.share(member)) }
  }

  /// What each member has: `smtp:[a]` is one member, whether the transport is in it or before `randmap:`.
  ///
  /// A result that is listed and, in a comment, drained too is there twice, first with its share.
  private static func standings(_ pool: Pool) -> [Standing] {
    let prefix = pool.text.transport.map { "\($0):" } ?? ""
    return pool.members.map { Standing(pool: pool, member: $0, goal: prefix + $0.result) }
  }
}

extension Pool {
  fileprivate var hasRows: Bool { !text.rows.isEmpty }
}
