// Following a log through its rotation, by name and inode: a file that was renamed is read to its end, one that was copied
// and truncated goes on in the copy, and after a restart it goes on where it was. No line is lost or read twice.

import Glibc
import PostfixFiles

/// Up to where a log was read: what is kept for a later run.
package struct LogPosition: Hashable, Sendable {
  package var device: UInt64 = 0
  package var inode: UInt64 = 0
  package var offset = 0
  /// The bytes before `offset`: by them the same log is known again in a copy.
  package var before: [UInt8] = []
  /// Long enough for a whole line with its stamp and queue id: the ends of lines are often the same.
  static let markLength = 512

  package init() {}

  /// One line of text.
  package var text: String {
    let hex = before.map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }
    return "\(device) \(inode) \(offset) \(hex.joined())"
  }

  package init?(text: String) {
    let parts = text.split(whereSeparator: \.isWhitespace)
    guard parts.count == 3 || parts.count == 4, let device = UInt64(parts[0]), let inode = UInt64(parts[1]),
      let offset = Int(parts[2]), offset >= 0
    else { return nil }
    (self.device, self.inode, self.offset) = (device, inode, offset)
    guard parts.count == 4 else { return }
    let digits = Array(parts[3].utf8)
    guard digits.count % 2 == 0 else { return nil }
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
        return nil
      }
      before.append(byte)
    }
  }
}

package final class LogFollower {
  private let path: String
  private var file: Int32 = -1
  /// Up to where whole lines were read.
  private var position: LogPosition
  private var retired: [Retired] = []
  /// What an earlier run had not read to the end when it ended.
  private var unfinished: [LogPosition]
  private var isResuming: Bool
  private static let patience = Duration.seconds(60)

  /// A file that was renamed: its writers go on with it until they are told.
  private struct Retired {
    var file: Int32
    var position: LogPosition
    var since: ContinuousClock.Instant
  }

  /// - Parameter positions: where an earlier run ended; empty: at the start of the file.
  package init(_ path: String, from positions: [LogPosition]) {
    self.path = path
    position = positions.last ?? LogPosition()
    unfinished = positions.dropLast()
    isResuming = !positions.isEmpty
  }

  deinit {
    if file >= 0 { close(file) }
    for old in retired { close(old.file) }
  }

  /// Where to go on in a later run: in files that were renamed a moment ago, and last in the one of that name.
  package var positions: [LogPosition] { retired.map(\.position) + [position] }

  /// Gives everything that came since the last call to `tally`. A file that is not there now may come back.
  package func read(into tally: inout Tally) throws(LogError) {
    for old in unfinished { try catchUp(from: old, into: &tally, andLater: false) }
    unfinished = []
    for index in retired.indices {
      try advance(retired[index].file, &retired[index].position, into: &tally)
    }
    retired.removeAll { old in
      guard old.since.duration(to: .now) > Self.patience else { return false }
      close(old.file)
      return true
    }
    if file < 0 {
      try open(into: &tally)
      if file < 0 { return }
    } else if isTruncated {
      try followCopy(into: &tally)
    }
    try advance(file, &position, into: &tally)
    if isReplaced {
      // What was written between the last look and the renaming.
      try advance(file, &position, into: &tally)
      retired.append(Retired(file: file, position: position, since: .now))
      file = -1
      position = LogPosition()
      try open(into: &tally)
      if file >= 0 { try advance(file, &position, into: &tally) }
    }
  }

  // MARK: - One file

  /// Opens the file, after what an earlier run has not read of the ones before it.
  private func open(into tally: inout Tally) throws(LogError) {
    let new = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard new >= 0 else {
      if errno == ENOENT { return }
      throw LogError(path: path, errno: errno)
    }
    file = new
    var status = stat()
    guard fstat(new, &status) == 0 else { throw LogError(path: path, errno: errno) }
    let isSame =
      isResuming && UInt64(status.st_dev) == position.device && UInt64(status.st_ino) == position.inode
      && !isTruncated
    if isResuming, !isSame { try catchUp(from: position, into: &tally, andLater: true) }
    if !isSame { position = LogPosition() }
    isResuming = false
    position.device = UInt64(status.st_dev)
    position.inode = UInt64(status.st_ino)
    tally.begin(latest: time(nil))
  }

  /// Reads what is new in a file. A line whose end is missing waits, and is then read from its start.
  private func advance(
    _ file: Int32, _ position: inout LogPosition, into tally: inout Tally
  ) throws(LogError) {
    var buffer = [UInt8](repeating: 0, count: LogInput.pieceSize)
    var offset = position.offset
    while true {
      let count = buffer.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, off_t(offset)) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw LogError(path: path, errno: errno) }
      if count == 0 { break }
      tally.feed(buffer.span.extracting(0..<count))
      offset += count
    }
    let end = offset - tally.pending
    tally.dropPending()
    guard end != position.offset else { return }
    position.offset = end
    position.before = mark(of: file, before: end)
  }

  private var isReplaced: Bool {
    var (named, open) = (stat(), stat())
    guard fstat(file, &open) == 0 else { return true }
    guard stat(path, &named) == 0 else { return errno == ENOENT }
    return named.st_ino != open.st_ino || named.st_dev != open.st_dev
  }

  /// Whether the bytes before our place are no longer those that were read.
  private var isTruncated: Bool {
    position.offset > 0 && mark(of: file, before: position.offset) != position.before
  }

  private func mark(of file: Int32, before offset: Int) -> [UInt8] {
    let length = min(LogPosition.markLength, offset)
    return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      count = max(0, pread(file, buffer.baseAddress, length, off_t(offset - length)))
    }
  }

  // MARK: - Rotated files

  /// Reads the rest of the copy that was made before the file was truncated.
  private func followCopy(into tally: inout Tally) throws(LogError) {
    try catchUp(from: position, into: &tally, andLater: true)
    position.offset = 0
    position.before = []
    tally.begin(latest: time(nil))
  }

  /// Finds the rotated file that a position is in, and reads the rest of it.
  ///
  /// - Parameter andLater: whether the files that came after it are new too.
  private func catchUp(
    from position: LogPosition, into tally: inout Tally, andLater: Bool
  ) throws(LogError) {
    let rotated = LogFinder.rotated(path)
    for index in rotated.indices.reversed() {
      tally.begin(latest: rotated[index].changed)
      guard try RestOfLog(position).read(rotated[index].path, into: &tally) else { continue }
      tally.finish()
      if andLater {
        for later in rotated[(index + 1)...] { try LogInput.file(later.path).read(into: &tally) }
      }
      return
    }
  }
}

/// The part of a rotated file after a position, if it is the file that the position was in.
private struct RestOfLog {
  private let position: LogPosition

  init(_ position: LogPosition) { self.position = position }

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
