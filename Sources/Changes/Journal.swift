// The journal of a write: a small file in the configuration directory that says, at every moment, which files
// belong to the write and whether an interruption means "take it back" or "finish it".

import FoundationEssentials
import Glibc
import PostfixFiles

struct Journal: Codable, Equatable {
  enum Phase: String, Codable {
    /// New files are being made beside their targets. Interrupted: clear them away.
    case prepare
    /// Everything is ready and on disk. Interrupted: go on with the renames.
    case commit
    /// A rename failed. Interrupted: go on with taking them back.
    case revert
  }

  var phase = Phase.prepare
  /// In the order in which they are put in place.
  var entries: [Entry]
  /// Files that have served when the write is over, however it ends.
  var scaffolding: [String]
  /// Locks of Postfix's editors.
  var locks: [String]
  /// The step of the history that belongs to the write: a rename in the state directory.
  var history: Move

  struct Move: Codable, Equatable {
    var from: String
    var to: String
  }

  /// One file of the write.
  struct Entry: Codable, Equatable {
    /// What is replaced, made or removed: no symbolic link.
    var target: String
    /// The new contents, under a name beside the target; nil where the target is removed.
    var staged: String?
    /// The old contents, under a name beside the target; nil where there were none.
    var kept: String?
    var stagedStamp: FileStamp?
    var oldStamp: FileStamp?

    /// Whether the rename (or the removal) has happened.
    var isApplied: Bool {
      if let staged { return !exists(staged) }
      return !exists(target)
    }

    /// Whether the target is still what it was before the write.
    var isUntouched: Bool { FileStamp.ofName(target) == oldStamp }
  }

  static func path(in directory: String) -> String { join(directory, ".randmap-journal") }
  private static func newPath(in directory: String) -> String { path(in: directory) + ".new" }

  /// Whether there is anything to look at: what every command asks first, two system calls.
  static func isThere(in directory: String) -> Bool {
    exists(path(in: directory)) || exists(newPath(in: directory))
  }

  /// Reads it, if it is there and nobody else wrote it: settling does what it says, with our rights, and a stranger's
  /// configuration directory must not tell root which files to move.
  static func load(in directory: String) throws(WriteError) -> Journal? {
    let path = path(in: directory)
    guard let file = try FileSnapshot.read(path) else { return nil }
    let isOurs = file.attributes.user == geteuid() || file.attributes.user == 0
    if !isOurs || file.attributes.mode & 0o022 != 0 { throw .system(SystemError("trust", path, EPERM)) }
    do {
      return try JSONDecoder().decode(Journal.self, from: Data(file.bytes))
    } catch {
      throw .damaged(path)
    }
  }

  /// Replaces the journal on disk by this one.
  func save(in directory: String, door: some Door) throws(WriteError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let fresh = Journal.newPath(in: directory)
    guard let data = try? encoder.encode(self) else { throw .damaged(fresh) }
    // Everybody may read it: a command that may not write here goes by what it says.
    let attributes = FileAttributes(mode: 0o644, user: geteuid(), group: getegid())
    _ = try door.writeNew(fresh, Array(data), attributes, standingFor: fresh)
    try door.act(.rename(from: fresh, to: Journal.path(in: directory)))
    try door.synchronizeDirectory(directory)
  }

  /// A journal that was being written when the process ended says nothing.
  static func clearUnfinished(in directory: String, door: some Door) throws(WriteError) {
    try door.removeIfThere(newPath(in: directory))
  }

  /// The directories whose names the write changes.
  var directories: [String] { Set(entries.map { FileReader.directory(of: $0.target) }).sorted() }
}
