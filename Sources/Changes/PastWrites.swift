// What other modules call of the history of writes: list them, show one, and take one back.

import PostfixFiles

/// What a file held at an earlier time; nil where there was none.
package struct EarlierFile: Sendable {
  package let path: String
  package let bytes: [UInt8]?
  package let storage: Storage
}

extension Writer {
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
    var isBack = false
    var likeness: [String: FileAttributes] = [:]
    for (index, file) in write.files.enumerated() where !file.staysWithItsRows {
      let target = try targetPath(file.path)
      let now = try FileSnapshot.read(target, file.storage)
      var old = file.old == nil ? nil : try history.oldContents(write, index)
      if now.map({ Digest($0.bytes) }) != file.after {
        // Somebody has put it back already.
        if now?.bytes == old {
          isBack = true
          continue
        }
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
    if changes.isEmpty, isBack { throw .nothingLeft(write.number) }
    let set = ChangeSet(directory: directory, changes: changes, summary: "undo: \(write.summary)")
    if !merged.isEmpty, !merging { throw .editedSince(merged, set) }
    return (set, write.number, likeness)
  }
}
