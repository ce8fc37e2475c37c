// Diffs for people: of three equal lines or more, one that says how many; within a line, of a text that follows itself as
// often, the first. patch(1) does not take that.

import PostfixFiles

/// Each line, and how often it follows itself; lines that are twice there stay two.
package func runs<Line: Equatable & Collection>(of lines: some Sequence<Line>) -> [(line: Line, count: Int)] {
  var runs: [(line: Line, count: Int)] = []
  for line in lines {
    if let last = runs.last, last.line == line, !line.isEmpty {
      runs[runs.count - 1].count += 1
    } else {
      runs.append((line, 1))
    }
  }
  return runs.flatMap { $0.count == 2 ? [($0.line, 1), ($0.line, 1)] : [$0] }
}

/// The lines of a diff that is shown, with repetitions folded.
package func foldingRepetitions(in lines: [String]) -> [String] {
  runs(of: lines).map { run in
    let line = run.line.utf8.count < shortestFolded ? run.line : Bytes(run.line.utf8).foldingWithinLine.text
    return run.count > 1 ? "\(line)   (\(run.count) times)" : line
  }
}

/// A repetition is a member of a pool or the like: of some bytes, with a letter or a digit in it.
private let unitLengths = 6...300
private let shortestFolded = 3 * unitLengths.lowerBound
/// A longer line is shown as it is: to look through it would take too long.
private let longestFolded = 200_000

extension Bytes {
  /// The lines with repetitions folded.
  package var foldingRepetitions: Bytes {
    let lines = runs(of: split(separator: .newline, omittingEmptySubsequences: false))
    let folded = lines.map { run -> Bytes in
      let line = run.line.count < shortestFolded ? Bytes(run.line) : Bytes(run.line).foldingWithinLine
      return run.count > 1 ? line + "   (\(run.count) times)".utf8 : line
    }
    return Bytes(folded.joined(separator: [.newline]))
  }

  /// `!smtp:[gw1]!smtp:[gw2]!smtp:[gw2]!smtp:[gw2]` as `!smtp:[gw1]!smtp:[gw2] (3 times)`.
  fileprivate var foldingWithinLine: Bytes {
    guard count <= longestFolded else { return self }
    return withUnsafeBufferPointer { bytes in
      var folded = Bytes()
      var position = 0
      while position < bytes.count {
        guard let period = Period(in: bytes, at: position) else {
          folded.append(bytes[position])
          position += 1
          continue
        }
        if let run = period.run {
          folded += bytes[position..<run.start + run.shown]
          folded += " (\(run.count) times)".utf8
          position = run.start + run.length
        } else {
          folded += bytes[position..<position + period.length]
          position += period.length
        }
      }
      return folded
    }
  }
}

/// A text that follows itself.
private struct Period {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let start: Int
  private let unit: Int
  private let isFine: Bool
  /// From the start to where it no longer goes on.
  let length: Int

  init?(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) {
    let unit = unitLengths.first { unit in
      start + 3 * unit - 2 <= bytes.count
        && (start..<start + unit).allSatisfy { bytes[$0] == bytes[$0 + unit] }
    }
    guard let unit else { return nil }
    // What repeats itself more finely is no member: a line of stars, `10, 10, 10`.
    let isFine = (1..<unitLengths.lowerBound).contains { step in
      (start..<start + unit).allSatisfy { bytes[$0] == bytes[$0 + step] }
    }
    var end = start + 2 * unit
    while end < bytes.count, bytes[end] == bytes[end - unit] { end += 1 }
    guard end - start >= 3 * unit - 2 else { return nil }
    (self.bytes, self.start, self.unit, self.length) = (bytes, start, unit, end - start)
    self.isFine = isFine
  }

  /// What is there three times or more, from where a member begins; nil where that cannot be seen. `shown` is once without what
  /// stands between two of them.
  var run: (start: Int, shown: Int, count: Int, length: Int)? {
    guard !isFine, (start..<start + unit).contains(where: { isLetterOrDigit(bytes[$0]) }) else { return nil }
    let places = start..<start + unit
    guard let first = places.first(where: followsGap) ?? places.first(where: beginsMember) else { return nil }
    let gap = (first..<first + unit).reversed().prefix { isGap(bytes[$0]) }.count
    // The last one has no comma after it.
    let count = (start + length - first + gap) / unit
    return count > 2 ? (first, unit - gap, count, count * unit - gap) : nil
  }

  private func isGap(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ",") || byte.isSpace }

  private func followsGap(_ place: Int) -> Bool {
    !isGap(bytes[place])
      && (place > 0 && (isGap(bytes[place - 1]) || bytes[place - 1] == UInt8(ascii: "{")))
  }

  /// As in `!smtp:[gw1]!smtp:[gw2]`, whatever takes the place of the `!`.
  private func beginsMember(_ place: Int) -> Bool {
    let (before, byte) = (place > 0 ? bytes[place - 1] : .newline, bytes[place])
    return before == UInt8(ascii: "]") && isLetterOrDigit(byte)
      || byte > 0x20 && byte < 0x7F && !isLetterOrDigit(byte) && !":[]{}.,-_@=".utf8.contains(byte)
  }

  /// A sign of more than one byte counts too.
  private func isLetterOrDigit(_ byte: UInt8) -> Bool { byte.isNameByte || byte >= 0x80 }
}
