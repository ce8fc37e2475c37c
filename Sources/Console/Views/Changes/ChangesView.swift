// View 5: what a write would change, as a diff; or what taking the last write back would.

import Changes

struct ChangesView: View {
  static let title = "Changes"
  static let keys: [Binding] = []

  var selection: Selection?
  var filter: String?
  /// The lines of the diff.
  private(set) var lines: [String] = []
  /// Which revision of the session they show; nil where they show the write that may be taken back.
  private var revision: Int?

  var count: Int { lines.count }
  var showsPosition: Bool { false }

  mutating func refresh(_ facts: Facts, _ dialog: Dialog?) {
    if let preview = dialog.undo {
      lines = preview.diff
      revision = nil
    } else if revision != facts.session.revision {
      lines = facts.session.diffs.flatMap { foldingRepetitions(in: $0.printableLines) }
      revision = facts.session.revision
    }
  }

  func badge(_ facts: Facts) -> Badge? {
    let count = facts.session.diffs.flatMap(\.hunks).flatMap(\.lines).count { $0.kind != .context }
    return count == 0 ? nil : Badge(text: "\(count)", role: .changed)
  }
}
