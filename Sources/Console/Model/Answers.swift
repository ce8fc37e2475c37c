// What the model makes of each message from another thread.

import Liveness
import PostfixFiles
import Routing

extension Model {
  mutating func take(_ message: Message) -> [Effect] {
    switch message {
    case .filesRead(let config):
      facts.hasFiles = true
      facts.session.reset(to: config)
      return findEdits()
    case .filesChanged(let config): take(changed: config)
    case .loginsChanged: lookAgainAtLogins()
    case .filesUnreadable(let reason):
      facts.areFilesReadable = false
      if dialog == nil {
        notice = Notice(text: "files changed on disk, and cannot be read: \(reason)", role: .error)
      }
    case .status(let status):
      let isNew = facts.statuses[status.gateway]?.state != status.state
      facts.take(status)
      return isNew ? survey() : []
    case .tried(let trial): take(trial)
    case .agent(let report):
      let (alarm, states) = (facts.agentAlarm, facts.states)
      facts.take(report)
      // RM123 comes and goes with the agent, and the rules for states go by what it finds.
      if facts.agentAlarm != alarm || facts.states != states { return survey() }
    case .mail(let flow):
      let before = facts.mail.recent?.troubles ?? [:]
      facts.mail = flow
      let troubles = flow.recent?.troubles ?? [:]
      return troubles == before ? [] : [.tellDeliveries(troubles)]
    case .gateways(let found):
      facts.foundGateways = found
      foundRevision = surveyedRevision
      let known = Set(found.map(\.gateway)).union(typed.probed.map(\.gateway))
      facts.keepGateways(known)
      return [.watch(found.flatMap(\.targets) + typed.probed)]
    case .diagnostics(let found):
      facts.diagnostics = found
      facts.checkedRevision = surveyedRevision
      return endSurvey()
    case .workedOut(let update): update(&self)
    case .checked(let answer): return take(answer)
    case .answer(let number, let message): return number == works ? take(message) : []
    case .undoing(let preview):
      work = nil
      confirmUndo(preview)
    case .nothingToUndo(let reason):
      work = nil
      notice = Notice(text: "undo-write: \(reason)", role: .warning)
    case .settingTaken(let change, let theme, let problem):
      if change.isKept { endKeepingSetting(problem) }
      // Another one may have been given meanwhile.
      if let theme, facts.settings.theme == change.settings.theme { return [.useTheme(theme)] }
    case .settingRefused(let change, let reason):
      if change.isKept { settingsInWork -= 1 }
      facts.takeBack(change)
      notice = Notice(text: "not set: \(printable(reason))", role: .warning)
    case .reloaded:
      notice = Notice(text: "reloaded: what is written is in force", role: .info)
      offerRetryAfterDrain()
    case .notice(let text): notice = Notice(text: printable(text), role: .warning)
    case .undoConflict(let number, let lines, let author, let reason):
      show(conflict: lines, of: number, by: author, because: printable(reason))
    case .written(let outcome):
      let done = work
      work = nil
      waitingConfig = nil
      facts.writes += 1
      take(outcome, of: done ?? .write(""))
    }
    return []
  }

  private mutating func take(changed config: MailConfig) {
    let wereReadable = facts.areFilesReadable
    facts.areFilesReadable = true
    // Our own writes are seen as changes too.
    guard !config.hasSameTexts(as: facts.session.saved) else {
      waitingConfig = nil
      if !wereReadable {
        notice = Notice(text: "the files can be read again, and are as before", role: .info)
      }
      return
    }
    waitingConfig = config
    if comesFromEditor { takeFromEditor(config) }
    if facts.session.isEdited, dialog == nil {
      notice = Notice(
        text: "files changed on disk: w reads them again and makes the edits on that", role: .warning)
    }
  }

  private mutating func take(_ outcome: WriteOutcome, of work: Work) {
    func words(_ note: String) -> String {
      let reload = work.awaitsReload ? "a reload of Postfix (R) brings it into force" : ""
      return [work.done, note, reload].filter { !$0.isEmpty }.joined(separator: "; ")
    }
    switch outcome {
    case .written(let config, let note):
      facts.areFilesReadable = true
      facts.session.reset(to: config)
      notice = Notice(text: words(note), role: .up)
      // A drain keeps new mail away. What waits already is not touched by it.
      if case .write = work, isDrainInForce { offerRetryAfterDrain() }
    case .writtenUnread(let reason, let note):
      // The edits are on disk; what else is there now is not known.
      if case .write = work { facts.session.reset(to: facts.session.current.written) }
      notice = Notice(text: "\(words(note)); but reading it again failed: \(reason)", role: .warning)
    case .conflict(let config, let files):
      waitingConfig = config
      offerReading(of: config, files: files)
    case .failed(let reason):
      let nothing = if case .undo = work { "nothing was taken back" } else { "nothing was written" }
      notice = Notice(text: "\(nothing): \(reason)", role: .error)
    case .interrupted(let reason): notice = Notice(text: reason, role: .error)
    }
  }
}
