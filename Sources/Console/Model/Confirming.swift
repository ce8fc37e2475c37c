// The questions before something is lost or written: the key that says yes is never the key that asked.

import Changes
import Editing
import PostfixFiles

extension Model {
  /// Asks before `edit` removes something; shows at once why it cannot be made.
  mutating func confirmRemoval(_ edit: Edit) {
    if case .failure(let refusal) = making([edit]) {
      notice = Notice(text: refusal.message, role: .warning)
      return
    }
    guard facts.settings.confirmsRemoval else {
      make([edit])
      return
    }
    dialog = .confirm(
      Confirmation(
        subject: .edits([edit]), question: edit.summary + "?",
        choices: [.init(key: .character("y"), label: "remove", answer: .yes)]))
  }

  /// Asks whether to write, with what the check has found.
  mutating func confirmWrite(_ found: CheckAnswer) {
    notice = nil
    let isSafe = found.guards.isEmpty
    var choices = [
      Confirmation.Choice(
        key: .character("y"), label: isSafe ? "write" : "write anyway", answer: .yes)
    ]
    var note = ""
    if let reload = reloadChoice(
      facts.session.current.reloadReason, label: isSafe ? "write and reload" : "with reload")
    {
      choices.append(reload.choice)
      note = reload.note
    }
    dialog = .confirm(
      Confirmation(
        subject: .write,
        question: "Write \(changedFiles) in \(printable(facts.session.current.directory))?",
        warnings: found.guards.map(\.message) + found.remarks, note: note, choices: choices))
  }

  /// Asks whether to undo the last write. It does not interrupt a person who is typing.
  mutating func confirmUndo(_ preview: UndoPreview) {
    guard dialog == nil, !facts.session.isEdited else {
      notice = Notice(text: "undo-write: not while something else is asked or edited", role: .warning)
      return
    }
    notice = nil
    var choices = [Confirmation.Choice(key: .character("y"), label: "take it back", answer: .yes)]
    let edited = preview.merged.map { facts.shown(path: $0) }.joined(separator: ", ")
    let merged =
      edited.isEmpty ? [] : ["edited since that write, in other lines: \(edited). Those edits stay."]
    var note = ""
    if let reload = reloadChoice(preview.reloadReason, label: "and reload") {
      choices.append(reload.choice)
      note = reload.note
    }
    dialog = .confirm(
      Confirmation(
        subject: .undoWrite(preview),
        question:
          "Take \(preview.number.map { "write \($0)" } ?? "the last write") of \(files(of: preview.set)) back? "
          + "(\(printable(preview.set.summary)))",
        warnings: merged + preview.guards.map(\.message), note: note, choices: choices))
    showChanges()
  }

  /// Shows the diff from its first change on.
  mutating func showChanges() {
    show(ChangesView.self)
    refreshViews()
    self[ChangesView.self].chooseFirstChange()
  }

  /// The answer that reloads Postfix as well, and why there is one; nil where it is not needed.
  private func reloadChoice(
    _ reason: String?, label: String
  ) -> (choice: Confirmation.Choice, note: String)? {
    guard !facts.identity.isDemo, let reason else { return nil }
    return (
      .init(key: .character("r"), label: label, answer: .yesAndReload),
      "postfix reload brings it into force: \(facts.shown(path: reason))"
    )
  }

  private func files(of set: ChangeSet) -> String {
    set.changes.map { facts.shown(path: $0.path) }.joined(separator: ", ")
  }

  /// The files that a write would change, for people.
  private var changedFiles: String {
    facts.session.current.editedDocuments.map { facts.shown(path: $0.path) }.joined(separator: ", ")
  }

  /// The files changed on disk while there were edits. It tells a person who is typing, and does not interrupt.
  mutating func offerReading(of config: MailConfig, files: [String] = []) {
    let changed = Set(files).union(config.changedPaths(since: facts.session.saved)).sorted()
    let (were, them) = changed.count > 1 ? ("they were", "them") : ("it was", "it")
    let names = changed.map { facts.shown(path: $0) }.joined(separator: ", ")
    let what = "\(names) changed on disk since \(were) read"
    guard dialog == nil else {
      notice = Notice(text: "nothing was written: \(what)", role: .error)
      return
    }
    let count = facts.session.summaries.count
    let edits = count == 0 ? "" : " and make \(count == 1 ? "the edit" : "the \(count) edits") on that"
    dialog = .confirm(
      Confirmation(
        subject: .readAgain(config),
        question: "\(what). Read \(them) again\(edits)?",
        choices: [.init(key: .character("y"), label: "read again", answer: .yes)]))
  }

  /// The keys that count while nothing can be shown: one may leave, where nothing is lost by it.
  mutating func pressBlindly(_ key: Key) -> [Effect] {
    let isLeaving = key == .control("c") || key == .character("q")
    return isLeaving && dialog == nil && !facts.session.isEdited && work == nil ? [.quit(0)] : []
  }

  mutating func quit() -> [Effect] {
    if work?.canBeStopped == true { stopWork() }
    if let work {
      // A disk that never answers must not keep anybody: the second time it leaves, and the next start finishes the
      // write or takes it back.
      if isLeaving { return [.quit(0)] }
      isLeaving = true
      notice = Notice(text: "still \(work.ongoing); press the key again to leave anyway", role: .warning)
      return []
    }
    guard facts.session.isEdited else { return [.quit(0)] }
    let count = facts.session.summaries.count
    dialog = .confirm(
      Confirmation(
        subject: .quit,
        question: (count == 1 ? "Leave with 1 edit unwritten?" : "Leave with \(count) edits unwritten?")
          + " \(Self.listed(facts.session.summaries))",
        choices: [
          .init(key: .character("y"), label: "lose them", answer: .yes),
          .init(key: .character("c"), label: "show them", answer: .showChanges),
        ]))
    return []
  }

  /// Any key that is no answer leaves things as they are.
  mutating func answer(_ key: Key, _ confirmation: Confirmation) -> [Effect] {
    if confirmation.writesFiles, let step = key.diffStep {
      views[shown].move(by: step)
      return []
    }
    let choice = confirmation.choices.first { $0.key == key }
    if choice == nil, confirmation.comesByItself, key != .escape, key != .control("c") { return [] }
    dialog = nil
    guard let choice else {
      notice = Notice(text: confirmation.wordsOnLeaving, role: .dim)
      return []
    }
    if confirmation.writesFiles, facts.isProduction {
      unnamedWrite = (confirmation, choice)
      ask(.hostName)
      return []
    }
    return carryOut(confirmation, choice)
  }

  /// Goes on with the write that waited for the name.
  mutating func goOnWithNamedWrite() -> [Effect] {
    dialog = nil
    guard let (confirmation, choice) = unnamedWrite else { return [] }
    unnamedWrite = nil
    return carryOut(confirmation, choice)
  }

  private mutating func carryOut(
    _ confirmation: Confirmation, _ choice: Confirmation.Choice
  ) -> [Effect] {
    switch (confirmation.subject, choice.answer) {
    case (_, .showChanges): show(ChangesView.self)
    case (.edits(let edits), _): make(edits)
    case (.quit, _): return [.quit(0)]
    case (.reload, _):
      notice = Notice(text: "postfix reload", role: .info)
      return [.reload(facts.session.saved)]
    case (.readAgain(let config), _):
      return replay(
        facts.session.steps, on: config,
        before: "read again; ",
        saying: "every edit is made on the new text, nothing is written yet")
    case (.recover(let found), let answer): return self.answer(answer, to: found)
    case (.retry(let retry), _):
      notice = Notice(text: "trying again: \(retry.words)", role: .info)
      return [.tryAgain(retry, facts.session.saved)]
    case (.write, let answer):
      let isInForce = answer == .yesAndReload || facts.session.current.reloadReason == nil
      drained.formUnion(gatewaysDrainedByEdits)
      isDrainInForce = isInForce
      begin(.write(changedFiles, awaitsReload: !isInForce && !facts.identity.isDemo))
      return [
        .write(
          WriteRequest(
            config: facts.session.current, summary: facts.session.summaries.joined(separator: "; "),
            reload: answer == .yesAndReload))
      ]
    case (.undoWrite(let preview), let answer):
      let awaits = answer != .yesAndReload && preview.reloadReason != nil && !facts.identity.isDemo
      begin(.undo(files(of: preview.set), awaitsReload: awaits))
      return [.undoWrite(preview, reload: answer == .yesAndReload)]
    }
    return []
  }
}

extension Confirmation {
  /// Whether its answer changes files. The changes are shown above the question, to be read before it is answered.
  var writesFiles: Bool {
    switch subject {
    case .write, .undoWrite: true
    case .edits, .readAgain, .reload, .recover, .retry, .quit: false
    }
  }

  /// What a key that is no answer comes to.
  fileprivate var wordsOnLeaving: String {
    if case .recover = subject { "still kept: the next start asks again" } else { "left as it is" }
  }
}

extension Key {
  /// How far a key goes in a diff; nil for all others.
  fileprivate var diffStep: Int? {
    switch self {
    case .down: 1
    case .up: -1
    case .pageDown: 10
    case .pageUp: -10
    case .home: -.max / 2
    case .end: .max / 2
    default: nil
    }
  }
}
