// What takes a moment and is done on a thread: while it lasts, nothing else is begun.

/// Work on the files on disk, or a check before it.
enum Work: Hashable, Sendable {
  /// The new findings of the edits, before the question about a write.
  case check
  /// The files as people know them, and whether Postfix still has to be reloaded then.
  case write(String, awaitsReload: Bool = false)
  /// Taking the last write back; first only a look at what that would change.
  case previewUndo
  case undo(String, awaitsReload: Bool = false)
  /// Making the edits on another text.
  ///
  /// - Parameter isOfFile: whether they are taken out of the file of a console that is gone: that is not stopped half-way.
  case replay(isOfFile: Bool = false)

  /// While it lasts.
  var ongoing: String {
    switch self {
    case .check: "checking for new errors before the write; Esc stops it"
    case .write: "writing"
    case .previewUndo: "looking up the write; Esc stops it"
    case .undo: "taking back"
    case .replay(let isOfFile):
      "making the edits on the text as it is now" + (isOfFile ? "" : "; Esc stops it")
    }
  }

  /// Why a key does nothing meanwhile.
  var whyWait: String {
    switch self {
    case .check: "still checking; Esc stops it"
    default: "still \(ongoing)"
    }
  }

  /// Whether it can be left at any moment: nothing is written by it.
  var canBeStopped: Bool {
    switch self {
    case .check, .previewUndo, .replay(isOfFile: false): true
    case .write, .undo, .replay(isOfFile: true): false
    }
  }

  /// Once it is done.
  var done: String {
    switch self {
    case .check: "checked"
    case .write(let files, _): "written: \(files)"
    case .previewUndo: "looked up"
    case .undo(let files, _): "taken back: \(files)"
    case .replay: "made again"
    }
  }

  /// Whether what was written is not in force yet.
  var awaitsReload: Bool {
    switch self {
    case .write(_, let awaits), .undo(_, let awaits): awaits
    case .check, .previewUndo, .replay: false
    }
  }
}

/// One line that says what a key has done.
struct Notice: Hashable, Sendable {
  var text: String
  var role: Role
}

extension Model {
  /// Nothing else is begun until the answer to this is in.
  mutating func begin(_ work: Work) {
    self.work = work
    works += 1
    isLeaving = false
    notice = Notice(text: work.ongoing, role: .info)
  }

  /// Leaves everything as it is. What a thread still finds of a check is kept for the next `w`, and of all else dropped.
  mutating func stopWork() {
    let stopped = work
    work = nil
    // What answers to it later is an answer to nothing.
    works += 1
    if case .replay = stopped { waitingConfig = replayedOn }
    replayedOn = nil
    notice =
      switch stopped {
      case .check: Notice(text: "the check is stopped; nothing is written", role: .dim)
      case .replay: Notice(text: "stopped: the edits are as they were", role: .dim)
      default: Notice(text: "stopped: nothing is taken back", role: .dim)
      }
  }
}
