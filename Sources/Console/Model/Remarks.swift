// What a person should know of an edit that was made: that may take long, so a thread looks for it, and the remark comes after the edit.

import Editing
import PostfixFiles

/// The edits that were made last, until it is known what a person should know of them.
struct RecordedEdits: Sendable {
  let revision: Int
  let before: MailConfig
  let after: MailConfig
  let edits: [Edit]
  /// What was said at once.
  let notice: Notice
}

extension Model {
  /// Takes `config`, which `edits` made, and says what was done. What nothing here would do by itself follows from a thread.
  mutating func record(_ config: MailConfig, edits: [Edit], summary: String) {
    let said = Notice(text: summary, role: .changed)
    let before = facts.session.current
    facts.session.apply(config, edits: edits, summary: summary)
    recorded = RecordedEdits(
      revision: facts.session.revision, before: before, after: config, edits: edits, notice: said)
    notice = said
  }

  /// Has a thread look for what a person should know of the edits that were made last: that may plan a pool and read files.
  mutating func askForRemarks() -> [Effect] {
    guard let recorded, remarking.start(recorded.revision) != nil else { return [] }
    let ofTime = remarksOfTime
    return [
      .workOut {
        let remarks =
          recorded.before.remarks(on: recorded.after, after: recorded.edits)
          + ofTime(recorded.edits, recorded.after)
        return { $0.take(remarks: remarks, on: recorded) }
      }
    ]
  }

  /// What edits count on that nothing here does by itself, in the configuration that they gave. Called on a thread.
  var remarksOfTime: @Sendable ([Edit], MailConfig) -> [String] {
    let (identity, hasAgent) = (facts.identity, facts.agent != nil)
    return { edits, edited in
      TimedWork(isTicking: { identity.isDemo || identity.isTicking() }, agentAnswers: { hasAgent })
        .remarks(on: edits, in: edited)
    }
  }

  private mutating func take(remarks: [String], on edits: RecordedEdits) {
    remarking.end()
    if recorded?.revision == edits.revision { recorded = nil }
    guard !remarks.isEmpty, facts.session.revision == edits.revision else { return }
    // Without a screen the first part is said already. What was said since is no reason not to say this.
    let isShown = !isPlain && (notice == nil || notice == edits.notice)
    notice = Notice(
      text: ((isShown ? [edits.notice.text] : []) + remarks).joined(separator: "; "), role: .warning)
  }
}
