// One write, from the journal's first word to its last. The caller holds the lock on the directory and has
// seen to an earlier interruption.

import CLinux
import Glibc
import PostfixFiles
import PostfixTools

struct Transaction {
  let plan: Plan
  let door: any Door
  let tools: PostfixTools
  let lock: DirectoryLock
  let patience: Duration
  var journal: Journal
  /// Those of Postfix's editors: held from before the last look at the disk until everything is cleared.
  var locks: [PostconfLock] = []
  var result = WriteResult()

  init(
    _ plan: Plan, history: Journal.Move, door: any Door, tools: PostfixTools, lock: DirectoryLock,
    patience: Duration
  ) {
    self.plan = plan
    self.door = door
    self.tools = tools
    self.lock = lock
    self.patience = patience
    journal = plan.journal(history: history)
  }

  /// Does it all, or puts everything back. `stageHistory` makes the step of the history ready.
  mutating func run(stageHistory: () throws(WriteError) -> Void) throws(WriteError) -> WriteResult {
    try refuseOccupiedNames()
    do {
      try journal.save(in: plan.directory, door: door)
    } catch {
      try putBack(after: error)
    }
    defer { for lock in locks { lock.release() } }
    do {
      for path in journal.locks {
        locks.append(try PostconfLock.take(path, door: door, patience: patience))
      }
      try stageHistory()
      try stageFiles()
      try stageIndexes()
      try recordStamps()
      for directory in journal.directories { try door.synchronizeDirectory(directory) }
      journal.phase = .commit
      try journal.save(in: plan.directory, door: door)
      try journal.apply(door: door)
    } catch {
      try putBack(after: error)
    }
    result.files = journal.entries.map(\.target)
    // The write counts from here on; what is left is to tidy up, and a failure of that is no failure of it.
    do {
      try journal.clear(in: plan.directory, held: locks.map(\.path), door: door)
    } catch {
      result.leftBehind = error
    }
    return result
  }

  private mutating func putBack(after error: WriteError) throws(WriteError) -> Never {
    if !Journal.isThere(in: plan.directory) { throw error }
    do {
      if journal.phase == .commit {
        journal.phase = .revert
        // A journal that says "commit" would be finished by the next start: it must not outlive this.
        try Journal.clearUnfinished(in: plan.directory, door: door)
        try journal.save(in: plan.directory, door: door)
      }
      try journal.takeBack(in: plan.directory, held: locks.map(\.path), door: door)
    } catch let second {
      throw .interrupted(error, second)
    }
    throw error
  }

  /// Clearing up removes these names, so they must be nobody's.
  private func refuseOccupiedNames() throws(WriteError) {
    for entry in journal.entries {
      for path in [entry.staged, entry.kept] {
        if let path, exists(path) { throw .inTheWay(path) }
      }
    }
    for path in journal.scaffolding where exists(path) { throw .inTheWay(path) }
  }

  private mutating func stageFiles() throws(WriteError) {
    for file in plan.files {
      guard let number = journal.entries.firstIndex(where: { $0.target == file.target }) else { continue }
      let entry = journal.entries[number]
      try keep(entry, file.old?.attributes) { () throws(WriteError) in file.old?.bytes ?? [] }
      if let old = file.old, old.linkCount > 1 { result.losses.append(.hardLink(file.change.path)) }
      guard let staged = entry.staged, let after = file.change.after else { continue }
      result.losses += try door.writeNew(staged, after, file.attributes, standingFor: file.change.path)
    }
  }

  /// Keeps the old file under a second name: a hard link, so that nothing of it can be lost. Where that is
  /// not possible (a file system without links, a file that is not ours) a copy does.
  private func keep(
    _ entry: Journal.Entry, _ attributes: FileAttributes?, bytes: () throws(WriteError) -> [UInt8]
  ) throws(WriteError) {
    guard let kept = entry.kept, let attributes else { return }
    do {
      try door.perform(.link(from: entry.target, to: kept))
    } catch  where [EPERM, ENOTSUP, EMLINK, ENOSYS].contains(error.number) {
      _ = try door.writeNew(kept, try bytes(), attributes, standingFor: entry.target)
    } catch {
      throw .system(error)
    }
  }

  private mutating func stageIndexes() throws(WriteError) {
    for index in plan.indexes {
      guard let number = journal.entries.firstIndex(where: { $0.target == index.target }) else { continue }
      let file = plan.files[index.file]
      if let after = file.change.after, let missing = try build(index, after, like: file.attributes) {
        result.unbuilt.append(UnbuiltIndex(type: index.type, source: index.source, reason: missing))
        journal.entries.remove(at: number)
        continue
      }
      try keep(journal.entries[number], index.old?.attributes) { () throws(WriteError) in
        try FileSnapshot.read(index.target)?.bytes ?? []
      }
    }
  }

  /// Builds one index beside its target; the reason where this machine has no postmap for it.
  private mutating func build(
    _ index: Plan.Index, _ bytes: [UInt8], like attributes: FileAttributes
  ) throws(WriteError) -> ToolError? {
    if tools.path(of: .postmap) == nil { return .notInstalled(.postmap) }
    let isPrivate = onlyWeWrite(in: FileReader.directory(of: index.target))
    let me = FileAttributes(mode: attributes.mode, user: geteuid(), group: getegid())
    // postmap becomes the owner of its source, which is what protects root in a stranger's directory.
    _ = try door.writeNew(
      index.buildSource, bytes, isPrivate ? me : attributes, standingFor: index.buildSource)
    let hasMain = exists(join(plan.directory, "main.cf"))
    do {
      try tools.buildIndex(
        type: index.type.rawValue, source: index.buildSource,
        configDirectory: hasMain ? plan.directory : nil, keepingPrivileges: isPrivate,
        inheriting: lock.descriptor)
    } catch {
      if case .failed(_, _, let words) = error, words.contains("unsupported dictionary type") {
        try door.act(.remove(index.buildSource))
        return error
      }
      throw .index(source: index.source, error)
    }
    try finish(index, like: index.old?.attributes ?? attributes)
    try door.act(.remove(index.buildSource))
    return nil
  }

  /// Gives the fresh index the mode and owner of the old one, and waits until it is on disk.
  private mutating func finish(_ index: Plan.Index, like attributes: FileAttributes) throws(WriteError) {
    let descriptor = open(index.staged, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    if descriptor < 0 { throw .system(SystemError("open", index.staged)) }
    defer { close(descriptor) }
    let file = OpenFile(descriptor, index.staged)
    result.losses += try door.give(attributes, to: file, standingFor: index.target)
    try door.act(.synchronize(file))
  }

  private mutating func recordStamps() throws(WriteError) {
    for number in journal.entries.indices {
      guard let staged = journal.entries[number].staged else { continue }
      guard let stamp = FileStamp.ofName(staged) else { throw .system(SystemError("stat", staged)) }
      journal.entries[number].stagedStamp = stamp
    }
  }
}

/// Whether nobody but us (and root) can make names in a directory.
private func onlyWeWrite(in path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_uid == geteuid() && status.st_mode & 0o022 == 0
}
