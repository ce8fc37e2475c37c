// From two byte texts to hunks: skip what both ends have in common, compare the lines between, and put
// three lines of context around what differs.

import Glibc

private let contextLines = 3

/// The part of two texts that is worth comparing line by line: everything outside is the same in both.
private struct Middle {
  let old: [Range<Int>]
  let new: [Range<Int>]
  /// How many lines, the same in both, are before it.
  let linesBefore: Int
  /// How many of its first and last lines are there as context only, and are not to be compared: another
  /// way of pairing equal lines would take a hunk its context.
  let leading: Int
  let trailing: Int
}

func makeHunks(_ before: [UInt8], _ after: [UInt8]) -> [Hunk] {
  if before == after { return [] }
  return before.withUnsafeBytes { old in
    after.withUnsafeBytes { new in
      let middle = findMiddle(old, new)
      func compared(_ lines: [Range<Int>], of text: UnsafeRawBufferPointer) -> [LineBytes] {
        lines[middle.leading..<lines.count - middle.trailing].map { LineBytes(text[$0]) }
      }
      let edits = lineChanges(from: compared(middle.old, of: old), to: compared(middle.new, of: new))
      return grouped(edits.map { $0.moved(by: middle.leading) }).map { hunk(of: $0, middle, old, new) }
    }
  }
}

/// The bytes of a line where they are, to be told from other lines.
private struct LineBytes: Hashable {
  private let bytes: UnsafeRawBufferPointer

  init(_ line: Slice<UnsafeRawBufferPointer>) { bytes = UnsafeRawBufferPointer(rebasing: line) }

  static func == (one: LineBytes, other: LineBytes) -> Bool {
    guard one.bytes.count == other.bytes.count else { return false }
    guard let left = one.bytes.baseAddress, let right = other.bytes.baseAddress else { return true }
    return memcmp(left, right, one.bytes.count) == 0
  }

  func hash(into hasher: inout Hasher) { hasher.combine(bytes: bytes) }
}

/// Cuts the common ends off, but leaves whole lines, and `contextLines` of them on each side.
private func findMiddle(_ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer) -> Middle {
  let shorter = min(old.count, new.count)
  let prefix = commonPrefix(old, new, limit: shorter)
  let suffix = commonSuffix(old, new, limit: shorter - prefix)

  // Back to the beginning of the line of the first difference, then over the context.
  var start = prefix
  var coreStart = prefix
  var wanted = contextLines + 1
  while start > 0 {
    if old[start - 1] == newline {
      if wanted == contextLines + 1 { coreStart = start }
      wanted -= 1
      if wanted == 0 { break }
    }
    start -= 1
  }
  if wanted == contextLines + 1 { coreStart = 0 }
  // On to the end of the line of the last difference. Both ends move in step, so they stay equal.
  var oldEnd = old.count - suffix
  var newEnd = new.count - suffix
  var coreEnd = old.count
  wanted = contextLines + 1
  while oldEnd < old.count {
    let isLineEnd =
      oldEnd > coreStart && newEnd > coreStart && old[oldEnd - 1] == newline && new[newEnd - 1] == newline
    if isLineEnd, wanted == contextLines + 1 { coreEnd = oldEnd }
    if isLineEnd { wanted -= 1 }
    if wanted == 0 { break }
    oldEnd += 1
    newEnd += 1
  }
  return Middle(
    old: lineRanges(old, in: start..<oldEnd), new: lineRanges(new, in: start..<newEnd),
    linesBefore: countNewlines(old, before: start),
    leading: lineRanges(old, in: start..<coreStart).count,
    trailing: lineRanges(old, in: coreEnd..<max(coreEnd, oldEnd)).count)
}

/// Edits whose context would touch belong to one hunk.
private func grouped(_ edits: [LineChange]) -> [[LineChange]] {
  var groups: [[LineChange]] = []
  for edit in edits {
    if let last = groups.last?.last, edit.removed.lowerBound - last.removed.upperBound <= 2 * contextLines {
      groups[groups.count - 1].append(edit)
    } else {
      groups.append([edit])
    }
  }
  return groups
}

private func hunk(
  of edits: [LineChange], _ middle: Middle, _ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer
) -> Hunk {
  var lines: [DiffLine] = []
  func add(_ kind: DiffLine.Kind, _ x: Int?, _ y: Int?) {
    let bytes: Slice<UnsafeRawBufferPointer>
    if let y { bytes = new[middle.new[y]] } else if let x { bytes = old[middle.old[x]] } else { return }
    let hasNewline = bytes.last == newline
    lines.append(
      DiffLine(
        kind: kind, oldNumber: x.map { middle.linesBefore + $0 + 1 },
        newNumber: y.map { middle.linesBefore + $0 + 1 },
        bytes: Array(hasNewline ? bytes.dropLast() : bytes), hasNewline: hasNewline))
  }
  guard let first = edits.first, let last = edits.last else {
    return Hunk(oldStart: 0, newStart: 0, lines: [])
  }
  let lead = min(contextLines, first.removed.lowerBound, first.added.lowerBound)
  var x = first.removed.lowerBound - lead
  var y = first.added.lowerBound - lead
  let (startX, startY) = (x, y)
  for edit in edits {
    while x < edit.removed.lowerBound {
      add(.context, x, y)
      x += 1
      y += 1
    }
    for line in edit.removed { add(.removed, line, nil) }
    for line in edit.added { add(.added, nil, line) }
    x = edit.removed.upperBound
    y = edit.added.upperBound
  }
  let end = min(last.removed.upperBound + contextLines, middle.old.count)
  while x < end {
    add(.context, x, y)
    x += 1
    y += 1
  }
  // A side without a line is named by the line before it.
  let hasOld = lines.contains { $0.kind != .added }
  let hasNew = lines.contains { $0.kind != .removed }
  return Hunk(
    oldStart: middle.linesBefore + startX + (hasOld ? 1 : 0),
    newStart: middle.linesBefore + startY + (hasNew ? 1 : 0), lines: lines)
}
