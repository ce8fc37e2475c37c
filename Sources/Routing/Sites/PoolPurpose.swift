// What a pool is for. The number in an id such as `transport_maps#2` is only its place in a line: it is another one when a pool
// before it comes or goes. So two configurations are compared by what their pools are for.

import PostfixFiles

/// The mail that a pool decides for.
package enum PoolPurpose: Hashable, Sendable {
  /// All mail that asks this place.
  case place(Place)
  /// Keys of the tables of a parameter: domains, senders.
  case keys(Set<String>, of: RoutingParameter)
  /// Keys that only this table knows.
  case table(String, of: RoutingParameter)

  init(_ site: Site) {
    switch (site.place, site.keyTable?.content) {
    case (.inlineEntry(let parameter, let key), _): self = .keys([key.lowercased()], of: parameter)
    case (_, .entries(let entries)?):
      self = .keys(Set(entries.map { $0.key.lowercased() }), of: site.parameter)
    // All mail that the tables before it do not know, as without keys.
    case (_, .some) where site.keyTable?.isOtherSenders ?? false: self = .place(site.place)
    case (_, .some): self = .table(site.keyTable?.text.text ?? "", of: site.parameter)
    case (_, nil): self = .place(site.place)
    }
  }

  /// Whether some of the mail is the same.
  func shares(with other: PoolPurpose) -> Bool {
    switch (self, other) {
    case (.keys(let own, let parameter), .keys(let others, let otherParameter)):
      parameter == otherParameter && !own.isDisjoint(with: others)
    default: self == other
    }
  }

  var parameter: RoutingParameter? {
    switch self {
    case .keys(_, let parameter), .table(_, let parameter): parameter
    case .place(let place): place.parameterName.flatMap { RoutingParameter(rawValue: $0) }
    }
  }

  fileprivate var hasKeys: Bool { if case .place = self { false } else { true } }
}

extension Site {
  /// The table that knows for which keys a `randmap:{...}` answers; nil where it answers for all.
  package var keyTable: TableSpec? {
    if case .draw = content { table?.firstOfItem } else { nil }
  }
}

/// The pools of a configuration, each beside the one that it was before an edit.
package struct PoolPairs: Sendable {
  /// In the order of the new pools, then those that are gone.
  package let all: [(before: Pool?, after: Pool?)]
  /// By the index of the old pool: that of the new one.
  package let newIndex: [Int: Int]

  package init(_ old: [Pool], _ new: [Pool]) {
    var matching = Matching(old, new)
    matching.pairExactly { $0.purpose }
    // Keys came or went: of two that have some of them, the one with the same members is it.
    matching.pair {
      $0.purpose.hasKeys && $0.purpose.shares(with: $1.purpose) && $0.text.text.text == $1.text.text.text
    }
    matching.pair { $0.purpose.hasKeys && $0.purpose.shares(with: $1.purpose) }
    // The keys are other ones, and the members are the same.
    matching.pair {
      $0.purpose.hasKeys && $0.purpose.parameter == $1.purpose.parameter
        && $0.text.text.text == $1.text.text.text
    }
    // It is written in another notation, say. Pools for different keys are different pools, whatever their ids.
    matching.pair { $0.id == $1.id && !($0.purpose.hasKeys && $1.purpose.hasKeys) }
    newIndex = matching.newIndex
    let oldIndex = Dictionary(uniqueKeysWithValues: matching.newIndex.map { ($1, $0) })
    all =
      new.indices.map { (oldIndex[$0].map { old[$0] }, new[$0]) }
      + old.indices.filter { matching.newIndex[$0] == nil }.map { (old[$0], nil) }
  }

  private struct Matching {
    let old, new: [Pool]
    var newIndex: [Int: Int] = [:]
    private var leftOld: [Int]
    private var leftNew: [Int]

    init(_ old: [Pool], _ new: [Pool]) {
      (self.old, self.new) = (old, new)
      (leftOld, leftNew) = (Array(old.indices), Array(new.indices))
    }

    /// There may be 50,000, nearly all of them as they were.
    mutating func pairExactly(_ purpose: (Pool) -> PoolPurpose) {
      var known: [PoolPurpose: [Int]] = [:]
      for index in leftNew.reversed() { known[purpose(new[index]), default: []].append(index) }
      for index in leftOld {
        if let found = known[purpose(old[index])]?.popLast() { newIndex[index] = found }
      }
      settle()
    }

    mutating func pair(_ isSame: (Pool, Pool) -> Bool) {
      // What an edit leaves over is little; a conversion of very many pools has no old names to find.
      guard !leftOld.isEmpty, !leftNew.isEmpty, leftOld.count * leftNew.count <= 1_000_000 else { return }
      var taken: Set<Int> = []
      for index in leftOld {
        guard let found = leftNew.first(where: { !taken.contains($0) && isSame(old[index], new[$0]) }) else {
          continue
        }
        taken.insert(found)
        newIndex[index] = found
      }
      settle()
    }

    private mutating func settle() {
      let taken = Set(newIndex.values)
      leftOld.removeAll { newIndex[$0] != nil }
      leftNew.removeAll { taken.contains($0) }
    }
  }
}
