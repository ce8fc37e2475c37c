// Logs that are there twice: `mail.log.1` and `mail.log.1.gz`, where something ended between packing a file and removing it,
// or a copy that somebody made. Two logs that begin with the same lines are one.

import Glibc

package enum LogCopies {
  /// As much of the start of two logs is compared: some lines with their times.
  private static let length = 2_048

  /// The files without those that begin as another one does; of these the packed ones go, and the shorter ones.
  ///
  /// - Parameter preferred: this one stays.
  /// - Returns: what is left, in the same order, and what is not, each with the one that it is a copy of.
  package static func distinct(
    _ paths: [String], preferring preferred: String? = nil
  ) -> (distinct: [String], copies: [(path: String, original: String)]) {
    guard paths.count > 1 else { return (paths, []) }
    var kept: [(path: String, start: [UInt8])] = []
    var copies: [(path: String, original: String)] = []
    func rank(_ path: String) -> (Int, Int) {
      var status = stat()
      let size = stat(path, &status) == 0 ? Int(status.st_size) : 0
      return (path == preferred ? 2 : LogInput.isPacked(path) ? 0 : 1, size)
    }
    for path in paths {
      let start = start(of: path)
      let index = kept.firstIndex { areOne($0.start, start) }
      guard let index else {
        kept.append((path, start))
        continue
      }
      if rank(path) > rank(kept[index].path) {
        copies.append((kept[index].path, path))
        kept[index] = (path, start)
      } else {
        copies.append((path, kept[index].path))
      }
    }
    let names = Set(kept.map(\.path))
    return (paths.filter { names.contains($0) }, copies)
  }

  private static func areOne(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    // A whole line at least, and no hole: every file with a hole begins alike.
    guard let first = one.first, first != 0, one.contains(.newline), other.contains(.newline) else {
      return false
    }
    return one.starts(with: other) || other.starts(with: one)
  }

  private static func start(of path: String) -> [UInt8] {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return [] }
    var start: [UInt8] = []
    // What cannot be read is said where it is read.
    try? LogInput.pieces(of: path) { piece in
      start += piece.prefix(length - start.count)
      return start.count < length
    }
    return start
  }
}
