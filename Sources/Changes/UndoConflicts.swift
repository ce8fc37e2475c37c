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

  /// The later writes of this history that changed the lines of a write, and the call that takes the first of them back that can be.
  package func laterWrites(over number: Int, in directory: String) -> LaterWrites? {
    guard let numbers = try? numbersOfWrites(over: number, in: directory), let last = numbers.last else {
      return nil
    }
    // A write that has to go first may itself be under a later one.
    var next = last
    while let own = try? numbersOfWrites(over: next, in: directory).last, own > next { next = own }
    var needsMerge = false
    do throws(WriteError) { _ = try undoing(directory, number: next) } catch {
      switch error {
      case .editedSince: needsMerge = true
      default: return LaterWrites(numbers: numbers, first: nil, needsMerge: false)
      }
    }
    return LaterWrites(numbers: numbers, first: next, needsMerge: needsMerge)
  }

  /// In their order.
  private func numbersOfWrites(over number: Int, in directory: String) throws(WriteError) -> [Int] {
    let history = history(try realPath(directory))
    let writes = try history.list()
    let write = try history.write(number, among: writes)
    var numbers: Set<Int> = []
    for (index, file) in write.files.enumerated() where !file.staysWithItsRows {
      guard let base = try contents(left: write, index, writes, history) else { continue }
      let wanted = file.old == nil ? [] : try history.oldContents(write, index)
      func places(_ now: [UInt8]) -> [[[[UInt8]]]] {
        Merge.conflicts(file.path, base: base, now: now, wanted: wanted).map { [$0.left, $0.now, $0.wanted] }
      }
      for later in writes where later.number > number && later.undone == nil {
        guard let own = later.files.firstIndex(where: { $0.path == file.path }), later.files[own].old != nil,
          let after = try contents(left: later, own, writes, history)
        else { continue }
        if places(try history.oldContents(later, own)) != places(after) { numbers.insert(later.number) }
      }
    }
    return numbers.sorted()
  }
}

/// Later writes that changed the same lines: they have to be taken back first.
package struct LaterWrites: Hashable, Sendable {
  /// Not empty.
  package let numbers: [Int]
  /// The one to begin with; nil where that does not work either.
  package let first: Int?
  /// Whether others edited other lines after that.
  package let needsMerge: Bool

  /// `write 2`, `the writes 2, 4`.
  package var words: String {
    (numbers.count == 1 ? "write " : "the writes ") + numbers.map { "\($0)" }.joined(separator: ", ")
  }

  /// Why a write is not taken back, and what to do first; safe to show.
  ///
  /// - Parameter isInConsole: which merges by itself.
  package func reason(isInConsole: Bool = false) -> String {
    guard let first else { return "\(words) changed the same lines, and others did after that: edit by hand" }
    let call = isInConsole ? ":undo \(first)" : "randmap undo \(first)\(needsMerge ? " --merge" : "")"
    return
      "\(words) changed the same lines; take \(numbers == [first] ? "that" : "those") back first: \(call)"
  }
}
