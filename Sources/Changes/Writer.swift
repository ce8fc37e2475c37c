// What other modules call: write a change, take the last one back, list them, and settle a write that was interrupted.

import Glibc
import PostfixFiles
import PostfixTools

/// What a file held at an earlier time; nil where there was none.
package struct EarlierFile: Sendable {
  package let path: String
  package let bytes: [UInt8]?
  package let storage: Storage
}

/// Writes changes, all or nothing, and keeps their history.
package struct Writer: Sendable {
  package var state: StateDirectory
  package var author: Author
  package var tools: PostfixCommands
  package var fileSystem: any FileSystem
  /// How long to wait for another program that is writing.
  package var patience: Duration
  /// Seconds since 1970; a test turns this clock.
  package var clock: @Sendable () -> Int64

  package init(
    state: StateDirectory = .standard(), author: Author, tools: PostfixCommands = PostfixCommands(),
    fileSystem: any FileSystem = RealFileSystem(), patience: Duration = .seconds(10),
    clock: @escaping @Sendable () -> Int64 = { Int64(time(nil)) }
  ) {
    self.state = state
    self.author = author
    self.tools = tools
    self.fileSystem = fileSystem
    self.patience = patience
    self.clock = clock
  }

  /// A write of `directory` that was interrupted, for a command that only reads: nothing is changed, and a lock is
  /// waited for no longer than a moment. Where none was interrupted it costs two system calls.
  package func interruption(of directory: String) throws(WriteError) -> Interruption? {
    let store = try journalStore(try realPath(directory))
    if try !store.isThere() { return nil }
    // A write that goes on is nearly always over in this time, and then there is no journal any more.
    let isGoingOn = DirectoryLock.isHeld(store.directory.path, patience: .milliseconds(200))
    guard let journal = try store.load() else { return nil }
    let outcome = try journal.outcome(journal.opened(store))
    return Interruption(outcome: outcome, files: journal.files, isGoingOn: isGoingOn)
  }

  /// Finishes or takes back a write that was interrupted.
  ///
  /// - Parameter announce: is told what will be done, in words, before it is done.
  package func recover(
    _ directory: String, announce: (String) -> Void = { _ in }
  ) throws(WriteError) -> Recovery {
    let store = try journalStore(try realPath(directory))
    if try !store.isThere() { return .nothing }
    // A write that is going on now looks the same: wait for its end.
    let lock = try DirectoryLock.take(
      store.directory.path, state: state, fileSystem: fileSystem, patience: patience)
    defer { lock.release() }
    guard var journal = try store.load() else { return .nothing }
    let open = try journal.opened(store)
    let isFinished = try journal.canFinish(open)
    announce(
      """
      a write was interrupted: \(isFinished ? "finishing it" : "taking it back"): \
      \(journal.files.joined(separator: ", "))
      """)
    return try journal.settle(open, store, fileSystem: fileSystem)
  }

  /// Writes every file of `set`, or none. A change without a difference writes nothing.
  package func write(_ set: ChangeSet) throws(WriteError) -> WriteResult {
    try locked(set.directory) { (store, lock) throws(WriteError) in try write(set, store, lock) }
  }

  /// Writes what `change` makes while neither another randmap nor postconf(1) can write: where a file had changed after it
  /// was read, it is read and edited again here.
  ///
  /// - Parameter change: nil writes nothing.
  package func write(
    _ directory: String, making change: () -> ChangeSet?
  ) throws(WriteError) -> WriteResult? {
    try locked(directory) { (store, lock) throws(WriteError) in
      let open = try OpenDirectories([store.directory.path])
      let name = try open.name(PostconfLock.path(for: join(store.directory.path, "main.cf")))
      let main = try PostconfLock.take(name, fileSystem: fileSystem, patience: patience)
      defer { main.release() }
      do throws(WriteError) {
        let result = try change().map { (set) throws(WriteError) in
          try write(set, store, lock, holding: [main])
        }
        try fileSystem.removeIfThere(name)
        return result
      } catch {
        try? fileSystem.removeIfThere(name)
        throw error
      }
    }
  }

  private func write(
    _ set: ChangeSet, _ store: JournalStore, _ lock: DirectoryLock, holding held: [PostconfLock] = []
  ) throws(WriteError) -> WriteResult {
    let plan = try Plan(set, directory: store.directory.path, likeness: [:], author: author.user)
    if plan.files.isEmpty { return WriteResult() }
    // A directory that others may write is named before the one of the state.
    _ = try OpenDirectories([store.directory.path])
    let history = store.history
    let number = try history.nextNumber()
    let record = LoggedWrite(
      number: number, time: clock(), user: author.user, sudoUser: author.sudoUser,
      command: author.command, summary: set.summary,
      files: plan.files.map { LoggedWrite.LoggedFile($0, in: store.directory.path) },
      place: history.here)
    let step = History.Step.add(number)
    var transaction = Transaction(
      plan, history: step, store: store, fileSystem: fileSystem, tools: tools, lock: lock, patience: patience)
    transaction.held = held
    var result = try transaction.run { () throws(WriteError) in
      try history.stage(
        record, old: plan.files.map(\.old), new: plan.files.map(\.change.after), at: history.move(step).from,
        fileSystem: fileSystem)
    }
    result.number = number
    do throws(WriteError) {
      try history.forget(repeatedBy: record, fileSystem: fileSystem)
    } catch {
      result.leftBehind = result.leftBehind ?? error
    }
    result.leftBehind = result.leftBehind ?? prune(history)
    return result
  }

  /// All writes to `directory` that are remembered, the oldest first, those that were taken back included.
  package func log(_ directory: String) throws(WriteError) -> [LoggedWrite] {
    try history(try realPath(directory)).list()
  }

  /// The directories of writes that `log` leaves out, because their record is damaged.
  package func damagedRecords(_ directory: String) throws(WriteError) -> [String] {
    history(try realPath(directory)).damaged().map(\.path)
  }

  /// What `undo` would do now: the last write that stands, or the one of that number, turned round.
  ///
  /// - Parameter anyDirectory: also where another directory is at this path than the one that was written.
  package func undoing(
    _ directory: String, number: Int? = nil, merging: Bool = false, anyDirectory: Bool = false
  ) throws(WriteError) -> ChangeSet {
    let real = try realPath(directory)
    return try turnedRound(
      history(real), directory: directory, number: number, merging: merging, anyDirectory: anyDirectory
    ).set
  }

  /// What a write was: the change of each file. Contents that nothing remembers are left out: their paths come second.
  ///
  /// - Parameter number: nil: the last write.
  package func written(
    _ directory: String, number: Int?
  ) throws(WriteError) -> (diffs: [FileDiff], forgotten: [String]) {
    let history = history(try realPath(directory))
    let writes = try history.list()
    guard let write = number.map({ number in writes.first { $0.number == number } }) ?? writes.last else {
      throw number.map { .noSuchWrite($0, isUndone: false) } ?? .nothingToUndo(directory: directory)
    }
    var diffs: [FileDiff] = []
    var forgotten: [String] = []
    for (index, file) in write.files.enumerated() {
      let old = file.old == nil ? nil : try history.oldContents(write, index)
      if file.after == nil {
        diffs.append(FileDiff(path: file.path, before: old, after: nil))
      } else if let after = try contents(left: write, index, writes, history) {
        diffs.append(FileDiff(path: file.path, before: old, after: after))
      } else {
        forgotten.append(file.path)
      }
    }
    return (diffs, forgotten)
  }

  /// What the files of later writes held when the write of that number had been made.
  package func contents(_ directory: String, after number: Int) throws(WriteError) -> [EarlierFile] {
    let history = history(try realPath(directory))
    var seen: Set<String> = []
    var found: [EarlierFile] = []
    for write in try history.list() where write.number > number {
      for (index, file) in write.files.enumerated() where seen.insert(file.path).inserted {
        let bytes = file.old == nil ? nil : try history.oldContents(write, index)
        found.append(EarlierFile(path: file.path, bytes: bytes, storage: file.storage))
      }
    }
    return found
  }

  /// What a write has left of a file: as it is now, as a later write found it, or as it is kept. Nil in older records,
  /// where others changed it in between.
  func contents(
    left write: LoggedWrite, _ index: Int, _ writes: [LoggedWrite], _ history: History
  ) throws(WriteError) -> [UInt8]? {
    let file = write.files[index]
    guard let digest = file.after else { return nil }
    if let now = try FileSnapshot.read(try targetPath(file.path), file.storage), Digest(now.bytes) == digest {
      return now.bytes
    }
    if let kept = try history.newContents(write, index), Digest(kept) == digest { return kept }
    for later in writes where later.number != write.number {
      for (place, other) in later.files.enumerated() where other.path == file.path && other.old != nil {
        let bytes = try history.oldContents(later, place)
        if Digest(bytes) == digest { return bytes }
      }
    }
    return nil
  }

  /// Takes the last write back that was not taken back yet. Refused as a conflict where a file of it has
  /// changed since.
  ///
  /// - Parameters:
  ///   - preview: what `undoing` said; where it is no longer that, another write came in between, and that is a conflict too.
  ///   - anyDirectory: as `undoing` has it.
  ///   - why: for the history, and for the revisions of a database.
  package func undo(
    _ directory: String, number: Int? = nil, merging: Bool = false, anyDirectory: Bool = false,
    expecting preview: ChangeSet? = nil, why: String? = nil
  ) throws(WriteError) -> (set: ChangeSet, result: WriteResult) {
    try locked(directory) { (store, lock) throws(WriteError) in
      let history = store.history
      var turned = try turnedRound(
        history, directory: directory, number: number, merging: merging, anyDirectory: anyDirectory)
      if let preview, preview != turned.set { throw .conflict(turned.set.changes.map(\.path)) }
      if let why { turned.set.summary += ": \(why)" }
      let plan = try Plan(
        turned.set, directory: store.directory.path, likeness: turned.likeness, author: author.user)
      let step = History.Step.markUndone(turned.number)
      let undone = LoggedWrite.Undone(
        time: clock(), user: author.user, sudoUser: author.sudoUser, command: author.command, why: why)
      var transaction = Transaction(
        plan, history: step, store: store, fileSystem: fileSystem, tools: tools, lock: lock,
        patience: patience)
      let result = try transaction.run { () throws(WriteError) in
        try history.stage(undone, at: history.move(step).from, fileSystem: fileSystem)
      }
      return (turned.set, result)
    }
  }

  // MARK: -

  /// Old writes that cannot be removed are no failure of the new one.
  private func prune(_ history: History) -> WriteError? {
    do {
      try history.prune(now: clock(), fileSystem: fileSystem)
      return nil
    } catch {
      return error
    }
  }

  func history(_ real: String) -> History { History(directory: state.directory(for: real), of: real) }

  private func journalStore(_ real: String) throws(WriteError) -> JournalStore {
    guard let directory = DirectoryIdentity(real) else { throw .system(SystemError("open", real, ENOTDIR)) }
    return JournalStore(directory, in: state)
  }

  /// Holds the lock of `directory` for `body`. An interrupted write is not settled by the way: who writes goes by what was
  /// read before, and has to be told what became of it.
  private func locked<Result>(
    _ directory: String, _ body: (JournalStore, DirectoryLock) throws(WriteError) -> Result
  ) throws(WriteError) -> Result {
    let real = try realPath(directory)
    let lock = try DirectoryLock.take(real, state: state, fileSystem: fileSystem, patience: patience)
    defer { lock.release() }
    let store = try journalStore(real)
    if let journal = try store.load() { throw .unsettled(journal.files) }
    return try body(store, lock)
  }

  private func turnedRound(
    _ history: History, directory: String, number: Int?, merging: Bool, anyDirectory: Bool
  ) throws(WriteError) -> (set: ChangeSet, number: Int, likeness: [String: FileAttributes]) {
    let writes = try history.list()
    let write = try history.write(number, among: writes)
    if write.undone != nil { throw .noSuchWrite(write.number, isUndone: true) }
    // What is kept of it may not be for who owns this directory.
    if write.otherDirectory == true, !anyDirectory {
      throw .otherDirectory(write.number, write.otherPath ?? directory)
    }
    var merged: [String] = []
    var changes: [FileChange] = []
    var changed: [String] = []
    var likeness: [String: FileAttributes] = [:]
    for (index, file) in write.files.enumerated() where !file.staysWithItsRows {
      let target = try targetPath(file.path)
      let now = try FileSnapshot.read(target, file.storage)
      var old = file.old == nil ? nil : try history.oldContents(write, index)
      if now.map({ Digest($0.bytes) }) != file.after {
        // Of a file that the write made, what others put into it stays.
        if let now, let base = try contents(left: write, index, writes, history),
          let both = Merge.merged(base: base, now: now.bytes, wanted: old ?? [])
        {
          old = file.old == nil && both.isEmpty ? nil : both
          merged.append(file.path)
        } else {
          changed.append(file.path)
        }
      }
      if let owned = file.old {
        likeness[file.path] = FileAttributes(
          mode: owned.mode, user: owned.user, group: owned.group, extended: owned.extended ?? [:])
      }
      changes.append(
        FileChange(
          path: file.path, before: now?.bytes, after: old, indexes: file.indexes, storage: file.storage))
    }
    if !changed.isEmpty { throw .conflict(changed) }
    let set = ChangeSet(directory: directory, changes: changes, summary: "undo: \(write.summary)")
    if !merged.isEmpty, !merging { throw .editedSince(merged, set) }
    return (set, write.number, likeness)
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
