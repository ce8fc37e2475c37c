// One write, from the journal's first word to its last. The caller holds the lock on the directory and has
// made sure that no earlier write was interrupted.

import CLinux
import Glibc
import PostfixFiles
import PostfixTools

struct Transaction {
  let plan: Plan
  let store: JournalStore
  let fileSystem: any FileSystem
  let tools: PostfixCommands
  let lock: DirectoryLock
  let patience: Duration
  var journal: Journal
  /// Locks of Postfix's editors that the caller holds already, and releases.
  var held: [PostconfLock] = []
  /// Those of Postfix's editors: held from before the last look at the disk until everything is cleared.
  var locks: [PostconfLock] = []
  var result = WriteResult()

  init(
    _ plan: Plan, history: History.Step, store: JournalStore, fileSystem: any FileSystem,
    tools: PostfixCommands,
    lock: DirectoryLock, patience: Duration
  ) {
    self.plan = plan
    self.store = store
    self.fileSystem = fileSystem
    self.tools = tools
    self.lock = lock
    self.patience = patience
    journal = plan.journal(history: history)
  }

  /// Does it all, or puts everything back. `stageHistory` makes the step of the history ready.
  mutating func run(stageHistory: () throws(WriteError) -> Void) throws(WriteError) -> WriteResult {
    do {
      try store.save(journal, fileSystem: fileSystem)
    } catch {
      try putBack(after: error)
    }
    defer { for lock in locks { lock.release() } }
    do {
      for file in journal.editorLocks {
        let name = try plan.open.name(PostconfLock.path(for: file))
        if held.contains(where: { $0.name.path == name.path }) { continue }
        locks.append(try PostconfLock.take(name, fileSystem: fileSystem, patience: patience))
      }
      try stageHistory()
      try stageFiles()
      try stageIndexes()
      try recordStaged()
      try plan.open.synchronize(fileSystem)
      journal.phase = .commit
      try store.save(journal, fileSystem: fileSystem)
      try journal.apply(plan.open, store, fileSystem: fileSystem)
    } catch {
      try putBack(after: error)
    }
    result.files = journal.files
    // The write counts from here on; what is left is to tidy up, and a failure of that is no failure of it.
    do {
      try journal.clear(plan.open, store, held: (held + locks).map(\.name.path), fileSystem: fileSystem)
    } catch {
      result.leftBehind = error
    }
    return result
  }

  private mutating func putBack(after error: WriteError) throws(WriteError) -> Never {
    let isSaved: Bool
    do throws(WriteError) { isSaved = try store.isThere() } catch let second {
      throw .interrupted(error, second)
    }
    if !isSaved { throw error }
    do throws(WriteError) {
      // Where it could not be said on disk that the files may be put in place, none was: on a full disk only names go then.
      if journal.phase == .commit, try store.load()?.phase == .prepare { journal.phase = .prepare }
      if journal.phase == .commit {
        // A journal that says "commit" would be finished by the next recovery: it must not outlive this.
        journal.phase = .revert
        try store.save(journal, fileSystem: fileSystem)
      }
      try journal.takeBack(plan.open, store, held: (held + locks).map(\.name.path), fileSystem: fileSystem)
    } catch let second {
      throw .interrupted(error, second)
    }
    throw error
  }

  private mutating func stageFiles() throws(WriteError) {
    for file in plan.files {
      guard let number = journal.entries.firstIndex(where: { $0.target == file.target }) else { continue }
      try keep(number, file.old?.attributes) { () throws(WriteError) in file.old?.bytes ?? [] }
      if let old = file.old, old.linkCount > 1 { result.losses.append(.hardLink(file.change.path)) }
      guard let staged = journal.entries[number].staged, let after = file.change.after else { continue }
      result.losses += try fileSystem.writeNew(
        plan.open.name(staged), after, file.attributes, standingFor: file.change.path)
    }
  }

  /// Keeps the old file under a second name: a hard link, so that nothing of it can be lost. Where that is
  /// not possible (a file system without links, a file that is not ours) a copy does.
  private mutating func keep(
    _ number: Int, _ attributes: FileAttributes?, bytes: () throws(WriteError) -> [UInt8]
  ) throws(WriteError) {
    let entry = journal.entries[number]
    guard let attributes, let kept = try entry.kept.map(plan.open.name) else { return }
    let target = try plan.open.name(entry.target)
    do {
      try fileSystem.perform(.link(from: target, to: kept))
    } catch  where [EPERM, ENOTSUP, EMLINK, ENOSYS].contains(error.number) {
      _ = try fileSystem.writeNew(kept, try bytes(), attributes, standingFor: entry.target)
    } catch {
      throw .system(error)
    }
    journal.entries[number].oldDigest = try Digest(of: kept)
  }

  private mutating func stageIndexes() throws(WriteError) {
    if plan.indexes.isEmpty { return }
    let workshop = store.buildDirectory(journal.token)
    try fileSystem.act(.makeDirectory(Name(workshop), mode: 0o700))
    for index in plan.indexes {
      guard let number = journal.entries.firstIndex(where: { $0.target == index.target }) else { continue }
      let file = plan.files[index.file]
      if let after = file.change.after, let staged = journal.entries[number].staged {
        let source = join(workshop, String(number))
        if let missing = try build(index, after, from: source) {
          result.unbuilt.append(UnbuiltIndex(type: index.type, source: index.source, reason: missing))
          journal.entries.remove(at: number)
          continue
        }
        let attributes = index.old?.attributes ?? file.attributes
        result.losses += try fileSystem.copyNew(
          plan.open.name(staged), from: Name(source + index.type.suffix), attributes,
          standingFor: index.target)
      }
      let target = try plan.open.name(index.target)
      try keep(number, index.old?.attributes) { () throws(WriteError) in
        try FileSnapshot.read(target)?.bytes ?? []
      }
    }
  }

  /// Builds one index beside `source`, in a directory that only we can put names into; the reason where this machine has
  /// no postmap for it.
  private func build(
    _ index: Plan.Index, _ bytes: [UInt8], from source: String
  ) throws(WriteError) -> ToolError? {
    if tools.path(of: .postmap) == nil { return .notInstalled(.postmap) }
    _ = try fileSystem.writeNew(Name(source), bytes, .ours(mode: 0o600), standingFor: source)
    let hasMain = try plan.open.name(join(plan.directory, "main.cf")).exists()
    do {
      try tools.buildIndex(
        type: index.type.rawValue, source: source, configDirectory: hasMain ? plan.directory : nil,
        inheriting: lock.descriptor)
    } catch {
      if case .failed(_, _, let words) = error, words.contains("unsupported dictionary type") { return error }
      throw .index(source: index.source, error)
    }
    return nil
  }

  private mutating func recordStaged() throws(WriteError) {
    for number in journal.entries.indices {
      guard let staged = try journal.entries[number].staged.map(plan.open.name) else { continue }
      guard let stamp = try staged.stamp() else { throw .system(SystemError("stat", staged.path, ENOENT)) }
      journal.entries[number].newStamp = stamp
      journal.entries[number].newDigest = try Digest(of: staged)
    }
  }
}
