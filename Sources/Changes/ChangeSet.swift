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
  /// In a database only the rows that differ are written. It is never taken away: a daemon may still ask it.
  package var storage: Storage

  package init(
    path: String, before: [UInt8]?, after: [UInt8]?, indexes: [IndexType] = [], modeIfNew: UInt32 = 0o644,
    storage: Storage = .file
  ) {
    self.storage = storage
    self.path = path
    self.before = before
    self.after = after
    self.indexes = indexes
    self.modeIfNew = modeIfNew
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
    changes.filter { $0.before != $0.after && $0.storage == .file }.map(\.path).filter { path in
      // No lock is held, and a write of this program gives the old file a second name for a while: a name that is still to be
      // had a moment later is another's.
      (0..<3).allSatisfy { _ in Self.hasFurtherName(path) }
    }
  }

  /// Whether a regular file has names beside its own and those of a write that goes on.
  private static func hasFurtherName(_ path: String) -> Bool {
    guard let real = FileReader.realPath(path) else { return false }
    func regular(_ path: String) -> stat? {
      var status = stat()
      return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? status : nil
    }
    guard regular(real).map({ $0.st_nlink > 1 }) ?? false else { return false }
    let directory = FileReader.directory(of: real)
    let ownNames = Journal.nameBegins(for: real)
    let others = directoryNames(directory).filter { $0.hasPrefix(ownNames) }.compactMap {
      regular("\(directory)/\($0)")
    }
    guard let file = regular(real) else { return false }
    let own = others.count { $0.st_ino == file.st_ino && $0.st_dev == file.st_dev }
    return Int(file.st_nlink) > 1 + own
  }
}
