// View 5: what a write would change, as a diff; or what taking a write back would.

import Changes
import Editing
import PostfixFiles

struct ChangesView: View {
  static let title = "Changes"
  static let keys: [Binding] = [.search]
  static let isNarrowed = false

  var selection: Selection?
  var filter: String?
  /// The lines of the diff.
  private(set) var lines: [String] = []
  /// The diff of the edits, kept while another one is shown.
  private var edits = Edits()
  /// Whether the write that may be taken back is shown.
  private var showsUndo = false
  private var questions = Newest<Question>()
  /// Whether the view was in front: before that no history is read.
  private var isWanted = false
  /// Whether there is a write that can be taken back, and after how many writes of this console that was found.
  private(set) var hasWrite = false
  private var historyOf: Int?
  /// The revision that a thread is to compare; nil where the lines are up to date.
  private var missing: Int?
  /// What a key press may compare itself. More than this is compared on a thread.
  private static let fewBytes = 1_000_000

  private enum Question: Hashable, Sendable {
    /// What the edits of a revision change.
    case edits(Int)
    /// Whether anything was written, after so many writes of this console.
    case history(Int)
  }

  /// What the edits of one revision change.
  private struct Edits: Sendable {
    var revision: Int?
    var lines: [String] = []

    init() {}

    init(_ config: MailConfig, _ revision: Int) {
      self.revision = revision
      lines = config.fileDiffs.flatMap { foldingRepetitions(in: config.masked($0).printableLines) }
    }
  }

  var count: Int { lines.count }
  var showsPosition: Bool { false }
  var remark: String? { missing == nil ? nil : "comparing" }

  mutating func refresh(_ facts: Facts, _ dialog: Dialog?) {
    missing = nil
    let (config, revision) = (facts.session.current, facts.session.revision)
    if edits.revision != revision {
      if config.editedDocuments.reduce(0, { $0 + $1.count }) <= Self.fewBytes {
        edits = Edits(config, revision)
        lines = edits.lines
      } else {
        missing = revision
      }
    }
    if let preview = dialog.undo {
      lines = preview.diff
      showsUndo = true
    } else if showsUndo {
      lines = edits.lines
      showsUndo = false
    }
  }

  mutating func appear() {
    // Another program may have written since.
    isWanted = true
    historyOf = nil
    questions.forget()
  }

  mutating func work(_ facts: Facts) -> ViewWork? {
    let isKnown = !isWanted || !lines.isEmpty || historyOf == facts.writes
    let wanted = missing.map { Question.edits($0) } ?? (isKnown ? nil : .history(facts.writes))
    switch questions.start(wanted) {
    case .edits(let revision)?:
      let config = facts.session.current
      return {
        let found = Edits(config, revision)
        return { $0[ChangesView.self].take(found) }
      }
    case .history(let count)?:
      let archive = facts.archive
      return {
        let writes = (try? archive.log().get()) ?? []
        return { $0[ChangesView.self].take(hasWrite: writes.contains { $0.undone == nil }, after: count) }
      }
    case nil: return nil
    }
  }

  private mutating func take(hasWrite: Bool, after count: Int) {
    questions.end()
    (self.hasWrite, historyOf) = (hasWrite, count)
  }

  private mutating func take(_ found: Edits) {
    questions.end()
    guard found.revision == missing else { return }
    edits = found
    if showsUndo { return }
    lines = found.lines
    chooseFirstChange()
  }

  /// Goes to what was added or removed first.
  mutating func chooseFirstChange() {
    choose(lines.firstChange ?? 0)
  }

  func matches(_ filter: Filter, at index: Int) -> Bool { filter.matches(lines[index]) }

  func badge(_ facts: Facts) -> Badge? {
    // The edits, as the list above the diff has them and as leaving asks: a line of a diff means nothing by itself.
    facts.session.isEdited ? Badge(text: "\(facts.session.summaries.count)", role: .changed) : nil
  }

  /// In the file as it is on disk: the edits are not in it.
  func place(_ facts: Facts) -> FilePlace? {
    // Above the first change there is nothing that one wants to see.
    chosen.flatMap { lines.place(ofDiffLine: max($0, lines.firstChange ?? 0), on: .before) }
  }

  func clipping(_ facts: Facts) -> String? { lines.isEmpty ? nil : lines.joined(separator: "\n") + "\n" }
}
