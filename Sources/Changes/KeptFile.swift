// Single files that are kept between runs: written in one step, like all that randmap writes, and only where no other user can put
// names; a person's settings, and what a program remembers.

import Glibc
import PostfixFiles
import System

extension FileSystem {
  /// Puts a file in the place of the one at `path`; its directory is made where it is missing.
  ///
  /// - Throws: refused where another user than root and the caller can put names on the way to it.
  func keep(_ bytes: Bytes, at path: String) throws(WriteError) {
    try makeDirectories(onTheWayTo: path)
    try place(bytes, at: path)
  }

  /// Puts a file in the place of the one at `path`; of a link, in the place of what it leads to. For root it is refused where
  /// another user can put names on the way: `sudo` may leave that user's HOME.
  package func keepPersonal(_ bytes: Bytes, at path: String) throws(WriteError) {
    if geteuid() == 0 {
      try makeDirectories(onTheWayTo: path)
    } else {
      try makeDirectoriesAnywhere(FileReader.directory(of: path))
    }
    guard let real = realpath(path, nil) else { return try place(bytes, at: path) }
    defer { free(real) }
    try place(bytes, at: String(cString: real))
  }

  private func place(_ bytes: Bytes, at path: String) throws(WriteError) {
    // The process of another host may have the same number.
    let aside = Name("\(path).\(Journal.newToken())")
    removeAsides(of: path)
    _ = try writeNew(aside, bytes, .ours(mode: 0o600), standingFor: path)
    try act(.rename(from: aside, to: Name(path)))
  }

  /// Removes temporary files that a process left beside a file when it ended in the middle of a write. Such a file is in use for less
  /// than a second; only those older than a day are removed, and it does no harm if one cannot be.
  private func removeAsides(of path: String) {
    let directory = FileReader.directory(of: path)
    let start = "\(FileReader.name(of: path))."
    for name in directoryNames(directory) where name.hasPrefix(start) {
      let token = name.dropFirst(start.count)
      let aside = Name("\(directory)/\(name)")
      guard token.utf8.count == 16, token.allSatisfy({ $0.isASCII && $0.isHexDigit }),
        let status = (try? aside.status()) ?? nil, status.st_mode & S_IFMT == S_IFREG,
        time(nil) - status.st_mtim.tv_sec > 24 * 3600
      else { continue }
      _ = try? act(.remove(aside))
    }
  }
}
