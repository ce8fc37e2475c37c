// How texts were merged before lines side by side were taken apart. What merged then still does, to the same bytes.

import PostfixFiles

@testable import Changes

/// The merge to compare with.
enum FormerMerge {
  static func merged(base: [UInt8], now: [UInt8], wanted: [UInt8]) -> [UInt8]? {
    let old = Merge.lines(base)
    var result: [UInt8] = []
    var at = 0
    for place in places(old, theirs: Merge.lines(now), ours: Merge.lines(wanted)) {
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
  private struct Place {
    /// Of the old lines.
    let range: Range<Int>
    let their, our: [Edit]
    /// What comes in the place of the range.
    let present, goal: [ArraySlice<UInt8>]

    var isConflict: Bool { !their.isEmpty && !our.isEmpty && present != goal }
  }

  private static func places(
    _ old: [ArraySlice<UInt8>], theirs: [ArraySlice<UInt8>], ours: [ArraySlice<UInt8>]
  ) -> [Place] {
    var edits: [(edit: Edit, isOurs: Bool, reach: ClosedRange<Int>)] = []
    edits += Merge.edits(old, theirs).map { ($0, false, reach(of: $0, old, theirs)) }
    edits += Merge.edits(old, ours).map { ($0, true, reach(of: $0, old, ours)) }
    edits.sort { ($0.reach.lowerBound, $0.reach.upperBound) < ($1.reach.lowerBound, $1.reach.upperBound) }
    var places: [Place] = []
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
      let group = rest[..<end]
      rest = rest[end...]
      func inOrder(_ isOurs: Bool) -> [Edit] {
        group.filter { $0.isOurs == isOurs }.map(\.edit).sorted {
          $0.removed.lowerBound < $1.removed.lowerBound
        }
      }
      let range = group.map(\.edit.removed).reduce(first.edit.removed) {
        min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound)
      }
      let (their, our) = (inOrder(false), inOrder(true))
      places.append(
        Place(
          range: range, their: their, our: our, present: side(range, of: old, theirs, their),
          goal: side(range, of: old, ours, our)))
    }
    return places
  }

  /// How far an edit reaches: edits whose reaches meet belong together. Line n is 2n + 1, and what is between lines is even, so
  /// that what comes in beside lines that go has one place only. Where a continuation line is or comes after the edit, it reaches
  /// back to the line that is continued, as Postfix does, over comments and blank lines.
  private static func reach(
    of edit: Edit, _ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]
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
    _ range: Range<Int>, of old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>], _ edits: [Edit]
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
