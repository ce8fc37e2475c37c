// Which lines are old in a log that begins anew: one that was edited, shortened or put back has lines again that were read
// before. They are not of now, whatever the clock of their host says, and are not counted once more.

import Glibc

struct OldLines {
  /// Lines up to then are old in the file that is open.
  private(set) var until = Int.min
  /// Whether they have been counted: they are in no other file.
  var areCounted = false
  /// The latest line that was read, by its own stamp.
  private var lastLine: Int?
  /// Whether something was read of this log, also in an earlier run.
  private var hasReadSome: Bool

  init(_ positions: [LogPosition]) { hasReadSome = positions.contains { $0.offset > 0 } }

  /// - Parameter end: the time of the latest of the lines that were read.
  mutating func note(_ end: Int?, isSome: Bool) {
    lastLine = [lastLine, end].compactMap(\.self).max()
    if lastLine != nil || isSome { hasReadSome = true }
  }

  /// Lines that were written until then have been read, or are older than what was. By the log's own last line, as the clock of
  /// its host may be behind: its new lines come after that one.
  func readUntil(lastLook: Int) -> Int { hasReadSome ? min(time(nil), lastLine ?? lastLook) : .min }

  /// Another file has that name now, or the file is empty again.
  mutating func begin(lastLook: Int) { until = readUntil(lastLook: lastLook) }

  /// One that was emptied begins with a new line.
  mutating func noteStart(of file: Int32) { areCounted = isStartOld(file) ?? true }

  /// With the first line that is younger, all that come are new.
  mutating func noteRead(to end: Int?) {
    note(end, isSome: false)
    if let end, end > until { (until, areCounted) = (.min, false) }
  }

  /// Nil where no line is there yet.
  private func isStartOld(_ file: Int32) -> Bool? {
    let length = LogPosition.markLength
    let start = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      count = max(0, pread(file, buffer.baseAddress, length, 0))
    }
    guard !start.isEmpty else { return nil }
    var first = Tally(Channels([]), latest: time(nil))
    first.feed(start)
    first.finish()
    return first.reach.map { $0 < until } ?? false
  }

  /// Whether an open file has no name any more, as what `sed -i` was given.
  static func isGone(_ file: Int32) -> Bool {
    var open = stat()
    return fstat(file, &open) == 0 && open.st_nlink == 0
  }
}
