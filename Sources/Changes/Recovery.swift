// What an interrupted write has come to: finished or taken back by those who write; for those who read, which files hold
// what that would give.

import Glibc
import PostfixFiles

/// What `recover` did.
package enum Recovery: Hashable, Sendable {
  /// No write was interrupted.
  case nothing
  /// The interrupted write was finished; the files of it.
  case finished([String])
  /// The interrupted write was taken back; the files of it.
  case takenBack([String])

  /// The line for people.
  package var message: String {
    switch self {
    case .nothing: "no write was interrupted: nothing to do"
    case .finished(let files): "finished the interrupted write of \(files.joined(separator: ", "))"
    case .takenBack(let files): "took the interrupted write of \(files.joined(separator: ", ")) back"
    }
  }
}

/// A write that was interrupted, as a command that only reads finds it.
package struct Interruption: Hashable, Sendable {
  /// What settling it would give.
  package let outcome: RecoveryOutcome
  /// The files of that write.
  package let files: [String]
  /// Whether the write goes on at this moment, in another process.
  package let isGoingOn: Bool

  /// The line for people; nil without news.
  package var message: String? {
    if isGoingOn { return nil }
    let databases = outcome.databases.joined(separator: ", ")
    return """
      a write of \(files.joined(separator: ", ")) was interrupted; the files are read as \
      \(outcome.isFinished ? "finishing it" : "taking it back") would leave them; "randmap recover" does that\
      \(databases.isEmpty ? "" : ". The pools in \(databases) are shown as they are now, not as they will be after that")
      """
  }
}

/// What finishing or taking back an interrupted write would give.
package struct RecoveryOutcome: Hashable, Sendable {
  package enum Contents: Hashable, Sendable {
    /// The file's contents are in this other file.
    case inFile(String)
    /// There would be no such file.
    case absent
  }

  /// Whether the write would be finished; otherwise it would be taken back.
  package let isFinished: Bool
  /// By real path. Whatever is not named here is right as it is.
  package let contents: [String: Contents]
  /// Databases whose rows would be others than they are.
  package let databases: [String]

  /// The file to read for `path`, symbolic links followed; nil if it would not exist.
  package func fileToRead(for path: String) -> String? {
    guard let target = try? targetPath(path) else { return path }
    switch contents[target] {
    case .inFile(let other): return other
    case .absent: return nil
    case nil: return path
    }
  }
}

extension Journal {
  var files: [String] { entries.map(\.target) }

  /// Whether finishing is possible: no other program has touched what is still to be replaced.
  func canFinish(_ open: OpenDirectories) throws(WriteError) -> Bool {
    if phase != .commit { return false }
    for entry in entries {
      if try !entry.isApplied(open), try !entry.isReady(open) { return false }
    }
    return true
  }

  func outcome(_ open: OpenDirectories) throws(WriteError) -> RecoveryOutcome {
    var contents: [String: RecoveryOutcome.Contents] = [:]
    var databases: [String] = []
    let isFinished = try canFinish(open)
    if isFinished {
      for entry in entries {
        if try entry.isApplied(open) { continue }
        if entry.rows != nil {
          databases.append(entry.target)
        } else {
          contents[entry.target] = entry.staged.map { .inFile($0) } ?? .absent
        }
      }
    } else if phase != .prepare {
      for entry in entries {
        if try !entry.isApplied(open) { continue }
        if entry.rows != nil {
          databases.append(entry.target)
          continue
        }
        if entry.staged != nil, try open.name(entry.target).stamp() != entry.newStamp { continue }
        guard let kept = entry.kept else {
          contents[entry.target] = .absent
          continue
        }
        if try open.name(kept).exists() { contents[entry.target] = .inFile(kept) }
      }
    }
    return RecoveryOutcome(isFinished: isFinished, contents: contents, databases: databases)
  }

  /// Finishes or takes back what this journal tells of.
  mutating func settle(
    _ open: OpenDirectories, _ store: JournalStore, fileSystem: some FileSystem
  ) throws(WriteError) -> Recovery {
    if try canFinish(open) {
      try apply(open, store, fileSystem: fileSystem)
      try clear(open, store, held: [], fileSystem: fileSystem)
      return .finished(files)
    }
    if phase == .commit {
      phase = .revert
      try store.save(self, fileSystem: fileSystem)
    }
    try takeBack(open, store, held: [], fileSystem: fileSystem)
    return .takenBack(files)
  }
}
