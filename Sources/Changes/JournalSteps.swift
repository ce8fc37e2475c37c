// The steps of a journal: check it, put in place, take back, clear away. The write itself takes them, and so does
// `recover` after an interruption; so each can be taken again from wherever it was left.

import CLinux
import Glibc
import PostfixFiles

extension Journal {
  /// Refuses a journal that the disk contradicts, before anything is touched: each directory must be the one of the plan,
  /// each target must lie in one of them, and what lies beside it under our names must hold what was recorded.
  func check(_ store: JournalStore) throws(WriteError) {
    for directory in directories where !directory.isThere {
      throw .refused(store.path, "\(directory.path) is not the directory of that write")
    }
    // The token is a part of names: it must not lead elsewhere.
    guard token.utf8.count == 16, token.allSatisfy(\.isHexDigit) else {
      throw .refused(store.path, "it names other files than a write makes")
    }
    let known = Set(directories.map(\.path))
    for entry in entries {
      let name = baseName(of: entry.target)
      guard known.contains(FileReader.directory(of: entry.target)), !name.isEmpty, name != ".", name != "..",
        entry.token == token
      else { throw .refused(store.path, "\(entry.target) does not belong to that write") }
    }
    for path in editorLocks where !known.contains(FileReader.directory(of: path)) {
      throw .refused(store.path, "\(path) does not belong to that write")
    }
    // While files are prepared there are no digests yet, and nothing is put in place: our names are only removed.
    if phase == .prepare { return }
    for entry in entries {
      for (path, digest) in [(entry.staged, entry.newDigest), (entry.kept, entry.oldDigest)] {
        guard let path, exists(path) else { continue }
        do throws(WriteError) {
          if try Digest(ofFileAt: path) == digest { continue }
        } catch {
          guard error.isAboutItsKind else { throw error }
        }
        throw .refused(store.path, "\(path) does not hold what that write put there")
      }
    }
  }

  /// Puts everything in place. A file that another program has changed meanwhile stops it.
  func apply(_ store: JournalStore, door: some Door) throws(WriteError) {
    for entry in entries where !entry.isApplied {
      if !entry.isUntouched { throw .conflict([entry.target]) }
      if let staged = entry.staged {
        try door.act(.rename(from: staged, to: entry.target))
      } else {
        try door.act(.remove(entry.target))
      }
    }
    try synchronizeDirectories(door)
    try store.history.adopt(history, door: door)
  }

  /// Takes back what was put in place, then clears everything away, the journal last. What another program has changed
  /// since is left as it is.
  mutating func takeBack(_ store: JournalStore, held: [String], door: some Door) throws(WriteError) {
    if phase == .revert {
      for entry in entries.reversed() where entry.isApplied { try restore(entry, door: door) }
      try synchronizeDirectories(door)
      try store.history.withdraw(history, door: door)
      phase = .prepare
      try store.save(self, door: door)
    }
    try door.removeTree(store.history.move(history).from)
    try clear(store, held: held, door: door)
  }

  private func restore(_ entry: Entry, door: some Door) throws(WriteError) {
    if entry.staged != nil, FileStamp.ofName(entry.target) != entry.newStamp { return }
    if let kept = entry.kept {
      if exists(kept) { try door.act(.rename(from: kept, to: entry.target)) }
    } else {
      try door.act(.remove(entry.target))
    }
  }

  /// Removes all names of this write, and then the journal, which knows them.
  ///
  /// - Parameter held: the locks of Postfix's editors that this process holds: it may remove them.
  func clear(_ store: JournalStore, held: [String], door: some Door) throws(WriteError) {
    for path in entries.flatMap(\.names) { try door.removeIfThere(path) }
    try door.removeTree(store.buildDirectory(token))
    for path in editorLocks.map(PostconfLock.path) {
      if held.contains(path) {
        try door.removeIfThere(path)
      } else {
        try PostconfLock.clear(path, door: door)
      }
    }
    try synchronizeDirectories(door)
    try store.remove(door: door)
  }

  func synchronizeDirectories(_ door: some Door) throws(WriteError) {
    for directory in directories { try door.synchronizeDirectory(directory.path) }
  }
}

extension Digest {
  /// Of the regular file at `path`; nil where there is none.
  init?(ofFileAt path: String) throws(WriteError) {
    let digest = try withRegularFile(path) { descriptor, _ throws(WriteError) in
      var hash = SHA256()
      try readPieces(of: OpenFile(descriptor, path)) { piece throws(WriteError) in hash.update(piece) }
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
