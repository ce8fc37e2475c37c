// Two byte texts as lines: what they have in common at both ends is skipped at the speed of memcmp, so that
// a one-line edit in a 40 MB table costs what an edit in a small one costs.

import Glibc

let newline = UInt8(ascii: "\n")

/// The length of the longest common beginning of `old` and `new`, at most `limit`.
func commonPrefix(
  _ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer, limit: Int
) -> Int {
  guard let left = old.baseAddress, let right = new.baseAddress else { return 0 }
  var length = 0
  while length < limit {
    let block = min(4096, limit - length)
    if memcmp(left + length, right + length, block) != 0 { break }
    length += block
  }
  while length < limit, old[length] == new[length] { length += 1 }
  return length
}

/// The length of the longest common end of `old` and `new`, at most `limit`.
func commonSuffix(
  _ old: UnsafeRawBufferPointer, _ new: UnsafeRawBufferPointer, limit: Int
) -> Int {
  guard let left = old.baseAddress, let right = new.baseAddress else { return 0 }
  var length = 0
  while length < limit {
    let block = min(4096, limit - length)
    if memcmp(left + old.count - length - block, right + new.count - length - block, block) != 0 { break }
    length += block
  }
  while length < limit, old[old.count - 1 - length] == new[new.count - 1 - length] { length += 1 }
  return length
}

/// How many lines end in `bytes[..<end]`.
func countNewlines(_ bytes: UnsafeRawBufferPointer, before end: Int) -> Int {
  guard var place = bytes.baseAddress else { return 0 }
  let limit = place + end
  var count = 0
  while let found = memchr(place, Int32(newline), limit - place) {
    count += 1
    place = UnsafeRawPointer(found) + 1
  }
  return count
}

/// The lines of `range` (which begins at the beginning of a line), each with its newline, if it has one.
func lineRanges(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) -> [Range<Int>] {
  guard let base = bytes.baseAddress else { return [] }
  var lines: [Range<Int>] = []
  var start = range.lowerBound
  while start < range.upperBound {
    let found = memchr(base + start, Int32(newline), range.upperBound - start)
    let end = found.map { UnsafeRawPointer($0) - base + 1 } ?? range.upperBound
    lines.append(start..<end)
    start = end
  }
  return lines
}
