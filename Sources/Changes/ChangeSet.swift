// What is to be written, as values: the files of one change, before and after.

import Glibc
import PostfixFiles
import System

/// A kind of indexed table that postmap(1) builds from a source file.
package enum IndexType: String, Hashable, Sendable, CaseIterable, Codable {
  case hash, btree, lmdb, cdb

  /// What postmap appends to the name of the source.
  package var suffix: String {
    switch self {
    case .hash, .btree: ".db"
    case .lmdb: ".lmdb"
    case .cdb: ".cdb"
    }
  }
}

/// One file of a change.
package struct FileChange: Hashable, Sendable {
  /// Absolute. Where it is a symbolic link, the file that it points to is what gets replaced.
  package var path: String
  /// What the file held when it was read; nil for a file that is to be new.
  package var before: [UInt8]?
  /// What it is to hold; nil takes the file away.
  package var after: [UInt8]?
  /// The indexes that are built from this file, to be rebuilt with it.
  package var indexes: [IndexType]
  /// The mode of a new file. One that exists keeps its own.
  package var modeIfNew: UInt32
  /// The most that a file that exists may allow after it; nil: what it allows now.
  package var modeAtMost: UInt32?
  /// In a database only the rows that differ are written. It is never taken away: a daemon may still ask it.
  package var storage: Storage
  /// Whether the file that a symbolic link at `path` leads to is written; otherwise a link there is an error.
  package var followsLink: Bool

  package init(
    path: String, before: [UInt8]?, after: [UInt8]?, indexes: [IndexType] = [], modeIfNew: UInt32 = 0o644,
    modeAtMost: UInt32? = nil, storage: Storage = .file, followsLink: Bool = true
  ) {
    self.storage = storage
    self.followsLink = followsLink
    self.path = path
    self.before = before
    self.after = after
    self.indexes = indexes
    self.modeIfNew = modeIfNew
    self.modeAtMost = modeAtMost
  }
}

/// Any number of files that change together or not at all.
package struct ChangeSet: Hashable, Sendable {
  /// The configuration directory that the change belongs to.
  package var directory: String
  package var changes: [FileChange]
  /// What was done, in words, for the history: "relay_transport: weight of smtp:[b] 1 -> 2".
  package var summary: String

  package init(directory: String, changes: [FileChange], summary: String) {
    self.directory = directory
    self.changes = changes
    self.summary = summary
  }

  /// The unified diff of all files, in their order.
  package var diff: [UInt8] { changes.flatMap { FileDiff($0).unified } }

  /// The files that have further names (hard links): those would keep the old contents.
  package var hardLinked: [String] {
    changes.filter { $0.before != $0.after && $0.storage == .file }.map(\.path).filter(hasOtherNames)
  }
}

/// Whether a file has names that are not those which a write keeps while it goes on.
private func hasOtherNames(_ path: String) -> Bool {
  // A write that ends meanwhile takes its name away: then it is looked at again.
  for _ in 0..<10 {
    guard let before = links(path), before.count > 1, let real = FileReader.realPath(path) else {
      return false
    }
    let directory = FileReader.directory(of: real)
    let kept = directoryNames(directory).filter {
      $0.hasPrefix(Journal.nameBegins(for: real)) && $0.hasSuffix(".old")
        && links(join(directory, $0))?.file == before.file
    }
    if kept.count + 1 >= before.count { return false }
    if let after = links(path), after == before { return true }
  }
  return true
}

/// The file at a path, and how many names it has; nil if no regular file is there.
private func links(_ path: String) -> LinkCount? {
  var status = stat()
  guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
  return LinkCount(file: [UInt64(status.st_dev), UInt64(status.st_ino)], count: Int(status.st_nlink))
}

private struct LinkCount: Equatable {
  /// The device and the inode.
  let file: [UInt64]
  let count: Int
}
