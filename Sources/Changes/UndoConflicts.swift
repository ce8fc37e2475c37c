// Why a write cannot be taken back, place by place: where others changed the lines that it changed.

import PostfixFiles

/// A place that a write changed, and that another writer changed after it.
package struct UndoConflict: Hashable, Sendable {
  package let path: String
  /// The number of its first line as the file is now.
  package let line: Int
  /// As the write left it, as it is now, and as taking the write back would make it.
  package let left, now, wanted: [[UInt8]]

  /// For people, safe to show.
  package var lines: [String] {
    func part(_ title: String, _ lines: [[UInt8]]) -> [String] {
      ["  \(title):"] + (lines.isEmpty ? ["    (nothing)"] : lines.map { "    " + shown($0) })
    }
    return ["\(printable(path)):\(line)"] + part("as that write left it", left) + part("as it is now", now)
      + part("taking the write back would make it", wanted)
  }

  private func shown(_ line: [UInt8]) -> String {
    printable(line.filter { $0 != newline }.map { $0 == UInt8(ascii: "\t") ? UInt8(ascii: " ") : $0 })
  }
}

extension Merge {
  /// The places where both ways from `base` change the same lines, or lines side by side, and not in the same way.
  static func conflicts(
    _ path: String, base: [UInt8], now: [UInt8], wanted: [UInt8]
  ) -> [UndoConflict] {
    let (old, theirs, ours) = (lines(base), lines(now), lines(wanted))
    let (their, our) = (edits(old, theirs), edits(old, ours))
    var found: [UndoConflict] = []
    var at = 0
    for edit in our {
      guard edit.removed.lowerBound >= at else { continue }
      // The range grows until no edit of either side touches it from outside.
      var range = edit.removed
      var grows = true
      while grows {
        let touching = (their + our).map(\.removed).filter { touches($0, range) }
        let low = touching.map(\.lowerBound).min() ?? range.lowerBound
        let high = touching.map(\.upperBound).max() ?? range.upperBound
        let wider = low..<high
        grows = wider != range
        range = wider
      }
      at = range.upperBound + 1
      guard their.contains(where: { touches($0.removed, range) }) else { continue }
      let (present, goal) = (side(range, of: old, theirs, their), side(range, of: old, ours, our))
      if present == goal { continue }
      let shift = their.filter { $0.removed.upperBound < range.lowerBound }
        .reduce(0) { $0 + $1.added.count - $1.removed.count }
      found.append(
        UndoConflict(
          path: path, line: range.lowerBound + shift + 1, left: old[range].map(Array.init), now: present,
          wanted: goal))
    }
    return found
  }

  private static func touches(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
    one.lowerBound <= other.upperBound && other.lowerBound <= one.upperBound
  }

  /// The lines of one side in the place of `range`.
  private static func side(
    _ range: Range<Int>, of old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>], _ edits: [Edit]
  ) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var at = range.lowerBound
    for edit in edits where touches(edit.removed, range) {
      result += old[at..<edit.removed.lowerBound].map(Array.init)
      result += new[edit.added].map(Array.init)
      at = edit.removed.upperBound
    }
    return result + old[at..<range.upperBound].map(Array.init)
  }
}

extension Writer {
  /// The places that stop `undo` of a write; and the paths of files of which it is not kept what the write left.
  ///
  /// - Parameter number: nil: the last write that was not taken back.
  package func undoConflicts(
    _ directory: String, number: Int?
  ) throws(WriteError) -> (places: [UndoConflict], unknown: [String]) {
    let history = history(try realPath(directory))
    let writes = try history.list()
    let named =
      number.map { number in writes.first { $0.number == number } } ?? writes.last { $0.undone == nil }
    guard let write = named else { throw number.map { .noSuchWrite($0, isUndone: false) } ?? .nothingToUndo }
    var places: [UndoConflict] = []
    var unknown: [String] = []
    for (index, file) in write.files.enumerated() {
      let now = try FileSnapshot.read(Name(try targetPath(file.path)))
      if now.map({ Digest($0.bytes) }) == file.after { continue }
      guard let now, file.old != nil, let base = try contents(left: write, index, writes, history) else {
        unknown.append(file.path)
        continue
      }
      places += Merge.conflicts(
        file.path, base: base, now: now.bytes, wanted: try history.oldContents(write, index))
    }
    return (places, unknown)
  }
}
