// One write as the history keeps it: who, when, what for, and of each file what tells its contents apart.

import PostfixFiles
import System

/// A write, as the log shows it.
package struct LoggedWrite: Hashable, Sendable, Codable {
  package var number: Int
  /// Seconds since 1970.
  package var time: Int64
  package var user: String
  package var sudoUser: String?
  package var command: String
  package var summary: String
  package var files: [LoggedFile]
  /// The directory that it was made in; nil in an older record.
  package internal(set) var place: Place?
  /// Who took it back; nil while it stands.
  package internal(set) var undone: Undone?
  /// Whether another directory is at this path now, or at that of one of its files; nil: no.
  package internal(set) var otherDirectory: Bool?
  /// The path of that directory; nil where it is the configuration's own.
  package internal(set) var otherPath: String?

  /// One file of a write.
  package struct LoggedFile: Hashable, Sendable, Codable {
    package var path: String
    package var indexes: [IndexType]
    /// Mode, owner and group as they were; nil where the file was new.
    package var old: Owned?
    /// What was there before; nil where the file was new, and in an older record.
    var before: Digest?
    /// What the write left: nil where it removed the file.
    var after: Digest?
    /// Whether it is a pool database: what is kept of it are its rows in words. Nil in older records.
    var isDatabase: Bool?
    /// The directory that it was in; nil for the configuration's own, and in an older record.
    var place: Place?

    var storage: Storage { isDatabase == true ? .database : .file }

    /// Of a database that the write made: taking the write back leaves it, as a daemon may still ask it.
    var staysWithItsRows: Bool { storage == .database && old == nil }
  }

  package struct Owned: Hashable, Sendable, Codable {
    package var mode: UInt32
    package var user: UInt32
    package var group: UInt32
    /// The extended attributes, ACLs among them; nil in an older record.
    var extended: [String: [UInt8]]?
  }

  /// A directory, whatever its path leads to at another time.
  package struct Place: Hashable, Sendable, Codable {
    let device, inode: UInt64

    /// What is at a real path now.
    init?(_ path: String) {
      guard let identity = DirectoryIdentity(path) else { return nil }
      (device, inode) = (identity.device, identity.inode)
    }
  }

  package struct Undone: Hashable, Sendable, Codable {
    package var time: Int64
    package var user: String
    package var sudoUser: String?
    package var command: String
    /// What for, in the words of that person.
    package var why: String?
  }
}

extension LoggedWrite.LoggedFile {
  /// The directory of this file, where another one is there now than the one that was written.
  func exchangedDirectory(_ known: inout [String: LoggedWrite.Place?]) -> String? {
    guard let place else { return nil }
    // Where a link leads elsewhere now, that is another directory too.
    let target = try? targetPath(path)
    let directory = FileReader.directory(of: target ?? path)
    let now = known[directory] ?? LoggedWrite.Place(directory)
    known[directory] = .some(now)
    return now == place ? nil : directory
  }
}

extension LoggedWrite.LoggedFile {
  /// - Parameter own: the real path of the configuration directory.
  init(_ file: Plan.File, in own: String) {
    let directory = FileReader.directory(of: file.target)
    let before: Digest?
    let after: Digest?
    if let old = file.old, let new = file.change.after {
      (before, after) = Digest.both(old.bytes, new)
    } else {
      (before, after) = (file.old.map { Digest($0.bytes) }, file.change.after.map(Digest.init))
    }
    self.init(
      path: file.change.path, indexes: file.change.indexes,
      old: file.old.map {
        LoggedWrite.Owned(
          mode: $0.attributes.mode, user: $0.attributes.user, group: $0.attributes.group,
          extended: $0.attributes.extended)
      },
      before: before, after: after,
      isDatabase: file.rows == nil ? nil : true,
      place: directory == own ? nil : LoggedWrite.Place(directory))
  }
}
