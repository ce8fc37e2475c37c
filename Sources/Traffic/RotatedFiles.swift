// Rotated files of a log: which of them were read, and which one a position is in.

import Glibc
import PostfixFiles

/// A rotated file, as it is known again: a packed one is another file, and keeps the time of the last change.
struct RotatedFile {
  let inode: UInt64
  let changed: Duration

  /// Nil where there is none.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    inode = UInt64(status.st_ino)
    changed = .seconds(status.st_mtim.tv_sec) + .nanoseconds(status.st_mtim.tv_nsec)
  }
}

struct SettledFiles {
  private var inodes: Set<UInt64> = []
  private var times: Set<Duration> = []

  func contains(_ file: RotatedFile) -> Bool { inodes.contains(file.inode) || times.contains(file.changed) }

  mutating func insert(_ file: RotatedFile) {
    inodes.insert(file.inode)
    times.insert(file.changed)
  }
}

/// The part of a rotated file after a position, if it is the file that the position was in.
struct RestOfLog {
  private let position: LogPosition

  init(_ position: LogPosition) { self.position = position }

  /// Whether the position is in this file.
  func isIn(_ path: String) throws(LogError) -> Bool {
    var skipped = 0
    var before: [UInt8] = []
    try LogInput.pieces(of: path) { piece in
      let wanted = piece.prefix(position.offset - skipped)
      before = Array((before + wanted).suffix(LogPosition.markLength))
      skipped += wanted.count
      return skipped < position.offset
    }
    return skipped == position.offset && before == position.before
  }

  /// Whether it was the file, and was read.
  func read(_ path: String, into tally: inout Tally) throws(LogError) -> Bool {
    var skipped = 0
    var before: [UInt8] = []
    var isKnown = position.offset == 0
    if isKnown {
      // Nothing was read of it: only the inode says that it is the one.
      var status = stat()
      guard stat(path, &status) == 0, UInt64(status.st_ino) == position.inode,
        UInt64(status.st_dev) == position.device
      else { return false }
    }
    let position = self.position
    try LogInput.pieces(of: path) { piece in
      guard !isKnown else {
        tally.feed(piece.span)
        return true
      }
      if skipped + piece.count < position.offset {
        skipped += piece.count
        before = Array((before + piece).suffix(LogPosition.markLength))
        return true
      }
      let rest = position.offset - skipped
      let mark = Array(
        (before + piece[..<(piece.startIndex + rest)]).suffix(min(LogPosition.markLength, position.offset)))
      guard mark == position.before else { return false }
      isKnown = true
      let remaining = piece[(piece.startIndex + rest)...]
      tally.feed(remaining.span)
      return true
    }
    return isKnown
  }
}
