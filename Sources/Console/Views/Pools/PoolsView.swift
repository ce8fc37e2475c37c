// View 2: every pool with its members, weights and shares, before and after the edits.

import Editing
import Gateways
import PostfixFiles
import Routing

struct PoolsView: MemberView {
  static let title = "Pools"

  var selection: Selection?
  var filter: String?
  var sorting = Sorting()
  private(set) var rows: [PoolRow] = []
  /// How many pools the configuration has, with those that the filter hides.
  private(set) var poolCount = 0
  /// What the rows were made of; nil while an edit is being typed.
  private var source: Source?
  /// The filter that the rows went through.
  private var usedFilter: String?
  /// The row that the edit being typed began at: what is typed may take it away and bring it back.
  private var held: PoolRow.Identity?

  /// What the rows follow from.
  private struct Source: Hashable {
    var revision: Int
    var filter: String?
    var sorting: Sorting
  }

  var count: Int { rows.count }

  mutating func refresh(_ facts: Facts, _ dialog: Dialog?) {
    let pools = dialog.preview?.pools ?? facts.session.pools
    let new =
      dialog.preview == nil
      ? Source(revision: facts.session.revision, filter: filter, sorting: sorting) : nil
    let order = sorting.column.flatMap { MemberOrder(rawValue: $0) }
    if let new, new == source, order?.isSteady != false { return }
    // The cursor stays on its member when the list gets another order: the next key is for that.
    let own = source == nil ? held ?? chosenRow?.identity : chosenRow?.identity
    let followed = rows.isEmpty || filter != usedFilter ? nil : own
    held = new == nil ? followed : nil
    usedFilter = filter
    let before = chosen
    poolCount = pools.count
    rows = Self.rows(of: pools, facts.session, Filter(filter ?? "")) { pool in
      sorting.turned(order?.sorted(pool, facts) ?? pool.members)
    }
    source = new
    if let followed, let index = rows.firstIndex(where: { $0.identity == followed }), index != before {
      choose(index)
    }
  }

  /// Each pool with its members under it. A filter keeps the whole pool where the pool's name or one of its
  /// members matches.
  private static func rows(
    of pools: [Pool], _ session: Session, _ filter: Filter, members sorted: (Pool) -> [Member]
  ) -> [PoolRow] {
    pools.flatMap { pool -> [PoolRow] in
      if !filter.isEmpty {
        let mail = session.current.mail(of: pool).map { [$0.words, $0.scope] } ?? []
        let words = ([pool.id] + pool.aliases + mail + pool.members.map(\.result)).joined(separator: " ")
        guard filter.matches(words) else { return [] }
      }
      let saved = session.saved(pool.id)?.members ?? []
      let before = Dictionary(saved.map { ($0.result, $0) }, uniquingKeysWith: { first, _ in first })
      let members = sorted(pool).map { PoolRow.member($0, of: pool, was: before[$0.result]) }
      let now = Set(pool.members.map(\.result))
      let gone = saved.filter { !now.contains($0.result) }
      return [.pool(pool)] + members + gone.map { .removed($0, of: pool) }
    }
  }

  func orders(_ facts: Facts) -> [String] { MemberOrder.all(facts).map(\.rawValue) }

  /// A member has the words if one of them is its own and the pool has the others.
  func matches(_ filter: Filter, at index: Int) -> Bool {
    let row = rows[index]
    let pool = ([row.pool.id] + row.pool.aliases).joined(separator: " ")
    guard let result = row.identity.result else { return filter.matches(pool) }
    return filter.matches("\(pool) \(result)") && filter.words.contains { result.lowercased().contains($0) }
  }

  var chosenRow: PoolRow? { chosen.map { rows[$0] } }

  /// Keys act on members: the first one is chosen, not the heading above it.
  mutating func appear() {
    if selection == nil { choose(1) }
  }

  mutating func choose(firstOf gateway: Gateway) {
    if let index = rows.firstIndex(where: { $0.member?.gateways.contains(gateway) == true }) { choose(index) }
  }

  mutating func choose(madeBy edit: Edit) -> Bool {
    if case .pool(let wish) = edit {
      // The member that was typed last.
      guard case .text(let text)? = wish.members.last?.goal,
        let index = rows.lastIndex(where: {
          $0.member?.result.hasSuffix(text) == true && $0.pool.notation != .single
        })
      else { return false }
      choose(index)
      return true
    }
    guard case .add(let pool, let member, _) = edit,
      let index = rows.firstIndex(where: { $0.identity == PoolRow.Identity(pool: pool, result: member) })
    else { return false }
    choose(index)
    return true
  }

  /// Chooses the pool that has `line` of `file`.
  ///
  /// - Returns: whether there is one.
  mutating func choose(file: String, line: Int, _ facts: Facts) -> Bool {
    let index = rows.firstIndex { row in
      guard case .pool(let pool) = row, pool.notation != .single, let anchor = pool.anchor,
        anchor.file == file, let document = facts.session.current.document(file)
      else { return false }
      let last = document.position(at: anchor.range.upperBound - 1).line
      return (document.position(at: anchor.range.lowerBound).line...last).contains(line)
    }
    if let index { choose(index) }
    return index != nil
  }

  func memberships(_ facts: Facts) -> [PoolMembership] {
    chosenRow.flatMap { row in row.member.map { [(row.pool, $0)] } } ?? []
  }

  func whyNoMember(_ facts: Facts) -> String? {
    switch chosenRow {
    case nil: "no pool is chosen"
    case .pool: "choose one of its members"
    case .removed: "removed: undo (u) brings it back"
    case .member: whySingle
    }
  }

  /// Why a pool of one cannot be edited as a pool.
  var whySingle: String? {
    chosenRow?.pool.notation == .single ? "one gateway: a shares its mail with another one" : nil
  }

  func clipping(_ facts: Facts) -> String? {
    chosenRow.map { printable($0.member?.result ?? $0.pool.id) }
  }

  func place(_ facts: Facts) -> FilePlace? {
    guard let row = chosenRow else { return nil }
    let text = row.pool.text
    let item = row.member?.items.first.flatMap { text.items.indices.contains($0) ? text.items[$0] : nil }
    return facts.place(of: item.flatMap { text.text.span($0) } ?? row.pool.start)
  }
}
