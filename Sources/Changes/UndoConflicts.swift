// Why a write cannot be taken back, place by place: where others changed the lines that it changed.

import PostfixFiles

/// A place that a write changed, and that another writer changed after it.
package struct UndoConflict: Hashable, Sendable {
  package let path: String
  /// The number of its first line as the file is now.
  package let line: Int
  /// As the write left it, as it is now, and as taking the write back would make it.
  package let left, now, wanted: [[UInt8]]

  /// The same with other words in its lines.
  package func showing(_ text: ([[UInt8]]) -> [[UInt8]]) -> UndoConflict {
    UndoConflict(path: path, line: line, left: text(left), now: text(now), wanted: text(wanted))
  }

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
    let old = lines(base)
    var found: [UndoConflict] = []
    /// By how many lines what comes after is moved in the file as it is now.
    var shift = 0
    for place in places(old, theirs: lines(now), ours: lines(wanted)) {
      if place.isConflict {
        found.append(
          UndoConflict(
            path: path, line: place.range.lowerBound + shift + 1, left: old[place.range].map(Array.init),
            now: place.present.map(Array.init), wanted: place.goal.map(Array.init)))
      }
      if !place.their.isEmpty { shift += place.present.count - place.range.count }
    }
    return found
  }
}

extension Writer {
  /// The places that stop `undo` of a write; and the paths of files of which it is not kept what the write left.
  ///
  /// - Parameter number: nil: the last write that was not taken back.
  package func undoConflicts(
    _ directory: String, number: Int?
  ) throws(WriteError) -> (number: Int, places: [UndoConflict], unknown: [String]) {
    let history = history(try realPath(directory))
    let writes = try history.list()
    let write = try history.write(number, among: writes)
    var places: [UndoConflict] = []
    var unknown: [String] = []
    for (index, file) in write.files.enumerated() where !file.staysWithItsRows {
      let now = try FileSnapshot.read(try targetPath(file.path), file.storage)
      if now.map({ Digest($0.bytes) }) == file.after { continue }
      guard let now, let base = try contents(left: write, index, writes, history) else {
        unknown.append(file.path)
        continue
      }
      let wanted = file.old == nil ? [] : try history.oldContents(write, index)
      places += Merge.conflicts(file.path, base: base, now: now.bytes, wanted: wanted)
    }
    return (write.number, places, unknown)
  }
}
