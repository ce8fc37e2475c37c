// What a file held before its last changes, as far as the writes that are remembered tell.

import Glibc
import PostfixFiles

/// What a file held until some time.
package struct EarlierContents: Sendable {
  /// Nil where nothing remembers it.
  package let bytes: [UInt8]?
  /// When it had been replaced at the latest, in seconds since 1970.
  package let until: Int64
}

extension Writer {
  /// What a file held before what it holds now, the newest first. It ends where nothing is remembered any more; empty: no write
  /// of the file is.
  ///
  /// - Parameters:
  ///   - now: its contents; of a database its rows in words.
  ///   - time: when it was last changed on disk, in seconds since 1970.
  package func earlierContents(
    of path: String, in directory: String, now: [UInt8], changedAt time: Int64
  ) throws(WriteError) -> [EarlierContents] {
    let history = history(try realPath(directory))
    let writes = try history.list()
    var found: [EarlierContents] = []
    var (digest, until) = (Digest(now), time)
    for change in try changes(of: path, writes, history) {
      if change.after != digest {
        // Somebody else changed it after this.
        let left = try change.left()
        found.append(EarlierContents(bytes: left, until: until))
        if left == nil { break }
      }
      let before = try change.before()
      found.append(EarlierContents(bytes: before, until: change.time))
      guard let before else { break }
      (digest, until) = (Digest(before), change.time)
    }
    return found
  }

  /// One change of a file, by a write or by taking one back.
  private struct FileChange {
    let time: Int64
    let after: Digest?
    let before: () throws(WriteError) -> [UInt8]?
    let left: () throws(WriteError) -> [UInt8]?
  }

  /// The newest first.
  private func changes(
    of path: String, _ writes: [LoggedWrite], _ history: History
  ) throws(WriteError) -> [FileChange] {
    var changes: [FileChange] = []
    for write in writes {
      guard let index = write.files.firstIndex(where: { $0.path == path }) else { continue }
      let file = write.files[index]
      let old = { () throws(WriteError) in file.old == nil ? nil : try history.oldContents(write, index) }
      let new = { () throws(WriteError) in try contents(left: write, index, writes, history) }
      changes.append(FileChange(time: write.time, after: file.after, before: old, left: new))
      guard let undone = write.undone else { continue }
      changes.append(
        FileChange(time: undone.time, after: try old().map { Digest($0) }, before: new, left: old))
    }
    return changes.enumerated().sorted { ($1.element.time, $1.offset) < ($0.element.time, $0.offset) }
      .map(\.element)
  }
}
