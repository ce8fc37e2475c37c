// The steps of a journal: check it, put in place, take back, clear away. The write itself takes them, and so does
// `recover` after an interruption; so each can be taken again from wherever it was left.

import CLinux
import Glibc
import PostfixFiles

extension Journal {
  /// Opens the directories of the write, and refuses a journal that the disk contradicts, before anything is touched: each
  /// directory must be the one of the plan, each target must be in one of them, and what is beside it under our names must
  /// hold what was recorded.
  func opened(_ store: JournalStore) throws(WriteError) -> OpenDirectories {
    func refuse(_ reason: String) -> WriteError { .refused(store.path, reason) }
    // The token is a part of names: it must not lead elsewhere.
    guard token.utf8.count == 16, token.allSatisfy(\.isHexDigit) else {
      throw refuse("it names other files than a write makes")
    }
    let open = try OpenDirectories(directories.map(\.path))
    if open.identities != directories { throw refuse("its directories are not those of that write") }
    for entry in entries where entry.token != token { throw refuse("\(entry.target) is not of that write") }
    for path in entries.filter({ $0.rows == nil }).map(\.target) + editorLocks {
      do throws(WriteError) { _ = try open.name(path) } catch { throw refuse("\(path) is not of that write") }
    }
    // While files are prepared there are no digests yet, and nothing is put in place: our names are only removed.
    if phase == .prepare { return open }
    for entry in entries {
      for (path, digest) in [(entry.staged, entry.newDigest), (entry.kept, entry.oldDigest)] {
        guard let path, try open.name(path).exists() else { continue }
        if path == entry.kept, try entry.isKeptAsTarget(open) { continue }
        do throws(WriteError) {
          if try Digest(of: open.name(path)) == digest { continue }
        } catch {
          guard error.isAboutItsKind else { throw error }
        }
        throw refuse("\(path) does not have the contents that the write gave it")
      }
    }
    return open
  }

  /// Puts everything in place. A file that another program has changed meanwhile stops it.
  func apply(_ open: OpenDirectories, _ store: JournalStore, fileSystem: some FileSystem) throws(WriteError) {
    for entry in entries where try !entry.isApplied(open) {
      if try !entry.isReady(open) { throw .conflict([entry.target]) }
      if let rows = entry.rows {
        try fileSystem.act(.commit(rows, to: entry.target))
      } else if let staged = entry.staged {
        try fileSystem.act(.rename(from: open.name(staged), to: open.name(entry.target)))
      } else {
        try fileSystem.act(.remove(open.name(entry.target)))
      }
    }
    try open.synchronize(fileSystem)
    try store.history.adopt(history, fileSystem: fileSystem)
  }

  /// Takes back what was put in place, then clears everything away, the journal last. What another program has changed
  /// since is left as it is.
  mutating func takeBack(
    _ open: OpenDirectories, _ store: JournalStore, held: [String], fileSystem: some FileSystem
  ) throws(WriteError) {
    if phase == .revert {
      for entry in entries.reversed() where try entry.isApplied(open) {
        try restore(entry, open, fileSystem: fileSystem)
      }
      try open.synchronize(fileSystem)
      try store.history.withdraw(history, fileSystem: fileSystem)
      phase = .prepare
      try store.save(self, fileSystem: fileSystem)
    }
    try fileSystem.removeTree(store.history.move(history).from)
    try clear(open, store, held: held, fileSystem: fileSystem)
  }

  private func restore(_ entry: Entry, _ open: OpenDirectories, fileSystem: some FileSystem)
    throws(WriteError)
  {
    if let rows = entry.rows {
      try fileSystem.act(.commit(rows.reversed, to: entry.target))
      return
    }
    let target = try open.name(entry.target)
    if entry.staged != nil, try target.stamp() != entry.newStamp { return }
    if let kept = entry.kept {
      let kept = try open.name(kept)
      if try kept.exists() { try fileSystem.act(.rename(from: kept, to: target)) }
    } else {
      try fileSystem.act(.remove(target))
    }
  }

  /// Removes all names of this write, and then the journal, which knows them.
  ///
  /// - Parameter held: the locks of Postfix's editors that this process holds: it may remove them.
  func clear(
    _ open: OpenDirectories, _ store: JournalStore, held: [String], fileSystem: some FileSystem
  ) throws(WriteError) {
    for path in entries.flatMap(\.names) { try fileSystem.removeIfThere(open.name(path)) }
    try fileSystem.removeTree(store.buildDirectory(token))
    for path in editorLocks.map(PostconfLock.path) {
      if held.contains(path) {
        try fileSystem.removeIfThere(open.name(path))
      } else {
        try PostconfLock.clear(open.name(path), fileSystem: fileSystem)
      }
    }
    try open.synchronize(fileSystem)
    try store.remove(fileSystem: fileSystem)
  }
}

extension Digest {
  /// Of the regular file of this name; nil if it does not exist.
  init?(of name: Name) throws(WriteError) {
    let digest = try name.withRegularFile { file, _ throws(WriteError) in
      var hash = SHA256()
      try readPieces(of: file) { piece throws(WriteError) in hash.update(piece) }
      return Digest(hash)
    }
    guard let digest else { return nil }
    self = digest
  }
}

/// Gives what an open file holds from here on, a megabyte at a time.
func readPieces(
  of file: OpenFile, _ take: (ArraySlice<UInt8>) throws(WriteError) -> Void
) throws(WriteError) {
  var piece = [UInt8](repeating: 0, count: 1 << 20)
  while true {
    let count = read(file.descriptor, &piece, piece.count)
    if count == 0 { return }
    if count > 0 {
      try take(piece[..<count])
    } else if errno != EINTR {
      throw .system(SystemError("read", file.path))
    }
  }
}
