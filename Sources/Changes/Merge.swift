// Two changes of one text made into one, by line: what a write did is taken back, and what others did since stays.

import PostfixFiles

/// A three-way merge.
enum Merge {
  /// `now` with the way from `base` to `wanted` made too; nil where both change the same lines, or lines that belong together.
  static func merged(base: [UInt8], now: [UInt8], wanted: [UInt8]) -> [UInt8]? {
    let old = lines(base)
    return joined(old, places(old, theirs: lines(now), ours: lines(wanted)))
  }

  /// The text with the edits of all places; nil where one is a conflict.
  static func joined(_ old: [ArraySlice<UInt8>], _ places: [Place]) -> [UInt8]? {
    var result: [UInt8] = []
    var at = 0
    for place in places {
      if place.isConflict { return nil }
      for line in old[at..<place.range.lowerBound] { result += line }
      // The same change made twice is one.
      for line in place.their.isEmpty ? place.goal : place.present { result += line }
      at = place.range.upperBound
    }
    for line in old[at...] { result += line }
    return result
  }

  /// Edits that belong together, of one side or of both.
  struct Place {
    /// Of the old lines.
    let range: Range<Int>
    let their, our: [LineChange]
    /// What comes in the place of the range.
    let present, goal: [ArraySlice<UInt8>]

    var isConflict: Bool { !their.isEmpty && !our.isEmpty && present != goal }
  }

  static func places(
    _ old: [ArraySlice<UInt8>], theirs: [ArraySlice<UInt8>], ours: [ArraySlice<UInt8>]
  ) -> [Place] {
    groups(old, theirs, ours).flatMap { group in
      let whole = place(group, old, theirs, ours)
      return whole.isConflict ? neighbours(in: group).map { place($0, old, theirs, ours) } : [whole]
    }
  }

  /// The edits of both sides, those together that meet.
  static func groups(
    _ old: [ArraySlice<UInt8>], _ theirs: [ArraySlice<UInt8>], _ ours: [ArraySlice<UInt8>]
  ) -> [ArraySlice<Reaching>] {
    var edits: [Reaching] = []
    edits += self.edits(old, theirs).map {
      Reaching(edit: $0, isOurs: false, reach: reach(of: $0, old, theirs))
    }
    edits += self.edits(old, ours).map { Reaching(edit: $0, isOurs: true, reach: reach(of: $0, old, ours)) }
    edits.sort { ($0.reach.lowerBound, $0.reach.upperBound) < ($1.reach.lowerBound, $1.reach.upperBound) }
    var groups: [ArraySlice<Reaching>] = []
    var rest = edits[...]
    while let first = rest.first {
      var upper = first.reach.upperBound
      // What comes in above or below lines that change has one place only.
      var isInsertion = first.reach.isBetweenLines
      var end = rest.startIndex
      while end < rest.endIndex {
        let next = rest[end].reach
        let isMet = next.lowerBound == upper && isInsertion == next.isBetweenLines
        guard next.lowerBound < upper || isMet else { break }
        isInsertion = isInsertion && next.isBetweenLines
        upper = max(upper, next.upperBound)
        end += 1
      }
      groups.append(rest[..<end])
      rest = rest[end...]
    }
    return groups
  }

  static func place(
    _ group: ArraySlice<Reaching>, _ old: [ArraySlice<UInt8>], _ theirs: [ArraySlice<UInt8>],
    _ ours: [ArraySlice<UInt8>]
  ) -> Place {
    func inOrder(_ isOurs: Bool) -> [LineChange] {
      group.filter { $0.isOurs == isOurs }.map(\.edit).sorted {
        $0.removed.lowerBound < $1.removed.lowerBound
      }
    }
    let removed = group.map(\.edit.removed)
    let range = (removed.map(\.lowerBound).min() ?? 0)..<(removed.map(\.upperBound).max() ?? 0)
    let (their, our) = (inOrder(false), inOrder(true))
    return Place(
      range: range, their: their, our: our, present: side(range, of: old, theirs, their),
      goal: side(range, of: old, ours, our))
  }

  /// An edit of one side.
  struct Reaching {
    let edit: LineChange
    let isOurs: Bool
    let reach: ClosedRange<Int>

    /// Whether it also puts lines in: above or below those that change, which of the two cannot be told.
    var grows: Bool { edit.added.count > edit.removed.count }
  }

  /// Edits that meet between two lines, taken apart: the lines of one end where those of the other begin, and they share
  /// none. They stay together where both also put something in there.
  private static func neighbours(in group: ArraySlice<Reaching>) -> [ArraySlice<Reaching>] {
    var parts: [ArraySlice<Reaching>] = []
    var start = group.startIndex
    var upper = group.first?.reach.upperBound ?? 0
    for index in group.indices.dropFirst() {
      let next = group[index].reach
      if next.lowerBound == upper, upper.isMultiple(of: 2), !next.isBetweenLines {
        let above = group[start..<index].contains { $0.reach.upperBound == upper && $0.grows }
        let below = group[index...].contains { $0.reach.lowerBound == upper && $0.grows }
        if !above || !below {
          parts.append(group[start..<index])
          start = index
        }
      }
      upper = max(upper, next.upperBound)
    }
    return parts + [group[start...]]
  }

  /// How far an edit reaches: edits whose reaches meet belong together. Line n is 2n + 1, and what is between lines is even, so
  /// that what comes in beside lines that go has one place only. Where a continuation line is or comes after the edit, it reaches
  /// back to the line that is continued, as Postfix does, over comments and blank lines.
  private static func reach(
    of edit: LineChange, _ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]
  ) -> ClosedRange<Int> {
    let (first, end) = (edit.removed.lowerBound, edit.removed.upperBound)
    var reach = 2 * first...2 * end
    if edit.added.isEmpty, !edit.removed.isEmpty { reach = 2 * first + 1...2 * end - 1 }
    let next = old[end...].firstIndex { $0.weight != .none }
    let left = next.flatMap { old[$0].weight == .continuation ? $0 : nil }
    let begins = new[edit.added].first { $0.weight != .none }?.weight == .continuation
    guard left != nil || begins else { return reach }
    let start = old[..<first].lastIndex { $0.weight == .start } ?? -1
    return 2 * start + 1...max(reach.upperBound, left.map { 2 * $0 + 1 } ?? 0)
  }

  /// The lines of one side in the place of `range`; all `edits` are in it.
  private static func side(
    _ range: Range<Int>, of old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>], _ edits: [LineChange]
  ) -> [ArraySlice<UInt8>] {
    var result: [ArraySlice<UInt8>] = []
    var at = range.lowerBound
    for edit in edits {
      result += old[at..<edit.removed.lowerBound]
      result += new[edit.added]
      at = edit.removed.upperBound
    }
    return result + old[at..<range.upperBound]
  }

  static func edits(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [LineChange] {
    lineChanges(from: old, to: new)
  }

  /// Each with its newline.
  static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.withUnsafeBytes { lineRanges($0, in: 0..<bytes.count) }.map { bytes[$0] }
  }
}

extension ClosedRange<Int> {
  /// Whether it is the reach of lines that come in, and of no line.
  fileprivate var isBetweenLines: Bool { count == 1 && lowerBound.isMultiple(of: 2) }
}

/// What a line is to those around it.
private enum LineWeight {
  /// A comment or a blank line.
  case none
  case start, continuation
}

extension ArraySlice<UInt8> {
  fileprivate var weight: LineWeight {
    guard let mark = first(where: { !$0.isSpace }), mark != UInt8(ascii: "#") else { return .none }
    return first?.isSpace ?? false ? .continuation : .start
  }
}
