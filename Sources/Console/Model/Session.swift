// The configuration as it was read, as it is now, and everything between: edits, undo and redo.

import Editing
import PostfixFiles
import Routing

/// The edits of one sitting. Undo is the value before.
struct Session: Sendable {
  /// As it is on disk, as far as we know.
  private(set) var saved: MailConfig
  private(set) var current: MailConfig
  private(set) var pools: [Pool]
  private var savedPools: [String: Pool]
  /// Grows with every change, so that an answer to an old question is known as such.
  private(set) var revision = 0
  /// How often the files were read anew.
  private(set) var readings = 0
  private var past: [Step] = []
  private var future: [Step] = []

  /// One step: what it did, and the configuration on the other side of it.
  private struct Step: Sendable {
    var config: MailConfig
    var edits: [Edit]
    var summary: String
    /// What the person was shown and accepted with it, to be asked about once more at the write.
    var guards: [EditGuard] = []

    /// The same step seen from its other side.
    func with(_ config: MailConfig) -> Step {
      var step = self
      step.config = config
      return step
    }
  }

  init(_ config: MailConfig) {
    saved = config
    current = config
    pools = config.pools()
    savedPools = Self.known(pools, in: pools)
  }

  /// Whether a write would change a file.
  var isEdited: Bool { !current.editedDocuments.isEmpty }
  /// What the edits do, in words, the oldest first.
  var summaries: [String] { past.map(\.summary) }
  /// What was accepted with the edits, and is asked about once more at the write.
  var accepted: [AcceptedEdits] {
    past.map { AcceptedEdits(before: $0.config, edits: $0.edits, guards: $0.guards) }
  }
  var undoSummary: String? { past.last?.summary }
  var redoSummary: String? { future.last?.summary }

  /// The pool that has this id now, as it is on disk.
  func saved(_ id: String) -> Pool? { savedPools[id] }

  mutating func apply(
    _ config: MailConfig, edits: [Edit], summary: String, guards: [EditGuard] = []
  ) {
    past.append(Step(config: current.alone, edits: edits, summary: summary, guards: guards))
    future = []
    show(config)
  }

  mutating func undo() {
    guard let step = past.popLast() else { return }
    future.append(step.with(current.alone))
    show(step.config)
  }

  mutating func redo() {
    guard let step = future.popLast() else { return }
    past.append(step.with(current.alone))
    show(step.config)
  }

  /// Starts again from what is on disk.
  mutating func reset(to config: MailConfig) {
    revision += 1
    let (next, count) = (revision, readings + 1)
    self = Session(config)
    (revision, readings) = (next, count)
  }

  /// The edits, to be kept or made on another text.
  var steps: [KeptEdits.Step] { past.map { KeptEdits.Step(edits: $0.edits, summary: $0.summary) } }

  /// Makes edits, the oldest first. Gives back those that cannot be made here, with the reasons.
  mutating func replay(_ steps: [KeptEdits.Step], on machine: Machine) -> [String] {
    var lost: [String] = []
    for step in steps {
      var next = current
      var guards: [EditGuard] = []
      do throws(EditError) {
        let hasWish = step.edits.contains { if case .pool = $0 { true } else { false } }
        // What belongs together is made together, as it was the first time.
        if !hasWish { next = try next.applying(step.edits) }
        for edit in hasWish ? step.edits : [] {
          if case .pool(let wish) = edit {
            let plan = try next.planning(wish, on: machine)
            next = plan.config
            guards += plan.guards
          } else {
            next = try next.applying(edit)
          }
        }
        apply(next, edits: step.edits, summary: step.summary, guards: guards)
      } catch {
        lost.append("\(step.summary): \(error.message)")
      }
    }
    return lost
  }

  /// Goes on with another session, as its own next one.
  mutating func take(_ other: Session) {
    let next = revision + 1
    self = other
    revision = next
  }

  private mutating func show(_ config: MailConfig) {
    current = config
    revision += 1
    pools = config.pools()
    savedPools = Self.known(saved.pools(), in: pools)
  }

  private static func known(_ saved: [Pool], in pools: [Pool]) -> [String: Pool] {
    let pairs = PoolPairs(saved, pools).all.compactMap { old, new in
      new.flatMap { new in old.map { (new.id, $0) } }
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }
}
