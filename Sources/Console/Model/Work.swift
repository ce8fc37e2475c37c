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
  case replay

  /// While it lasts.
  var ongoing: String {
    switch self {
    case .check: "checking for new errors before the write; Esc stops it"
    case .write: "writing"
    case .previewUndo: "looking up the last write"
    case .undo: "taking back"
    case .replay: "making the edits on the text as it is now"
    }
  }

  /// Why a key does nothing meanwhile.
  var whyWait: String {
    switch self {
    case .check: "still checking; Esc stops it"
    default: "still \(ongoing)"
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
    isLeaving = false
    notice = Notice(text: work.ongoing, role: .info)
  }
}
