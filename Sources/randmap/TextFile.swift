// A file of metrics for another program: replaced in one step, so that its reader never sees half of it. It is no
// part of a configuration, so it takes no journal and no undo.

import Glibc
import PostfixFiles
import System

struct TextFile {
  let path: String

  init(_ path: String) { self.path = path }

  /// Writes `lines` beside the file and renames. Readable for everybody, as a node exporter is another user.
  func replace(with lines: [String]) throws(Failure) {
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    // Hidden, and not named *.prom: a node exporter passes it by.
    let new = "\(path[..<slash]).\(path[slash...]).\(getpid())"
    // What is left of a process that had our number; an existing file is never written to.
    unlink(new)
    let file = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard file >= 0 else { throw failure() }
    let bytes = Bytes((lines.joined(separator: "\n") + "\n").utf8)
    // The first failure is reported; the descriptor is closed in any case.
    var problem: Failure?
    func expect(_ isDone: Bool) { if !isDone, problem == nil { problem = failure() } }
    expect(fchmod(file, 0o644) == 0 && write(bytes, to: file))
    expect(close(file) == 0)
    if problem == nil { expect(rename(new, path) == 0) }
    if let problem {
      unlink(new)
      throw problem
    }
  }

  private func write(_ bytes: Bytes, to file: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno != EINTR { return false }
      rest = rest.dropFirst(max(0, count))
    }
    return true
  }

  private func failure() -> Failure {
    Failure(.wrongCall, "--textfile \(printable(path)): \(Errno.last)")
  }
}
