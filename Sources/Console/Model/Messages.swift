// What other threads report to the console, and what it asks them for.

import Changes
import Checks
import Editing
import Gateways
import Liveness
import PostfixFiles
import PostfixTools
import Routing

/// A report of another thread.
enum Message: Sendable {
  /// The tables and pool files are in.
  case filesRead(MailConfig)
  /// Files of the configuration are no longer what they were when they were last read: as they are on disk now.
  case filesChanged(MailConfig)
  /// The same, and they cannot be read: why.
  case filesUnreadable(String)
  /// Tables of passwords or of TLS policies are no longer what they were. They are not edited here: who asks them reads them.
  case loginsChanged
  /// The first half of the answer to a survey: the gateways that the configuration names.
  case gateways([GatewayUse])
  /// The second half: what the rules find.
  case diagnostics([Diagnostic])
  case status(GatewayStatus)
  /// An answer that counts only while this work goes on.
  indirect case answer(work: Int, Message)
  /// What taking the last write back would change.
  case undoing(UndoPreview)
  /// The last write cannot be taken back, and why.
  case nothingToUndo(String)
  /// A write cannot be taken back, because later writes, or others, changed the same lines: those, and why in one sentence.
  case undoConflict(Int, [String], by: String = "others", reason: String)
  /// What a gateway said of a recipient.
  case tried(AddressTrial)
  /// The report of this configuration's agent; nil without an answer.
  case agent(AgentReport?)
  /// What the mail log and the queue say.
  case mail(MailFlow)
  /// What the check before a write has found.
  case checked(CheckAnswer)
  /// What a thread has worked out for a view.
  case workedOut(ViewUpdate)
  case written(WriteOutcome)
  /// Postfix was reloaded.
  case reloaded
  /// What a person should be told.
  case notice(String)
  /// A setting is followed: with its theme, where that is another one, and why it is not kept.
  case settingTaken(SettingChange, Theme?, problem: String?)
  /// A setting cannot be followed, and why: those before hold.
  case settingRefused(SettingChange, reason: String)
}

/// A setting that a person gives.
struct SettingChange: Sendable {
  let before: Settings
  let settings: Settings
  let name: String
  let value: String
  /// Whether it is kept for the next start.
  let isKept: Bool
}

/// What is to be written.
struct WriteRequest: Sendable {
  let config: MailConfig
  /// For the history.
  let summary: String
  /// Whether `postfix reload` is to follow.
  let reload: Bool

  /// It copies the files: asked for on a thread.
  var set: ChangeSet { config.changeSet(summary: summary) }
}

/// A write turned round, to be looked at before it is done.
struct UndoPreview: Sendable {
  let set: ChangeSet
  /// The number of the write; nil: the last one.
  let number: Int?
  /// The files that were edited since, in other lines: those edits stay.
  let merged: [String]
  /// What it does to mail of later writes.
  let guards: [EditGuard]
  /// The lines of its diff, safe to show.
  let diff: [String]
  /// Why it is in force only after `postfix reload`; nil where it is so at once.
  let reloadReason: String?

  /// - Parameters:
  ///   - reloadReason: see `MailConfig.reloadReason(of:)`.
  ///   - show: makes a diff one that may be shown.
  init(
    _ set: ChangeSet, number: Int? = nil, merged: [String] = [], guards: [EditGuard] = [],
    reloadReason: String?,
    showing show: (FileDiff) -> FileDiff = { $0 }
  ) {
    self.set = set
    self.number = number
    self.merged = merged
    self.guards = guards
    self.reloadReason = reloadReason
    diff = set.changes.flatMap { foldingRepetitions(in: show(FileDiff($0)).printableLines) }
  }
}

/// What came of a write, or of taking one back.
enum WriteOutcome: Sendable {
  /// Written: the configuration as it is on disk now, and what a person should know of the write.
  case written(MailConfig, note: String)
  /// Written, but what is on disk now could not be read: why.
  case writtenUnread(String, note: String)
  /// Nothing was written, because these files are not what they were when they were read; the configuration as it
  /// is on disk now.
  case conflict(MailConfig, files: [String])
  /// Nothing was written, and why.
  case failed(String)
  /// It stopped half-way: the next start finishes it or takes it back.
  case interrupted(String)
}

/// What the console wants done.
enum Effect: Sendable {
  case quit(Int32)
  case readFiles(MailConfig)
  /// See whether the files of the configuration are still what they were.
  case lookAtFiles
  /// Find the gateways, then the problems. Asked for after every edit.
  case survey(MailConfig, KnownGateways, isAgentGone: Bool)
  /// Find the problems again, because the states of gateways have changed.
  case findProblems(MailConfig, KnownGateways, isAgentGone: Bool)
  /// Work something out for a view.
  case workOut(ViewWork)
  case watch([Target])
  /// Probe this gateway now; nil: all of them.
  case probe(Gateway?)
  /// Ask a gateway about a recipient, with an envelope and no message.
  case tryAddress(AddressTrial)
  case askAgent
  /// Have mail that waits tried again by the Postfix of this configuration.
  case tryAgain(QueueRetry, MailConfig)
  /// Have the Postfix of this configuration take what is on disk into force.
  case reload(MailConfig)
  /// Follow the mail log and the queue of this configuration.
  case followMail(MailConfig)
  /// What deliveries say of the gateways now.
  case tellDeliveries([Gateway: DeliveryTrouble])
  /// Put a text on the clipboard of the person's terminal.
  case copy(String)
  /// Let the terminal follow the settings.
  case useSettings(Settings)
  /// Give it other colours.
  case useTheme(Theme)
  /// Let it follow a setting that the person has just given, and keep that in their file. Where it cannot be followed, the
  /// settings before hold, and nothing is kept.
  case tryOut(SettingChange)
  /// Lend the terminal to an editor with this file.
  case openEditor(FilePlace)
  /// Find the new errors of the edits, before the question about a write.
  case checkWrite(CheckRequest)
  case write(WriteRequest)
  /// Write the edited files into another directory.
  case save(MailConfig, into: String, summary: String)
  /// Find out what taking a write back would change; nil: the last one.
  case previewUndo(Int?, work: Int)
  /// Take a write back, if that still is what was shown.
  case undoWrite(UndoPreview, reload: Bool)
}
