// What a change comes down to on this disk: for each file its target, the names that the write needs, and
// what is there now.

import Glibc
import PostfixFiles
import PostfixTools
import Store
import System

/// A change together with the disk that it was checked against.
struct Plan {
  /// What names others is put in place after them: tables, then master.cf, then main.cf.
  enum Rank: Int {
    case other, master, main

    init(_ named: String, in directory: String) {
      switch named {
      case join(directory, "main.cf"): self = .main
      case join(directory, "master.cf"): self = .master
      default: self = .other
      }
    }
  }

  /// One file of the change.
  struct File {
    var change: FileChange
    /// Its name, symbolic links followed but for the last step.
    var named: String
    var target: String
    var rank: Rank
    /// What is there now: its bytes are the change's `before`.
    var old: FileSnapshot?
    /// What a file that is not there now takes over, if anything.
    var likeness: FileAttributes?
    /// The rows that differ, where it is a database.
    var rows: RowChange?

    /// What the new file is to have.
    var attributes: FileAttributes {
      guard var kept = old?.attributes else { return likeness ?? .ours(mode: change.modeIfNew) }
      if let most = change.modeAtMost {
        kept.mode &= most
        // It names people who may read it.
        kept.extended[FileAttributes.accessList] = nil
      }
      return kept
    }
  }

  /// An index to be built, or, where its source goes, removed.
  struct Index {
    var type: IndexType
    /// The source as the configuration names it.
    var source: String
    /// Its place in `files`.
    var file: Int
    var target: String
    /// The index as it is now, without its contents.
    var old: (attributes: FileAttributes, stamp: FileStamp)?
  }

  let directory: String
  /// Those of the targets and of the configuration itself.
  let open: OpenDirectories
  var files: [File]
  var indexes: [Index]

  /// Looks at the disk and compares: files without a difference fall out.
  init(
    _ set: ChangeSet, directory: String, likeness: [String: FileAttributes], author: String
  ) throws(WriteError) {
    self.directory = directory
    let changes = set.changes.filter {
      // A database stays where it is: a daemon that was not reloaded yet may still ask it.
      $0.before != $0.after && ($0.storage == .file || $0.after != nil)
    }
    var targets: [String: String] = [:]
    for change in changes {
      for path in [change.path] + change.indexes.map({ change.path + $0.suffix }) {
        // Without a link to follow, reading the file that is there fails where it is one.
        targets[path] =
          change.followsLink
          ? try targetPath(path) : join(try targetPath(FileReader.directory(of: path)), baseName(of: path))
      }
    }
    // There a name may lead to any open file of this process.
    if let file = targets.values.first(where: { KernelFiles.have(FileReader.directory(of: $0)) }) {
      throw .notRegular(file)
    }
    // A database is in a directory of another user, on purpose: its rows are written as that user.
    let databases = Set(changes.filter { $0.storage == .database }.map(\.path))
    open = try OpenDirectories(
      [directory] + targets.filter { !databases.contains($0.key) }.values.map(FileReader.directory(of:)))
    // Root writes them as the users whose directories they are in, and main.cf says which these are.
    if geteuid() == 0, !databases.isEmpty, let found = foreignAuthor(of: join(directory, "main.cf")) {
      throw .foreignAuthor(directory, found.path, found.reason)
    }
    var found: [File] = []
    var changed: [String] = []
    var seen: Set<String> = []
    for change in changes {
      let target = targets[change.path, default: change.path]
      if !seen.insert(target).inserted { throw .namedTwice(change.path) }
      let old = try FileSnapshot.read(target, change.storage, in: open)
      if old?.bytes != change.before { changed.append(change.path) }
      // The configuration may be named through a symbolic link; only the last step counts as a name here.
      let named = join(try realPath(FileReader.directory(of: change.path)), baseName(of: change.path))
      found.append(
        File(
          change: change, named: named, target: target, rank: Rank(named, in: directory), old: old,
          likeness: likeness[change.path],
          rows: change.storage == .file
            ? nil
            : RowChange(
              from: old?.bytes, to: change.after ?? [], author: author, summary: set.summary)))
    }
    if !changed.isEmpty { throw .conflict(changed) }
    files = found.sorted { ($0.rank.rawValue, $0.named) < ($1.rank.rawValue, $1.named) }
    indexes = []
    for (number, file) in files.enumerated() {
      for type in file.change.indexes {
        let target = targets[file.change.path + type.suffix, default: file.change.path + type.suffix]
        // hash and btree share a name: the first that is asked for is built.
        if !seen.insert(target).inserted { continue }
        let old = try open.name(target).withRegularFile { descriptor, status throws(WriteError) in
          let extended = extendedAttributes(descriptor.descriptor)
          return (attributes: FileAttributes(status, extended: extended), stamp: FileStamp(status))
        }
        indexes.append(
          Index(type: type, source: file.change.path, file: number, target: target, old: old))
      }
    }
  }

  /// The files that postconf(1) may edit too. It locks the name in the directory, also where that is a symbolic link.
  private var editorLocks: [String] { files.filter { $0.rank != .other }.map(\.named) }

  /// The journal of this plan. Each index comes before its source: a source that is newer than its index
  /// makes Postfix complain.
  func journal(history: History.Step) -> Journal {
    let token = Journal.newToken()
    func entry(_ target: String, isRemoval: Bool, old: FileStamp?, rows: RowChange? = nil) -> Journal.Entry {
      Journal.Entry(
        target: target, change: isRemoval ? .remove : old == nil ? .make : .replace, token: token,
        oldStamp: old, rows: rows)
    }
    var entries: [Journal.Entry] = []
    for (number, file) in files.enumerated() {
      let isRemoval = file.change.after == nil
      for index in indexes where index.file == number && (!isRemoval || index.old != nil) {
        entries.append(entry(index.target, isRemoval: isRemoval, old: index.old?.stamp))
      }
      entries.append(entry(file.target, isRemoval: isRemoval, old: file.old?.stamp, rows: file.rows))
    }
    return Journal(
      token: token, directories: open.identities, entries: entries, editorLocks: editorLocks, history: history
    )
  }
}
