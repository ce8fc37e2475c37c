// What an interrupted write has come to: finished or taken back; or, where we may not write, which files
// hold what that would give.

import Glibc
import PostfixFiles

/// What `recover` found and did.
public enum Recovery: Hashable, Sendable {
  /// No write was interrupted.
  case nothing
  /// The interrupted write was finished; the files of it.
  case finished([String])
  /// The interrupted write was taken back; the files of it.
  case takenBack([String])
  /// We may not write there: read the files as `outcome` says.
  case unfinished(Outcome)
  /// Somebody else's journal, which is not gone by: the files are read as they are.
  case strangers(String)

  /// The line for stderr; nil where there is nothing to say.
  public var description: String? {
    switch self {
    case .nothing: nil
    case .finished(let files): "finished an interrupted write: \(files.joined(separator: ", "))"
    case .takenBack(let files): "took back an interrupted write: \(files.joined(separator: ", "))"
    case .unfinished(let outcome):
      "a write was interrupted and may not be \(outcome.isFinished ? "finished" : "taken back") by this "
        + "user; the files are read as that would leave them"
    case .strangers(let journal):
      "\(journal) is somebody else's and is not gone by; the files are read as they are"
    }
  }
}

/// What finishing or taking back an interrupted write would give.
public struct Outcome: Hashable, Sendable {
  public enum Contents: Hashable, Sendable {
    /// The file's contents are in this other file.
    case inFile(String)
    /// There would be no such file.
    case absent
  }

  /// Whether the write would be finished; otherwise it would be taken back.
  public let isFinished: Bool
  /// By real path. Whatever is not named here is right as it is.
  public let contents: [String: Contents]

  /// The file to read for `path`, symbolic links followed; nil where there would be none.
  public func fileToRead(for path: String) -> String? {
    guard let target = try? targetPath(path) else { return path }
    switch contents[target] {
    case .inFile(let other): return other
    case .absent: return nil
    case nil: return path
    }
  }
}

extension Journal {
  /// Whether finishing is possible: nobody has touched what is still to be replaced.
  var canFinish: Bool {
    phase == .commit && entries.allSatisfy { $0.isApplied || $0.isUntouched }
  }

  var outcome: Outcome {
    var contents: [String: Outcome.Contents] = [:]
    if canFinish {
      for entry in entries where !entry.isApplied {
        contents[entry.target] = entry.staged.map { .inFile($0) } ?? .absent
      }
    } else if phase != .prepare {
      for entry in entries where entry.isApplied {
        if entry.staged != nil, FileStamp.ofName(entry.target) != entry.stagedStamp { continue }
        guard let kept = entry.kept else {
          contents[entry.target] = .absent
          continue
        }
        if exists(kept) { contents[entry.target] = .inFile(kept) }
      }
    }
    return Outcome(isFinished: canFinish, contents: contents)
  }

  /// Finishes or takes back what this journal tells of.
  mutating func settle(in directory: String, door: some Door) throws(WriteError) -> Recovery {
    let files = entries.map(\.target)
    if canFinish {
      try apply(door: door)
      try clear(in: directory, held: [], door: door)
      return .finished(files)
    }
    if phase == .commit {
      phase = .revert
      try save(in: directory, door: door)
    }
    try takeBack(in: directory, held: [], door: door)
    return .takenBack(files)
  }
}
