// Whether the file of a database is as it was, without opening it.

import Glibc
import System

/// A file as it is, so that a change in between is seen.
struct DatabaseStamp: Hashable, Sendable {
  let inode: UInt64
  let size: Int
  let seconds: Int
  let nanoseconds: Int

  init(_ path: String) throws(StoreError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw .notSeen(path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG, !KernelFiles.have(path) else { throw .notAFile(path) }
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }

  /// In seconds. A time that is to come is as good as one long ago.
  func isOlder(than age: Double) -> Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let passed = Double(now.tv_sec - seconds) + Double(now.tv_nsec - nanoseconds) / 1e9
    return passed > age || passed < 0
  }
}
