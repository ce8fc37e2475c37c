// The results outside of the lines of tables: of every site, and of every pool.

import PostfixFiles
import Routing

/// The results that a pool lists.
struct PoolItems {
  /// What rules can tell from each other beside the text of a result.
  struct Kind: Hashable {
    let kind: ResultKind
    let transport: String?
    /// Whether the pool is a table of Postfix, as an item of a parameter.
    let isItem: Bool
  }

  let pool: PoolText
  let kind: Kind
  private let place: Place

  init(_ pool: PoolText, kind: ResultKind, at place: Place) {
    self.pool = pool
    self.place = place
    let isItem = if case .item = place { true } else { false }
    self.kind = Kind(kind: kind, transport: pool.transport, isItem: isItem)
  }

  /// Where they are in the text of the pool; of equal ones only the first, unless all are asked for.
  func ranges(all: Bool) -> [Range<Int>] {
    if all || pool.items.count < 2 { return pool.items }
    let bytes = pool.text.bytes
    if pool.items.count == 2 {
      return bytes[pool.items[0]] == bytes[pool.items[1]] ? [pool.items[0]] : pool.items
    }
    var seen: Set<ArraySlice<UInt8>> = []
    return pool.items.filter { seen.insert(bytes[$0]).inserted }
  }

  func view(_ range: Range<Int>, in subject: Subject) -> ResultView {
    ResultView(
      pool.text[range], kind: kind.kind, place: .member(of: place), fixedTransport: kind.transport,
      in: subject)
  }
}

extension Subject {
  /// The results in main.cf values and in pools, each as often as it is written, but of a pool's equal members only
  /// the first.
  var resultViews: [ResultView] {
    siteViews
      + poolItems.flatMap { items in items.ranges(all: false).map { items.view($0, in: self) } }
  }

  /// The pools whose results are looked at one by one.
  var poolItems: [PoolItems] {
    var found = sites.compactMap { site -> PoolItems? in
      guard site.isSet, let kind = site.kind, case .draw(let pool) = site.content else { return nil }
      return PoolItems(pool, kind: kind, at: site.place)
    }
    guard usesAgent else { return found }
    for pool in pools where pool.notation.needsAgent {
      found.append(PoolItems(pool.text, kind: pool.kind, at: pool.place))
    }
    return found
  }

  /// The results in main.cf values, of patterns and of filters, each as often as it is written.
  var siteViews: [ResultView] {
    sites.flatMap { site -> [ResultView] in
      guard site.isSet, let kind = site.kind else { return [] }
      switch site.content {
      case .value(let value): return [ResultView(value, kind: kind, place: site.place, in: self)]
      case .patterns(let text):
        return PatternRules(inline: text).map { results(of: $0, at: site, kind) } ?? []
      case .source(let path):
        // The lines of other tables have a walk of their own.
        guard case .pattern? = site.table?.spec.type, let document = config.files[path]?.document else {
          return []
        }
        return results(of: PatternRules(document), at: site, kind)
      // The results of a pool: `poolItems`.
      case .draw, .service, .database: return []
      }
    } + filterViews
  }

  private func results(of rules: PatternRules, at site: Site, _ kind: ResultKind) -> [ResultView] {
    let isOfNetworks = site.table?.spec.type == .pattern("cidr")
    return (isOfNetworks ? rules.networkResults : rules.patternResults)
      .map { ResultView($0, kind: kind, place: site.place, isPatternResult: !isOfNetworks, in: self) }
  }
}

/// What all pools of a configuration have in common. A class, so that a view of a pool costs one reference.
final class PoolSetting: Sendable {
  let subject: Subject

  init(_ subject: Subject) { self.subject = subject }
}

/// A pool as a rule sees it. A class, since ten rules go through all of them.
final class PoolView: Sendable {
  let pool: Pool
  private let setting: PoolSetting
  var subject: Subject { setting.subject }
  /// What gets mail.
  let active: [Member]

  init(pool: Pool, in setting: PoolSetting) {
    self.pool = pool
    self.setting = setting
    active = pool.members.filter { !$0.isDrained }
  }

  /// Where a member is first.
  func text(of member: Member) -> SourcedText {
    member.items.first.map { pool.text.text[pool.text.items[$0]] } ?? pool.text.text
  }

  /// A finding at the first item of `member`.
  func finding(_ member: Member, _ message: String, fix: Fix? = nil) -> [Finding] {
    [Finding(text(of: member), else: pool.anchor, message, fix: fix)].compactMap { $0 }
  }

  /// A finding at the pool's first item.
  func finding(_ message: String, fix: Fix? = nil) -> [Finding] {
    guard let place = pool.start else { return [] }
    return [Finding(place, message, fix: fix)]
  }
}
