// Following a log through its rotation, by name and inode: a file that was renamed is read to its end, one that was copied
// and truncated goes on in the copy, and after a restart it goes on where it was. No line is lost or read twice.

import Glibc
import PostfixFiles

package final class LogFollower {
  private let path: String
  private var file: Int32 = -1
  /// Up to where whole lines were read.
  private var position: LogPosition
  private var retired: [Retired] = []
  /// What an earlier run had not read to the end when it ended.
  private var unfinished: [LogPosition]
  /// The same until the log was first opened: these files are read on from there, and not as new ones.
  private var resumed: [LogPosition]
  private var isResuming: Bool
  /// The rotated files that are read as far as they are to be read; nil before the log was first opened.
  private var settled: SettledFiles?
  /// Whether nothing of the log had been read when the last look began.
  private var wasYoung = false
  /// Whether the log was read to its end before: what comes then is new, whatever time its lines have.
  private var hasReadAll = false
  /// When the last look began, in seconds since 1970.
  private var lastLook = 0
  private var oldLines: OldLines
  private static let patience = Duration.seconds(60)

  /// A file that was renamed: its writers go on with it until they are told.
  private struct Retired {
    var file: Int32
    var position: LogPosition
    var since: ContinuousClock.Instant
  }

  /// When the earlier run ended.
  private let lastRun: Int

  /// - Parameters:
  ///   - positions: where an earlier run ended; empty: at the start of the file.
  ///   - lastRun: when that was, in seconds since 1970.
  package init(_ path: String, from positions: [LogPosition], lastRun: Int = .max) {
    self.path = path
    self.lastRun = lastRun
    position = positions.last ?? LogPosition()
    unfinished = positions.dropLast()
    resumed = unfinished
    isResuming = !positions.isEmpty
    oldLines = OldLines(positions)
  }

  deinit {
    if file >= 0 { close(file) }
    for old in retired { close(old.file) }
  }

  /// Where to go on in a later run: in files that were renamed a moment ago, and last in the one of that name.
  package var positions: [LogPosition] { unfinished + retired.map(\.position) + [position] }

  /// Gives everything that came since the last call to `tally`. A file that is not there now may come back.
  package func read(into tally: inout Tally) throws(LogError) {
    // The tally may read other logs too, of hosts with other clocks.
    let end = try tally.end { tally throws(LogError) in try readAll(into: &tally) }
    oldLines.note(end, isSome: position.offset > 0)
  }

  private func readAll(into tally: inout Tally) throws(LogError) {
    tally.goOn(to: time(nil))
    for old in unfinished { _ = try catchUp(from: old, into: &tally, andLater: false) }
    unfinished = []
    for index in retired.indices {
      try advance(retired[index].file, &retired[index].position, into: &tally)
    }
    retired.removeAll { old in
      guard old.since.duration(to: .now) > Self.patience else { return false }
      close(old.file)
      return true
    }
    let now = time(nil)
    defer { lastLook = now }
    if file < 0 {
      try open(into: &tally)
      if file < 0 { return hasReadAll = true }
    } else if isTruncated {
      try followCopy(into: &tally)
    } else if wasYoung {
      try readUnseen(into: &tally)
    }
    wasYoung = position.offset == 0
    try readOn(into: &tally)
    if isReplaced {
      // What was written between the last look and the renaming.
      try readOn(into: &tally)
      oldLines.areCounted = OldLines.isGone(file)
      retired.append(Retired(file: file, position: position, since: .now))
      file = -1
      position = LogPosition()
      try open(into: &tally)
      wasYoung = true
      if file >= 0 { try readOn(into: &tally) }
    }
    hasReadAll = true
  }

  // MARK: - One file

  /// Opens the file, after what an earlier run has not read of the ones before it.
  private func open(into tally: inout Tally) throws(LogError) {
    // Something else may have come to its place since it was found.
    if let problem = LogFinder.problem(with: path, isNamed: true) {
      if problem.isMissing { return }
      throw problem
    }
    let new = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
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
    let isFound = isResuming && !isSame ? try catchUp(from: position, into: &tally, andLater: true) : false
    if isResuming, !isFound, position.offset == 0 {
      // Nothing was read of it, so nothing in a copy or in a packed file tells that it is this one: only their times do.
      settle(notAfter: lastRun)
      lastLook = lastRun
    }
    if !isSame { position = LogPosition() }
    if hasReadAll { oldLines.begin(lastLook: lastLook) }
    isResuming = false
    if settled == nil { settle() } else { try readUnseen(into: &tally) }
    resumed = []
    position.device = UInt64(status.st_dev)
    position.inode = UInt64(status.st_ino)
    tally.begin(latest: time(nil), turns: position.offset == 0 ? YearTurns(of: path) : YearTurns())
  }

  /// Reads what is new in the file of that name. One that was rewritten or put back is full of old lines until the first that
  /// is younger.
  private func readOn(into tally: inout Tally) throws(LogError) {
    let until = oldLines.until
    if oldLines.areCounted, position.offset == 0 { oldLines.noteStart(of: file) }
    let end = try tally.end { tally throws(LogError) in
      try advance(file, &position, into: &tally, after: until)
    }
    oldLines.noteRead(to: end)
  }

  /// Reads what is new in a file. A line whose end is missing waits, and is then read from its start.
  private func advance(
    _ file: Int32, _ position: inout LogPosition, into tally: inout Tally, after: Int = .min
  ) throws(LogError) {
    var buffer = [UInt8](repeating: 0, count: LogInput.pieceSize)
    var offset = position.offset
    if hasReadAll { tally.beginPresent(time(nil), after: after, isOldRead: oldLines.areCounted) }
    defer { tally.endPresent() }
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
    if hasReadAll { tally.beginPresent(time(nil)) }
    defer { tally.endPresent() }
    oldLines.areCounted = try !catchUp(from: position, into: &tally, andLater: true)
    oldLines.begin(lastLook: lastLook)
    settle()
    position.offset = 0
    position.before = []
    tally.begin(latest: time(nil))
  }

  private func settle(notAfter time: Int = .max) {
    var all = SettledFiles()
    for rotated in LogFinder.rotated(path) where rotated.changed <= time {
      if let file = RotatedFile(rotated.path) { all.insert(file) }
    }
    settled = all
  }

  /// Reads the logs of this name that were rotated before anything of them was read.
  private func readUnseen(into tally: inout Tally) throws(LogError) {
    for rotated in LogFinder.rotated(path) where rotated.changed >= lastLook {
      guard let file = RotatedFile(rotated.path), settled?.contains(file) == false else { continue }
      // It may be a copy of which the original is not truncated yet: then that is read.
      if try isStartOfLog(rotated.path) { continue }
      settled?.insert(file)
      if try isOpenHere(rotated.path, file.inode) { continue }
      tally.begin(latest: rotated.changed)
      try LogInput.file(rotated.path).read(into: &tally)
      tally.begin(latest: time(nil))
    }
  }

  /// Whether it is a renamed log that is read to its end here, or a packed copy of one.
  private func isOpenHere(_ rotated: String, _ inode: UInt64) throws(LogError) -> Bool {
    for old in retired.map(\.position) + resumed {
      if old.inode == inode { return true }
      if old.offset > 0, try RestOfLog(old).isIn(rotated) { return true }
    }
    return false
  }

  /// Whether a file begins as the log does.
  private func isStartOfLog(_ other: String) throws(LogError) -> Bool {
    let length = LogPosition.markLength
    let own = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      count = max(0, pread(file, buffer.baseAddress, length, 0))
    }
    guard !own.isEmpty else { return false }
    var start: [UInt8] = []
    try LogInput.pieces(of: other) { piece in
      start += piece.prefix(length - start.count)
      return start.count < length
    }
    return start.starts(with: own) || own.starts(with: start)
  }

  /// Finds the rotated file that a position is in, and reads the rest of it.
  ///
  /// - Parameter andLater: whether the files that came after it are new too.
  /// - Returns: whether there is one.
  private func catchUp(
    from position: LogPosition, into tally: inout Tally, andLater: Bool
  ) throws(LogError) -> Bool {
    let rotated = LogFinder.rotated(path)
    for index in rotated.indices.reversed() {
      tally.begin(latest: rotated[index].changed)
      guard try RestOfLog(position).read(rotated[index].path, into: &tally) else { continue }
      tally.finish()
      if andLater {
        tally.presentAfter = oldLines.readUntil(lastLook: lastLook)
        for later in rotated[(index + 1)...] { try LogInput.file(later.path).read(into: &tally) }
      }
      return true
    }
    return false
  }
}
