// Two changes of one text made into one, by line: what a write did is taken back, and what others did since stays.

/// A three-way merge.
enum Merge {
  /// `now` with the way from `base` to `wanted` made too; nil where both change the same lines, or lines that belong together.
  static func merged(base: [UInt8], now: [UInt8], wanted: [UInt8]) -> [UInt8]? {
    let (old, theirs, ours) = (lines(base), lines(now), lines(wanted))
    var changes: [(edit: Edit, lines: ArraySlice<ArraySlice<UInt8>>, reach: ClosedRange<Int>)] = []
    for (other, edits) in [(theirs, edits(old, theirs)), (ours, edits(old, ours))] {
      changes += edits.map { ($0, other[$0.added], reach(of: $0, old, other)) }
    }
    changes.sort {
      ($0.edit.removed.lowerBound, $0.edit.removed.upperBound) < (
        $1.edit.removed.lowerBound, $1.edit.removed.upperBound
      )
    }
    var result: [UInt8] = []
    var at = 0
    for (index, change) in changes.enumerated() {
      if index > 0 {
        let before = changes[index - 1]
        // The same change made twice is one.
        if before.edit.removed == change.edit.removed, before.lines.elementsEqual(change.lines, by: ==) {
          continue
        }
        guard before.reach.upperBound < change.reach.lowerBound else { return nil }
      }
      for line in old[at..<change.edit.removed.lowerBound] { result += line }
      for line in change.lines { result += line }
      at = change.edit.removed.upperBound
    }
    for line in old[at...] { result += line }
    return result
  }

  /// How far an edit reaches, so that two of which the reaches meet are a conflict. Line n is 2n + 1, and what is between lines is
  /// even: what comes in beside lines that go has one place only, but no continuation line may come to belong to another line.
  static func reach(of edit: Edit, _ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> ClosedRange<Int>
  {
    let (low, high) = (2 * edit.removed.lowerBound, 2 * edit.removed.upperBound)
    func isContinuation(_ line: ArraySlice<UInt8>?) -> Bool { [0x20, 0x09].contains(line?.first) }
    if edit.removed.isEmpty {
      return (isContinuation(new[edit.added].first) ? low - 1 : low)...low
    }
    let next = edit.removed.upperBound < old.count ? old[edit.removed.upperBound] : nil
    let isApart = edit.added.isEmpty && !isContinuation(old[edit.removed.lowerBound]) && !isContinuation(next)
    return isApart ? low + 1...high - 1 : low...high
  }

  static func edits(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Edit] {
    shortestEdits(old.count, new.count) { old[$0] == new[$1] }
  }

  /// Each with its newline.
  static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.withUnsafeBytes { lineRanges($0, in: 0..<bytes.count) }.map { bytes[$0] }
  }
}
