// What is asked before something is lost or written: the key that says yes is never the key that asked.

import Editing
import PostfixFiles

extension Console {
  mutating func confirmRemoval() -> [Effect] {
    let edit: Edit
    if view == .routes, let route = chosenRoute {
      edit = .removeRoute(key: route.name, table: route.table)
    } else if let row = chosenPoolRow, let member = row.member {
      edit = .remove(pool: row.pool.id, member: member.result)
    } else {
      return []
    }
    if case .failure(let refusal) = making([edit]) {
      notice = Notice(text: refusal.message, role: .warning)
      return []
    }
    dialog = .confirm(
      Confirmation(
        subject: .edits([edit]), question: edit.summary + "?",
        choices: [.init(key: .character("y"), label: "remove", answer: .yes)]))
    return []
  }

  mutating func confirmWrite() -> [Effect] {
    show(.changes)
    let firstChange = lists.diff.firstIndex { line in
      (line.hasPrefix("+") || line.hasPrefix("-")) && !line.hasPrefix("+++") && !line.hasPrefix("---")
    }
    choose(firstChange ?? 0, in: .changes)
    let guards = session.saved.guards(against: session.current, states: states)
    let warning = guards.first.map { first in
      first.message + (guards.count > 1 ? " (and \(guards.count - 1) more)" : "")
    }
    var choices = [
      Confirmation.Choice(
        key: .character("y"), label: warning == nil ? "write" : "write anyway", answer: .yes)
    ]
    var note = ""
    if !identity.isDemo, let reason = session.current.reloadReason {
      choices.append(
        .init(
          key: .character("r"), label: warning == nil ? "write and reload" : "with reload",
          answer: .yesAndReload))
      note = "postfix reload brings it into force: \(shown(path: reason))"
    }
    dialog = .confirm(
      Confirmation(
        subject: .write, question: "Write \(changedFiles) in \(printable(session.current.directory))?",
        warning: warning ?? "", note: note, choices: choices))
    return []
  }

  /// The files that a write would change, for people.
  private var changedFiles: String { session.diffs.map { shown(path: $0.path) }.joined(separator: ", ") }

  /// The files changed under the edits: whoever is typing just now is told, and not interrupted.
  mutating func offerReload(of config: MailConfig, files: [String]) {
    let names = files.map { shown(path: $0) }.joined(separator: ", ")
    let what = "\(names) changed on disk since it was read"
    guard dialog == nil else {
      notice = Notice(text: "nothing was written: \(what)", role: .error)
      return
    }
    let count = session.summaries.count
    dialog = .confirm(
      Confirmation(
        subject: .reload(config),
        question:
          "\(what). Read it again and make \(count == 1 ? "the edit" : "the \(count) edits") on that?",
        choices: [.init(key: .character("y"), label: "read again", answer: .yes)]))
  }

  private mutating func reload(_ config: MailConfig) {
    let lost = session.replay(on: config)
    notice =
      lost.isEmpty
      ? Notice(text: "read again; every edit is made on the new text, nothing is written yet", role: .changed)
      : Notice(text: "read again; left out: \(lost.joined(separator: "; "))", role: .warning)
  }

  mutating func quit() -> [Effect] {
    guard session.isEdited else { return [.quit(0)] }
    let count = session.summaries.count
    dialog = .confirm(
      Confirmation(
        subject: .quit,
        question: count == 1 ? "Leave with 1 edit unwritten?" : "Leave with \(count) edits unwritten?",
        choices: [
          .init(key: .character("y"), label: "lose them", answer: .yes),
          .init(key: .character("c"), label: "show them", answer: .showChanges),
        ]))
    return []
  }

  /// Any key that is no answer leaves things as they are.
  mutating func answer(_ key: Key, _ confirmation: Confirmation) -> [Effect] {
    dialog = nil
    guard let choice = confirmation.choices.first(where: { $0.key == key }) else {
      notice = Notice(text: "left as it is", role: .dim)
      return []
    }
    switch (confirmation.subject, choice.answer) {
    case (_, .showChanges): show(.changes)
    case (.edits(let edits), _): make(edits)
    case (.quit, _): return [.quit(0)]
    case (.reload(let config), _): reload(config)
    case (.write, let answer):
      writing = changedFiles
      notice = Notice(text: "writing", role: .info)
      return [
        .write(
          WriteRequest(
            set: session.current.changeSet(summary: session.summaries.joined(separator: "; ")),
            reload: answer == .yesAndReload))
      ]
    }
    return []
  }
}
