// The journal of a write: a small file in the state directory that says, at every moment, which files belong to the write
// and whether an interruption means "take it back" or "finish it".
//
// It is never read from the configuration directory. What lies there may come from a clone, an archive or another user,
// so nothing in it is an instruction.

import FoundationEssentials
import Glibc
import PostfixFiles
import Store
import System

struct Journal: Codable, Equatable {
  /// How the names begin that a write gives to the old and the new contents of a file, beside it.
  static func nameBegins(for target: String) -> String { ".\(baseName(of: target)).randmap-" }

  enum Stage: String, Codable {
    /// New files are being made beside their targets. Interrupted: clear them away.
    case prepare
    /// Everything is ready and on disk. Interrupted: go on with the renames.
    case commit
    /// A rename failed. Interrupted: go on with taking them back.
    case revert
  }

  var phase = Stage.prepare
  /// The random part of every name that this write makes.
  let token: String
  /// The directories whose names the write changes, as they were when it was planned.
  let directories: [DirectoryIdentity]
  /// In the order in which they are put in place.
  var entries: [Entry]
  /// The files that the write locks as Postfix's own editors do.
  let editorLocks: [String]
  /// The step of the history that belongs to the write.
  let history: History.Step

  enum Change: String, Codable { case make, replace, remove }

  /// One file of the write.
  struct Entry: Codable, Equatable {
    /// What is replaced, made or removed: no symbolic link.
    let target: String
    let change: Change
    let token: String
    /// What the target was, so that another program's change is noticed; nil if the file did not exist.
    let oldStamp: FileStamp?
    /// The rows that differ, where the target is a database: nothing is made beside it then.
    var rows: RowChange?
    /// What the file under the name `kept` has to hold; nil until it is there.
    var oldDigest: Digest?
    /// Of the finished file under the name `staged`; nil until everything is ready.
    var newStamp: FileStamp?
    var newDigest: Digest?

    /// The new contents, under a name beside the target; nil where the target is removed.
    var staged: String? { change == .remove || rows != nil ? nil : name("new") }
    /// The old contents, under a name beside the target; nil where there were none.
    var kept: String? { change == .make || rows != nil ? nil : name("old") }
    /// These names are not stored: a journal cannot name any others.
    var names: [String] { [staged, kept].compactMap { $0 } }

    private func name(_ purpose: String) -> String {
      join(FileReader.directory(of: target), "\(Journal.nameBegins(for: target))\(token).\(purpose)")
    }

    /// Whether the rename (or the removal) has happened. That the new file is gone from beside its target shows it only where the
    /// target is another one than before: somebody may have tidied up.
    func isApplied(_ directories: OpenDirectories) throws(WriteError) -> Bool {
      if let progress = try progress() { return progress == .after }
      guard let staged else { return try !directories.name(target).exists() }
      if try directories.name(staged).exists() { return false }
      return try directories.name(target).stamp() != oldStamp
    }

    /// Whether it can still be put in place: the target is what it was before the write, and the new file is there.
    func isReady(_ directories: OpenDirectories) throws(WriteError) -> Bool {
      if let progress = try progress() { return progress == .before }
      if let staged, try !directories.name(staged).exists() { return false }
      return try directories.name(target).stamp() == oldStamp
    }

    /// Whether the old contents are the target itself under a second name, as before the rename: who edits the target in place
    /// edits both.
    func isKeptAsTarget(_ directories: OpenDirectories) throws(WriteError) -> Bool {
      guard let kept, let old = try directories.name(kept).status(),
        let now = try directories.name(target).status()
      else { return false }
      return old.st_ino == now.st_ino && old.st_dev == now.st_dev
    }

    /// How far a database is; nil where the target is a file.
    private func progress() throws(WriteError) -> RowChange.Progress? {
      guard let rows else { return nil }
      if try Name(target).status() == nil { return rows.progress(in: "") }
      do throws(StoreError) { return try PoolDatabase.progress(of: rows, in: target) } catch {
        switch error {
        case .missing, .noPools: return rows.progress(in: "")
        default: throw .database(error)
        }
      }
    }
  }

  /// 64 random bits: no other user can create a file of such a name in advance.
  static func newToken() -> String {
    let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// Which directory it is, whatever its name leads to at another time.
struct DirectoryIdentity: Codable, Hashable, Sendable {
  /// The real path.
  let path: String
  let device: UInt64
  let inode: UInt64

  /// Of the directory at a real path, as it is now; nil if it does not exist.
  init?(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, FileReader.realPath(path) == path
    else {
      return nil
    }
    self.init(path, status)
  }

  init(_ path: String, _ status: stat) {
    self.path = path
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }

}

/// Where the journal of one configuration directory is kept.
struct JournalStore {
  let directory: DirectoryIdentity
  /// The state that belongs to the directory's path: the journal, the history, what is being built.
  let home: String

  init(_ directory: DirectoryIdentity, in state: StateDirectory) {
    self.directory = directory
    home = state.directory(for: directory.path)
  }

  /// Another directory that comes to the same path does not find it.
  var path: String { join(home, "journal-\(directory.device)-\(directory.inode)") }
  private var newPath: String { path + ".new" }
  var history: History { History(directory: home, of: directory.path) }

  /// Where the indices of the write with this token are built: only we can put names there.
  func buildDirectory(_ token: String) -> String { join(home, "build-\(token)") }

  /// Whether a write was interrupted, or is going on: what every command asks first, one system call.
  func isThere() throws(WriteError) -> Bool {
    do throws(WriteError) { return try Name(path).exists() } catch {
      if case .system(let reason) = error, reason.isDenial { throw .closedState(home) }
      throw error
    }
  }

  /// What we keep beside the history names a few files or edits: anything much larger is not ours.
  static let largest = 16 << 20

  /// Reads it, if it is there, and makes sure that only root or the caller can have written it.
  func load() throws(WriteError) -> Journal? {
    if try !isThere() { return nil }
    try StateDirectory.checkPlace(of: path)
    let file = try Name(path).withRegularFile { file, status throws(WriteError) -> [UInt8] in
      if let reason = distrust(status) { throw .refused(path, reason) }
      if status.st_size > Self.largest { throw .damaged(path) }
      return try FileSnapshot.readAll(file, size: Int(status.st_size))
    }
    guard let file else { return nil }
    guard let journal = Journal(json: file) else { throw .damaged(path) }
    return journal
  }

  /// Replaces the journal on disk by this one.
  func save(_ journal: Journal, fileSystem: some FileSystem) throws(WriteError) {
    try fileSystem.makeDirectories(onTheWayTo: path)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(journal) else { throw .damaged(newPath) }
    // Left by a save that was interrupted: it has no meaning.
    try fileSystem.removeIfThere(Name(newPath))
    _ = try fileSystem.writeNew(Name(newPath), Array(data), .ours(mode: 0o600), standingFor: newPath)
    try fileSystem.act(.rename(from: Name(newPath), to: Name(path)))
    try fileSystem.synchronizeDirectory(home)
  }

  func remove(fileSystem: some FileSystem) throws(WriteError) {
    try fileSystem.removeIfThere(Name(newPath))
    try fileSystem.removeIfThere(Name(path))
    try fileSystem.synchronizeDirectory(home)
  }
}

extension Journal {
  /// From the text of the file; nil if that is not a journal.
  init?(json: [UInt8]) {
    guard let journal = try? JSONDecoder().decode(Journal.self, from: Data(json)) else { return nil }
    self = journal
  }
}
