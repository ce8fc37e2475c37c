// What other modules call to write a change, and to settle a write that was interrupted.

import Glibc
import PostfixFiles
import PostfixTools

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
  func locked<Result>(
    _ directory: String, _ body: (JournalStore, DirectoryLock) throws(WriteError) -> Result
  ) throws(WriteError) -> Result {
    let real = try realPath(directory)
    let lock = try DirectoryLock.take(real, state: state, fileSystem: fileSystem, patience: patience)
    defer { lock.release() }
    let store = try journalStore(real)
    if let journal = try store.load() { throw .unsettled(journal.files) }
    return try body(store, lock)
  }
}
