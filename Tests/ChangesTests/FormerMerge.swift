// How texts were merged before lines side by side were taken apart. What merged then still does, to the same bytes.

@testable import Changes

/// The merge to compare with: a conflict where edits of both sides meet.
enum FormerMerge {
  static func merged(base: [UInt8], now: [UInt8], wanted: [UInt8]) -> [UInt8]? {
    let (old, theirs, ours) = (Merge.lines(base), Merge.lines(now), Merge.lines(wanted))
    return Merge.joined(old, Merge.groups(old, theirs, ours).map { Merge.place($0, old, theirs, ours) })
  }
}
