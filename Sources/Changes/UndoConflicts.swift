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
  /// The places where both ways from `base` change the same lines, or lines that belong together, and not in the same way.
  static func conflicts(
    _ path: String, base: [UInt8], now: [UInt8], wanted: [UInt8]
  ) -> [UndoConflict] {
    let (old, theirs, ours) = (lines(base), lines(now), lines(wanted))
    let their = edits(old, theirs).map { Reaching(edit: $0, reach: reach(of: $0, old, theirs)) }
    let our = edits(old, ours).map { Reaching(edit: $0, reach: reach(of: $0, old, ours)) }
    var found: [UndoConflict] = []
    var done = -1
    for edit in our where edit.reach.lowerBound > done {
      // The reach grows until no edit of either side meets it from outside.
      var reach = edit.reach
      var grows = true
      while grows {
        let meeting = (their + our).map(\.reach).filter { $0.overlaps(reach) }
        let wider = meeting.reduce(reach) {
          min($0.lowerBound, $1.lowerBound)...max($0.upperBound, $1.upperBound)
        }
        grows = wider != reach
        reach = wider
      }
      done = reach.upperBound
      let (theirEdits, ourEdits) = (
        their.filter { $0.reach.overlaps(reach) }.map(\.edit),
        our.filter { $0.reach.overlaps(reach) }.map(\.edit)
      )
      if theirEdits.isEmpty { continue }
      let removed = (theirEdits + ourEdits).map(\.removed)
      let range = removed.reduce(edit.edit.removed) {
        min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound)
      }
      let (present, goal) = (side(range, of: old, theirs, theirEdits), side(range, of: old, ours, ourEdits))
      if present == goal { continue }
      let shift = their.filter { $0.reach.upperBound < reach.lowerBound }
        .reduce(0) { $0 + $1.edit.added.count - $1.edit.removed.count }
      found.append(
        UndoConflict(
          path: path, line: range.lowerBound + shift + 1, left: old[range].map(Array.init), now: present,
          wanted: goal))
    }
    return found
  }

  private struct Reaching {
    let edit: Edit
    let reach: ClosedRange<Int>
  }

  /// The lines of one side in the place of `range`; all edits are in it.
  private static func side(
    _ range: Range<Int>, of old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>], _ edits: [Edit]
  ) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var at = range.lowerBound
    for edit in edits {
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
