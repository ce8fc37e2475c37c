// The steps that a journal stands for: put in place, take back, clear away. The write itself takes them, and
// so does the next start after an interruption; so each can be taken again from wherever it was left.

import PostfixFiles

extension Journal {
  /// Puts everything in place. A file that somebody else has changed meanwhile stops it.
  func apply(door: some Door) throws(WriteError) {
    for entry in entries where !entry.isApplied {
      if !entry.isUntouched { throw .conflict([entry.target]) }
      if let staged = entry.staged {
        try door.act(.rename(from: staged, to: entry.target))
      } else {
        try door.act(.remove(entry.target))
      }
    }
    for directory in directories { try door.synchronizeDirectory(directory) }
    try History.adopt(history, door: door)
  }

  /// Takes back what was put in place, then clears everything away, the journal last. What somebody else has
  /// changed since is left as it is.
  mutating func takeBack(in directory: String, held: [String], door: some Door) throws(WriteError) {
    if phase == .revert {
      for entry in entries.reversed() where entry.isApplied { try restore(entry, door: door) }
      for directory in directories { try door.synchronizeDirectory(directory) }
      try History.withdraw(history, door: door)
      phase = .prepare
      try save(in: directory, door: door)
    }
    try door.removeTree(history.from)
    try clear(in: directory, held: held, door: door)
  }

  private func restore(_ entry: Entry, door: some Door) throws(WriteError) {
    if entry.staged != nil, FileStamp.ofName(entry.target) != entry.stagedStamp { return }
    if let kept = entry.kept {
      if exists(kept) { try door.act(.rename(from: kept, to: entry.target)) }
    } else {
      try door.act(.remove(entry.target))
    }
  }

  /// Removes all names of ours, and then the journal, which knows them.
  ///
  /// - Parameter held: the locks of Postfix's editors that this process holds: it may remove them.
  func clear(in directory: String, held: [String], door: some Door) throws(WriteError) {
    for entry in entries {
      for path in [entry.staged, entry.kept] {
        if let path { try door.removeIfThere(path) }
      }
    }
    for path in scaffolding { try door.removeIfThere(path) }
    for path in locks {
      if held.contains(path) {
        try door.removeIfThere(path)
      } else {
        try PostconfLock.clear(path, door: door)
      }
    }
    for directory in directories { try door.synchronizeDirectory(directory) }
    try Journal.clearUnfinished(in: directory, door: door)
    try door.removeIfThere(Journal.path(in: directory))
    try door.synchronizeDirectory(directory)
  }
}
