// The results outside of the lines of tables: of every site, and of every pool.

import PostfixFiles
import Routing

extension Subject {
  /// The results in main.cf values and in pools, each as often as it is written, but of a pool's equal members only
  /// the first, unless `everyItem` asks for all.
  func resultViews(everyItem: Bool) -> [ResultView] {
    var views = sites.flatMap { site -> [ResultView] in
      guard site.isSet, let kind = site.kind else { return [] }
      switch site.content {
      case .value(let value): return [ResultView(value, kind: kind, place: site.place, in: self)]
      case .draw(let pool): return members(of: pool, kind: kind, at: site.place, everyItem)
      case .patterns(let text):
        return PatternRules(inline: text).map { results(of: $0, at: site, kind) } ?? []
      case .source(let path):
        // The lines of other tables have a walk of their own.
        guard case .pattern? = site.table?.spec.type, let document = config.files[path]?.document else {
          return []
        }
        return results(of: PatternRules(document), at: site, kind)
      case .service, .database: return []
      }
    }
    views += filterViews
    if usesAgent {
      for pool in pools where pool.notation.needsAgent {
        views += members(of: pool.text, kind: pool.kind, at: pool.place, everyItem)
      }
    }
    return views
  }

  private func members(
    of pool: PoolText, kind: ResultKind, at place: Place, _ everyItem: Bool
  ) -> [ResultView] {
    var seen: Set<Bytes> = []
    return pool.items.compactMap { range in
      let item = pool.text[range]
      guard seen.insert(item.bytes).inserted || everyItem else { return nil }
      return ResultView(
        item, kind: kind, place: .member(of: place), fixedTransport: pool.transport, in: self)
    }
  }

  private func results(of rules: PatternRules, at site: Site, _ kind: ResultKind) -> [ResultView] {
    let isOfNetworks = site.table?.spec.type == .pattern("cidr")
    return (isOfNetworks ? rules.networkResults : rules.patternResults)
      .map { ResultView($0, kind: kind, place: site.place, isPatternResult: !isOfNetworks, in: self) }
  }
}

/// A pool as a rule sees it. A class, since there may be 50,000, and each holds the whole configuration.
final class PoolView: Sendable {
  let pool: Pool
  let subject: Subject
  /// What gets mail.
  let active: [Member]

  init(pool: Pool, subject: Subject) {
    self.pool = pool
    self.subject = subject
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
