// Draining a member and putting it back; also by itself, where its drain has an end.

import PostfixFiles
import Routing

extension PoolEditor {
  /// Keeps `name` as a comment; one that is kept so already gets another end and another reason.
  func draining(_ name: String, _ drain: Drain) throws(EditError) -> [Splice] {
    let member = try member(name)
    if let old = member.drain {
      guard drain != Drain(), drain != old else { throw .isDrained(name) }
      if hasRows { return drainingRow(member, drain) }
      guard let item = try drainedItem(member) else { throw .isDrained(name) }
      return [layout.replacing(item, with: drain)]
    }
    try guardLast(member)
    if hasRows { return drainingRow(member, drain) }
    return layout.draining(member, drain) + (try net?.leaving(member, forGood: false) ?? [])
  }

  func restoring(_ member: Member) throws(EditError) -> [Splice] {
    if hasRows, member.isDrained { return restoringRow(member) }
    guard member.isDrained, let item = try drainedItem(member) else { throw .notDrained(member.result) }
    return layout.restoring(item) + (try net?.joining(member.result, isNew: false) ?? [])
  }

  /// Puts a member back whose drain has ended. Where it is listed as well, only its comment goes.
  func returning(_ item: DrainedItem) throws(EditError) -> [Splice] {
    let isListed = zip(layout.units, pool.text.results).contains { unit, result in
      result == item.result && !item.line.range.contains(unit.range.lowerBound)
    }
    if isListed { return [Splice(range: layout.wholeLine(item.line.range), bytes: [])] }
    return layout.restoring(item) + (try net?.joining(item.result, isNew: false) ?? [])
  }

  /// The same of many; nil where they cannot be put back in one step, as one needs to know where another went.
  func returning(_ items: [DrainedItem]) throws(EditError) -> [Splice]? {
    guard !hasRows else { return nil }
    let listed = Dictionary(grouping: zip(layout.units, pool.text.results), by: \.1)
    var joined = JoinedSplices()
    var back: Set<String> = []
    var members: [String] = []
    for item in items {
      let isListed =
        back.contains(item.result)
        || listed[item.result]?.contains { !item.line.range.contains($0.0.range.lowerBound) } ?? false
      let new =
        isListed ? [Splice(range: layout.wholeLine(item.line.range), bytes: [])] : layout.restoring(item)
      if !new.isEmpty, back.insert(item.result).inserted, !isListed { members.append(item.result) }
      joined.add(new)
    }
    // Each after the last member, in their order.
    if let net { joined.add(try net.returning(members)) }
    return joined.splices
  }

  func drainedItem(_ member: Member) throws(EditError) -> DrainedItem? {
    guard let anchor = pool.anchor else { throw .notInOnePlace(pool.id) }
    return config.drainedItems(in: anchor).first { $0.pool == pool.ordinal && $0.result == member.result }
  }
}

extension PoolLayout {
  /// The comment of a drained member with another end and another reason.
  fileprivate func replacing(_ item: DrainedItem, with drain: Drain) -> Splice {
    let indent = Bytes(document[item.line.range].prefix { $0.isSpace })
    let comment = DrainedItem.comment(result: item.result, weight: item.weight, drain: drain, pool: item.pool)
    return Splice(range: item.line.range, bytes: indent + Bytes(comment.utf8))
  }
}

/// A drained member whose time is over, in the pool with this id.
package struct DrainEnd: Hashable, Sendable {
  package let pool: String
  package let member: String
  package let drain: Drain

  /// Safe to show.
  package var summary: String { printable("\(member) of \(pool) is back: its drain has ended") }
}

extension MailConfig {
  /// The drained members whose time is over, as they are written; what the agent heeds by itself included.
  package func endedDrains(at now: Int) -> [DrainEnd] {
    // Pools of one parameter have their comments together: these are read once, however many pools there are.
    var ended: [FileRange: [Int: [DrainedItem]]] = [:]
    return pools().eachTextOnce.flatMap { pool -> [DrainEnd] in
      guard let anchor = pool.anchor else { return [] }
      let items =
        ended[anchor]
        ?? Dictionary(grouping: drainedItems(in: anchor).filter { $0.drain.hasEnded(at: now) }, by: \.pool)
      ended[anchor] = items
      return (items[pool.ordinal] ?? []).map {
        DrainEnd(pool: pool.id, member: $0.result, drain: $0.drain)
      }
    }
  }

  private func endedItems(of pool: Pool, at now: Int) -> [DrainedItem] {
    guard let anchor = pool.anchor else { return [] }
    return drainedItems(in: anchor).filter { $0.pool == pool.ordinal && $0.drain.hasEnded(at: now) }
  }

  /// The configuration with a member put back whose drain has ended.
  package func returning(_ end: DrainEnd) throws(EditError) -> MailConfig {
    try editing(end.pool) { editor throws(EditError) in
      guard
        let item = editor.config.endedItems(of: editor.pool, at: editor.config.environment.clock())
          .first(where: { $0.result == end.member })
      else { throw .notDrained(end.member) }
      return try editor.returning(item)
    }
  }

  /// The configuration with the members put back whose drains have ended, all in one step: to find the pools anew for each of
  /// hundreds would take the square of them.
  ///
  /// - Parameter mayChange: whether a file may be changed.
  /// - Returns: which are done; those that need a file that may not be changed; and the rest, to be tried one after the other.
  package func returning(
    _ ends: [DrainEnd], mayChange: (String) -> Bool
  ) -> (config: MailConfig, done: [DrainEnd], barred: [(end: DrainEnd, file: String)], rest: [DrainEnd]) {
    let now = environment.clock()
    var ended: [FileRange: [Int: [DrainedItem]]] = [:]
    var splices: [String: [Splice]] = [:]
    var documents: [String: Document] = [:]
    var done: Set<DrainEnd> = []
    var barred: [DrainEnd: String] = [:]
    let pools = Dictionary(pools().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for (id, ends) in Dictionary(grouping: ends, by: \.pool) {
      guard let pool = pools[id], let anchor = pool.anchor else { continue }
      guard mayChange(anchor.file) else {
        for end in ends { barred[end] = anchor.file }
        continue
      }
      guard let editor = try? PoolEditor(pool, in: self), editor.layout.document.path == anchor.file
      else { continue }
      let known =
        ended[anchor]
        ?? Dictionary(grouping: drainedItems(in: anchor).filter { $0.drain.hasEnded(at: now) }, by: \.pool)
      ended[anchor] = known
      let wanted = Set(ends.map(\.member))
      let items = (known[pool.ordinal] ?? []).filter { wanted.contains($0.result) }
      guard items.count == ends.count, let own = try? editor.returning(items), !own.isEmpty else { continue }
      splices[anchor.file, default: []] += own
      documents[anchor.file] = editor.layout.document
      done.formUnion(ends)
    }
    var config = self
    for (path, document) in documents { config.update(document.applying(splices[path] ?? [])) }
    return (
      config, ends.filter(done.contains), ends.compactMap { end in barred[end].map { (end, $0) } },
      ends.filter { !done.contains($0) && barred[$0] == nil }
    )
  }

  /// Whether the agent has this member again, which its pool file has as drained.
  func hasReturned(_ name: String, to pool: String) -> Bool {
    guard let pool = try? poolNamed(pool), pool.text.hasReturned else { return false }
    let ended = Set(endedItems(of: pool, at: environment.clock()).map(\.result))
    return pool.members(matching: name, in: self).contains { !$0.isDrained && ended.contains($0.result) }
  }

  /// Where the agent has members again that a pool file has as drained, they are written as members: an edit of the file
  /// is an edit of what is in force.
  func settingReturned() throws(EditError) -> MailConfig {
    guard usesAgent, !files.isEmpty else { return self }
    let now = environment.clock()
    let ends = pools().eachTextOnce.filter(\.text.hasReturned).flatMap { pool in
      endedItems(of: pool, at: now).map { DrainEnd(pool: pool.id, member: $0.result, drain: $0.drain) }
    }
    if ends.isEmpty { return self }
    // All at once: there may be thousands.
    var (config, _, _, rest) = returning(ends) { _ in true }
    for end in rest { config = try config.returning(end) }
    return config
  }
}

/// Changes of one document that may put text at the same place: there, one piece comes after the other.
private struct JoinedSplices {
  private(set) var splices: [Splice] = []
  private var inserted: [Int: Int] = [:]

  mutating func add(_ more: [Splice]) {
    for splice in more {
      if splice.range.isEmpty, let number = inserted[splice.range.lowerBound] {
        splices[number].bytes += splice.bytes
      } else {
        if splice.range.isEmpty { inserted[splice.range.lowerBound] = splices.count }
        splices.append(splice)
      }
    }
  }
}
