// Where a report that goes on has got to, kept for the next run. The file is made ready before a report is printed and
// put in its place right after, so a run that is killed repeats nothing and leaves nothing out.

import CLinux
import Glibc
import PostfixFiles
import System

package final class PositionFile {
  private let path: String
  private let lock: Int32

  /// - Parameter path: its directory is made where it is missing, unless another user could put files there.
  package init(_ path: String) throws(LogError) {
    self.path = path
    let found = try makeWay(to: path) { (directory) throws(LogError) in
      if mkdir(directory, 0o700) != 0, errno != EEXIST { throw LogError(path: directory, errno: errno) }
    }
    if let found {
      throw LogError(
        path: found.path,
        reason:
          "\(found.reason): need a directory that only root and you can write, as the place in the log is kept below it"
      )
    }
    lock = open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard lock >= 0 else { throw LogError(path: "\(path).lock", errno: errno) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw LogError(path: path, reason: "another report of this log is running; end that one first")
    }
  }

  deinit { close(lock) }

  /// The lines that were kept; empty where nothing was.
  package var lines: [String] {
    guard let bytes = try? FileReader.read(path) else { return [] }
    return bytes.split(separator: .newline).map { $0.text }
  }

  /// Makes `lines` ready, does `last`, and then keeps them.
  package func keep(_ lines: [String], after last: () throws -> Void) throws {
    let new = "\(path).new"
    let file = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw LogError(path: new, errno: errno) }
    defer { close(file) }
    var rest = Array((lines.joined(separator: "\n") + "\n").utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw LogError(path: new, errno: errno) }
      rest = rest.dropFirst(count)
    }
    guard fsync(file) == 0 else { throw LogError(path: new, errno: errno) }
    try last()
    guard rename(new, path) == 0 else { throw LogError(path: path, errno: errno) }
  }
}
