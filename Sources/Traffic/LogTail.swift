// Where to begin in a log so that everything since a time is read, and little more: a log may have many gigabytes, and the
// last minutes are at its end.

import Glibc
import PostfixFiles

enum LogTail {
  /// Nothing is read that is further from the end.
  private static let longest = 256 << 20
  private static let firstStep = 1 << 20

  /// A place before the first line that is as young as `since`.
  ///
  /// - Returns: the place, and whether the file has older lines than that; false: it may go on in a rotated file.
  static func start(of path: String, since: Int) throws(LogError) -> (position: LogPosition, isWhole: Bool) {
    let file = try LogInput.open(path, O_NONBLOCK)
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw LogError(path: path, errno: errno) }
    var position = LogPosition()
    position.device = UInt64(status.st_dev)
    position.inode = UInt64(status.st_ino)
    let size = Int(status.st_size)
    var step = firstStep
    while step < size {
      let offset = size - step
      let piece = bytes(file, offset, 262_144)
      if step >= longest || isOlder(piece, than: since, latest: Int(status.st_mtim.tv_sec)),
        let end = piece.firstIndex(of: .newline)
      {
        position.offset = offset + end + 1
        let length = min(LogPosition.markLength, position.offset)
        position.before = bytes(file, position.offset - length, length)
        return (position, true)
      }
      step = min(step * 4, max(longest, step + 1))
    }
    return (position, isOlder(bytes(file, 0, 262_144), than: since, latest: Int(status.st_mtim.tv_sec)))
  }

  /// Whether the first line that tells is older.
  private static func isOlder(_ piece: [UInt8], than since: Int, latest: Int) -> Bool {
    var tally = Tally(Channels([]), latest: latest)
    tally.feed(piece)
    return tally.reach.map { $0 < since } ?? false
  }

  private static func bytes(_ file: Int32, _ offset: Int, _ length: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      count = max(0, pread(file, buffer.baseAddress, length, off_t(offset)))
    }
  }
}
