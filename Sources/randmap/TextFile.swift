// A file of metrics for another program: replaced in one step, so that its reader never sees half of it. It is no
// part of a configuration, so it takes no journal and no undo.

import Changes
import Glibc
import PostfixFiles
import System

struct TextFile {
  let path: String

  init(_ path: String) { self.path = path }

  /// Writes `lines` beside the file and renames. Readable for everybody, as a node exporter is another user, whose directory it
  /// may be: that is opened once, so that no other user can lead the names elsewhere meanwhile.
  func replace(with lines: [String]) throws(CommandError) {
    let (directory, base): (Int32, String)
    do throws(WriteError) { (directory, base) = try openDirectory(ofFile: absolutePath(path)) } catch {
      throw CommandError(.wrongCall, "--textfile \(printable(path)): \(error.description)")
    }
    defer { close(directory) }
    // Hidden, and not named *.prom: a node exporter passes it by.
    let new = ".\(base).\(getpid())"
    // What is left of a process that had our number; an existing file is never written to.
    unlinkat(directory, new, 0)
    let file = openat(directory, new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard file >= 0 else { throw failure() }
    let bytes = Bytes((lines.joined(separator: "\n") + "\n").utf8)
    // The first failure is reported; the descriptor is closed in any case.
    var problem: CommandError?
    func expect(_ isDone: Bool) { if !isDone, problem == nil { problem = failure() } }
    expect(fchmod(file, 0o644) == 0 && write(bytes, to: file))
    expect(close(file) == 0)
    if problem == nil { expect(renameat(directory, new, directory, base) == 0) }
    if let problem {
      unlinkat(directory, new, 0)
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

  private func failure() -> CommandError {
    CommandError(.wrongCall, "--textfile \(printable(path)): \(Errno.last)")
  }
}
