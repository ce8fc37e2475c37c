// The check before a write: the new errors of the edits, which a person should agree to. It runs the rules over the whole
// configuration and may read files, so a thread does it.

import Editing
import Gateways
import PostfixFiles
import Routing

/// What a check is about.
struct CheckRequest: Sendable {
  let saved: MailConfig
  let edited: MailConfig
  let states: GatewayStates
  /// The revision of the session that `edited` is.
  let revision: Int
  /// What was accepted with the edits, and is asked about once more.
  var accepted: [AcceptedEdits] = []
  var machine: @Sendable (MailConfig) -> Machine = { _ in Machine(addresses: []) }
  /// What a person should know of edits in the configuration that they gave.
  var remarks: @Sendable ([Edit], MailConfig) -> [String] = { _, _ in [] }
}

/// What a person was shown and accepted with edits.
struct AcceptedEdits: Sendable {
  /// What they were made on.
  let before: MailConfig
  let edits: [Edit]
  let guards: [EditGuard]

  /// The same as it is now. What a plan asks for depends on files that are not edited here, such as those of passwords: somebody
  /// may have written what was missing. Called on a thread.
  func guardsNow(on machine: (MailConfig) -> Machine) -> [EditGuard] {
    guard edits.count == 1, case .pool(let wish)? = edits.first, case let now = before.rereadingLogins(),
      let plan = try? now.planning(wish, on: machine(now))
    else { return guards }
    // What the probes have found is in no file.
    return plan.guards + guards.filter { if case .newGatewayFails = $0 { true } else { false } }
  }
}

/// What a check has found.
struct CheckAnswer: Sendable {
  let revision: Int
  let states: GatewayStates
  let guards: [EditGuard]
  /// What is no reason against it, and a person should know.
  var remarks: [String] = []

  init(to request: CheckRequest) {
    revision = request.revision
    states = request.states
    var said: Set<String> = []
    let (saved, edited) = (request.saved.rereadingLogins(), request.edited.rereadingLogins())
    guards =
      (request.accepted.flatMap { $0.guardsNow(on: request.machine) }.remaining(in: edited)
      + saved.guards(against: edited, states: request.states)
      + saved.mailboxGuards(against: edited))
      .withMailboxesOnce.filter { said.insert($0.message).inserted }
    remarks = request.remarks(request.accepted.flatMap(\.edits), edited)
  }

  /// What was found out elsewhere.
  init(revision: Int, states: GatewayStates, guards: [EditGuard]) {
    self.revision = revision
    self.states = states
    self.guards = guards
  }
}

/// Which checks are under way, and what the last one found. A thread cannot be stopped, so only one runs at a time:
/// a check that is asked for meanwhile begins after it.
struct WriteCheck: Sendable {
  private var isRunning = false
  private var last: CheckAnswer?

  /// What is known of the edits as they are; nil where a check is needed.
  func answer(for revision: Int, _ states: GatewayStates) -> CheckAnswer? {
    last.flatMap { $0.revision == revision && $0.states == states ? $0 : nil }
  }

  /// - Returns: whether the check may begin now; otherwise it begins when the one under way ends.
  mutating func begin() -> Bool {
    defer { isRunning = true }
    return !isRunning
  }

  mutating func end(_ answer: CheckAnswer) {
    isRunning = false
    last = answer
  }

  /// What it depends on has changed.
  mutating func forget() { last = nil }

  /// Takes what another check has found of just these edits.
  mutating func know(_ answer: CheckAnswer) { last = answer }
}

extension Model {
  /// Shows what a write would change, and has it checked before the question.
  mutating func askToWrite() -> [Effect] {
    // The check would be one of files that are no longer there.
    if let config = waitingConfig {
      offerReading(of: config)
      return []
    }
    showChanges()
    if let answer = writeCheck.answer(for: facts.session.revision, facts.states) {
      confirmWrite(answer)
      return []
    }
    begin(.check)
    return startCheck()
  }

  private mutating func startCheck() -> [Effect] {
    guard writeCheck.begin() else { return [] }
    let session = facts.session
    return [
      .checkWrite(
        CheckRequest(
          saved: session.saved, edited: session.current, states: facts.states, revision: session.revision,
          accepted: session.accepted, machine: facts.machine, remarks: remarksOfTime))
    ]
  }

  mutating func take(_ answer: CheckAnswer) -> [Effect] {
    writeCheck.end(answer)
    guard work == .check else { return [] }
    // The answer may be one to an older question. States that changed during the check do not start it again.
    guard answer.revision == facts.session.revision else { return startCheck() }
    work = nil
    // A question that opens while a person does something else could take a key that was meant for that.
    guard dialog == nil, views[shown] is ChangesView else {
      notice = Notice(text: "checked: w asks whether to write", role: .info)
      return []
    }
    confirmWrite(answer)
    return []
  }
}
