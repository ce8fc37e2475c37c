// The console as a value: what it knows, what it shows, and what each event makes of it. No part of it reads a file,
// runs a rule or waits: that is asked for as an `Effect`, and the answer comes as a `Message`.

import Checks
import Editing
import Gateways
import Liveness
import PostfixFiles
import Routing

/// The whole state of the console.
struct Model: Program, Sendable {
  var facts: Facts
  /// In the order of `ViewList`.
  var views: [any View] = ViewList.all.map { $0.init() }
  /// The index of the view in front.
  private(set) var shown = 0
  var dialog: Dialog?
  var notice: Notice?
  /// Whether the screen is too small to show anything: no key edits what cannot be seen.
  var isBlind = false
  /// The screen as it was last drawn: what a click means depends on it.
  var screen = Size(0, 0)
  /// What is being done on a thread; nil while nothing is.
  var work: Work?
  /// How many were begun or stopped: tells the answer to one from that of another.
  var works = 0
  /// Whether the person has asked to leave while that goes on.
  var isLeaving = false
  var writeCheck = WriteCheck()
  /// The files on disk, where they differ from what is shown, until there is no dialog and no edit.
  var waitingConfig: MailConfig?
  /// What the edits are being made on, for who stops that.
  var replayedOn: MailConfig?
  /// Whether there are lines and no screen. Lines are read ahead: no question follows a write, as a line would be its answer.
  var isPlain = false
  /// The gateways that writes drained, until the mail that waits for them was offered to be tried again.
  var drained: Set<Gateway> = []
  /// Whether the write that is under way is in force at once. Otherwise the offer comes with the reload.
  var isDrainInForce = false
  /// A write that waits for the name of the host.
  var unnamedWrite: (confirmation: Confirmation, choice: Confirmation.Choice)?
  /// How many times a gateway was asked about a recipient.
  var trialsAsked = 0
  /// How many dialogues were opened.
  var dialogues = 0
  var typed = TypedGateways()
  var recorded: RecordedEdits?
  /// The revision of those that a thread looks at.
  var remarking = Newest<Int>()
  /// The revision whose edits are kept last, and whether there are kept ones.
  var keeping = Newest<Int>()
  var hasKept = false
  /// Whether a thread still has to remove edits that were thrown away.
  var isForgetting = false
  /// How many settings threads still have to keep: a process that ends before would lose them.
  var settingsInWork = 0
  var hasSaidKeeping = false
  /// Why the edits as they are now are not kept; nil where they are.
  var keepingProblem: String?
  /// Whether a person comes back from an editor: what it has left is asked about at once.
  var comesFromEditor = false
  private var viewsAreOld = false
  private var agentAsked: ContinuousClock.Instant?
  /// How often the agent is asked.
  private static let agentInterval = Duration.seconds(8)
  /// The reading of the files whose log is followed.
  private var followedReading: Int?
  private var filesLookedAt: ContinuousClock.Instant?
  /// How often the files on disk are compared with what was read.
  private static let lookInterval = Duration.seconds(5)
  private var isSurveying = false
  /// The revision that the survey under way is of.
  private(set) var surveyedRevision: Int?
  /// The revision whose gateways are known.
  var foundRevision: Int?
  /// Whether something changed since the survey that is under way was asked for.
  private var surveyIsStale = false

  /// - Parameters:
  ///   - config: main.cf and master.cf read; the files that they name may still be missing.
  ///   - now: the time, for how long a gateway has been down.
  ///   - machine: what planning a pool has to know of this machine; called on a thread.
  init(
    _ config: MailConfig, identity: Identity, symbols: Symbols = .unicode,
    now: ContinuousClock.Instant = .now,
    machine: @escaping @Sendable (MailConfig) -> Machine = { _ in Machine(addresses: []) },
    archive: Archive = .empty, unwritten: UnwrittenEdits? = nil, settings: Settings = Settings()
  ) {
    facts = Facts(
      config, identity: identity, symbols: symbols, now: now, machine: machine, archive: archive,
      unwritten: unwritten, settings: settings)
    refreshViews()
  }

  /// What to do once the first screen is painted.
  var startEffects: [Effect] { [.readFiles(facts.session.current)] }

  /// A minute after the last event, so that "3 min" becomes "4 min" where probes are rare.
  var wakeTime: ContinuousClock.Instant? {
    let times = [
      typed.wakeTime, facts.statuses.isEmpty ? nil : facts.now + .seconds(60), agentTime, warningTime,
    ]
    return times.compactMap(\.self).min()
  }

  /// While a person reads a warning, they may write what is missing in another window.
  private var warningTime: ContinuousClock.Instant? {
    guard case .sharing(let dialogue) = dialog, dialogue.hasGuards, work == nil else { return nil }
    return filesLookedAt.map { $0 + Self.lookInterval }
  }

  /// An agent that has answered, or that mail waits for, is asked again in time, though nothing else happens.
  private var agentTime: ContinuousClock.Instant? {
    if case .never = facts.contact, !facts.isAgentGone { return nil }
    return agentAsked.map { $0 + Self.agentInterval }
  }

  mutating func update(_ event: Event<Message>, now: ContinuousClock.Instant) -> [Effect] {
    facts.now = now
    if case .message(.status(let status)) = event {
      // Thousands of them may come at once: the rows are made again when they are next needed.
      viewsAreOld = true
      return take(.status(status)) + askAgent()
    }
    if viewsAreOld { refreshViews() }
    let revision = facts.session.revision
    var effects: [Effect] = []
    switch event {
    case .wake: break
    case .key(let key): effects = isBlind ? pressBlindly(key) : press(key)
    case .message(let message): effects = take(message)
    }
    effects += askAgent() + lookAtFiles()
    takeWaitingConfig()
    refreshViews()
    if facts.session.revision != revision { effects += survey() }
    if facts.hasFiles, !facts.identity.isDemo, followedReading != facts.session.readings {
      followedReading = facts.session.readings
      effects.append(.followMail(facts.session.saved))
    }
    for index in views.indices {
      if let work = views[index].work(facts) { effects.append(.workOut(work)) }
    }
    return effects + askForSharing() + askForRoute() + askForVerdict() + askForRemarks() + askForAuthors()
      + keepEdits()
      + probeTyped()
  }

  /// Brings the views up to date before they are drawn.
  mutating func settleViews() { if viewsAreOld { refreshViews() } }

  mutating func refreshViews() {
    viewsAreOld = false
    for index in views.indices { views[index].refresh(facts, dialog) }
  }

  /// Once in a while, as long as something happens anyway.
  private mutating func askAgent() -> [Effect] {
    guard facts.hasFiles, agentAsked.map({ facts.now - $0 >= Self.agentInterval }) ?? true else { return [] }
    agentAsked = facts.now
    return [.askAgent]
  }

  /// Once in a while too, and not during a write of our own.
  private mutating func lookAtFiles() -> [Effect] {
    guard facts.hasFiles, work == nil, filesLookedAt.map({ facts.now - $0 >= Self.lookInterval }) ?? true
    else { return [] }
    filesLookedAt = facts.now
    return [.lookAtFiles]
  }

  /// Shows the files as they are on disk, unless a dialog is open or work is under way. Where there are edits, the
  /// write asks.
  private mutating func takeWaitingConfig() {
    guard let config = waitingConfig, dialog == nil, work == nil, !facts.session.isEdited else { return }
    waitingConfig = nil
    facts.session.reset(to: config)
    notice = Notice(text: "files changed on disk: read again", role: .info)
  }

  /// Asks what the present configuration comes to; one survey at a time.
  mutating func survey() -> [Effect] {
    guard facts.hasFiles else { return [] }
    surveyIsStale = isSurveying
    if isSurveying { return [] }
    isSurveying = true
    surveyedRevision = facts.session.revision
    // Which gateways there are does not depend on their states, and finding them means reading every table.
    let (config, known) = (facts.session.current, facts.known)
    let isGone = if case .gone = facts.contact { true } else { false }
    if foundRevision == surveyedRevision { return [.findProblems(config, known, isAgentGone: isGone)] }
    return [.survey(config, known, isAgentGone: isGone)]
  }

  /// The survey that was asked for is over; another one where something has changed meanwhile.
  mutating func endSurvey() -> [Effect] {
    isSurveying = false
    return surveyIsStale ? survey() : []
  }

  // MARK: Views

  /// The type of the view in front.
  var shownType: any View.Type { ViewList.all[shown] }

  /// A view as the value that it is.
  subscript<V: View>(type: V.Type) -> V {
    get { views.lazy.compactMap { $0 as? V }.first ?? V() }
    set {
      if let index = views.firstIndex(where: { $0 is V }) { views[index] = newValue }
    }
  }

  mutating func show(_ type: any View.Type) {
    guard let index = ViewList.all.firstIndex(where: { $0 == type }) else { return }
    shown = index
    views[index].appear()
  }

  /// Shows the view that is `step` tabs further, around the ends.
  mutating func turn(by step: Int) {
    let count = ViewList.all.count
    show(ViewList.all[(shown + step + count) % count])
  }
}
