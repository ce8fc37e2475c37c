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
    let files = session.diffs.map { shown(path: $0.path) }.joined(separator: ", ")
    var warning = ""
    if let worst = newErrors.first {
      warning =
        "\(newErrors.count == 1 ? "a new error" : "\(newErrors.count) new errors"): "
        + "\(shown(path: worst.file)):\(worst.start.line) \(worst.message)"
    } else if let pool = session.pools.first(where: { !$0.hasLiveMember(states) && $0.totalWeight > 0 }) {
      warning = "\(printable(pool.id)) has no live member"
    }
    let yes = warning.isEmpty ? "write" : "write anyway"
    var choices = [Confirmation.Choice(key: .character("y"), label: yes, answer: .yes)]
    if !identity.isDemo {
      choices.append(.init(key: .character("r"), label: "\(yes) and postfix reload", answer: .yesAndReload))
    }
    dialog = .confirm(
      Confirmation(
        subject: .write, question: "Write \(files) in \(printable(session.current.directory))?",
        warning: warning, choices: choices))
    return []
  }

  mutating func quit() -> [Effect] {
    guard session.isEdited else { return [.quit(0)] }
    let count = session.summaries.count
    dialog = .confirm(
      Confirmation(
        subject: .quit,
        question: count == 1 ? "Leave with 1 edit unwritten?" : "Leave with \(count) edits unwritten?",
        choices: [
          .init(key: .character("y"), label: "leave, lose them", answer: .yes),
          .init(key: .character("c"), label: "see the changes", answer: .showChanges),
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
    case (.write, let answer):
      isWriting = true
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
