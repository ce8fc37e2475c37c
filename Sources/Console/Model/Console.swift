// The console as a value: what it knows, what it shows, and what each event makes of it.

import Checks
import Editing
import Liveness
import PostfixFiles
import Routing

/// The screens, by the key that shows them.
enum ViewName: Int, Hashable, Sendable, CaseIterable {
  case gateways = 1
  case pools, routes, problems, changes

  var title: String {
    switch self {
    case .gateways: "Gateways"
    case .pools: "Pools"
    case .routes: "Routes"
    case .problems: "Problems"
    case .changes: "Changes"
    }
  }
}

/// One line that tells what came of a key.
struct Notice: Hashable, Sendable {
  var text: String
  var role: Role
}

/// What is done to files on disk; it takes a moment, and nothing else is begun meanwhile. The files as people know them.
enum Work: Hashable, Sendable {
  case write(String)
  /// Taking the last write back; first only a look at what that would change.
  case previewUndo
  case undo(String)

  /// While it lasts.
  var ongoing: String {
    switch self {
    case .write: "writing"
    case .previewUndo: "looking up the last write"
    case .undo: "taking back"
    }
  }

  /// Once it is done.
  var done: String {
    switch self {
    case .write(let files): "written: \(files)"
    case .previewUndo: "looked up"
    case .undo(let files): "taken back: \(files)"
    }
  }
}

/// What a call of the console says of itself.
public struct Identity: Sendable {
  public var hostName: String
  /// Whether the configuration is the sample one.
  public var isDemo: Bool
  /// Whether edits are refused.
  public var isReadOnly: Bool

  public init(hostName: String, isDemo: Bool = false, isReadOnly: Bool = false) {
    self.hostName = hostName
    self.isDemo = isDemo
    self.isReadOnly = isReadOnly
  }
}

/// The whole state of the console.
public struct Console: Program, Sendable {
  let identity: Identity
  let symbols: Symbols
  var now: ContinuousClock.Instant
  var session: Session
  var view = ViewName.gateways
  var selections: [ViewName: Selection] = [:]
  var filters: [ViewName: String] = [:]
  var dialog: Dialog?
  var notice: Notice?
  /// Whether the screen is too small to show anything: nobody edits what is not seen.
  var isBlind = false
  var order = GatewayOrder.configuration
  var statuses: [Gateway: GatewayStatus] = [:]
  /// What the agent said last; nil where none runs.
  var agent: AgentReport?
  private var agentAsked: ContinuousClock.Instant?
  /// How often the agent is asked.
  private static let agentInterval = Duration.seconds(15)
  private var filesLookedAt: ContinuousClock.Instant?
  /// How often it is looked whether the files are still what they were.
  private static let lookInterval = Duration.seconds(5)
  /// What stands on disk now, where that is not what is shown, until nobody is in the middle of something.
  var waitingConfig: MailConfig?
  /// Nil until they were first found.
  var foundGateways: [GatewayUse]?
  /// Nil until the first check is done.
  var diagnostics: [Diagnostic]?
  /// Whether tables and pool files are in.
  var hasFiles = false
  /// What is being done to the files on disk; nil while nothing is.
  var work: Work?
  /// Whether it was asked to leave while that goes on.
  var isLeaving = false
  /// What the lists show, made anew after every event; after a status when they are next looked at.
  var lists = Lists()
  private(set) var listsAreOld = false
  private var isSurveying = false
  /// Whether something changed since the survey that is under way was asked for.
  private var surveyIsStale = false

  /// - Parameters:
  ///   - config: main.cf and master.cf read; the files that they name may still be missing.
  ///   - now: the time, for how long a gateway has been down.
  public init(
    _ config: MailConfig, identity: Identity, symbols: Symbols = .unicode, now: ContinuousClock.Instant = .now
  ) {
    self.identity = identity
    self.symbols = symbols
    self.now = now
    session = Session(config)
    refreshLists()
  }

  /// What to do once the first screen is painted.
  public var startEffects: [Effect] { [.readFiles(session.current)] }

  /// Once in half a minute "3 min" becomes "4 min", while there is something that lasts.
  public var wakeTime: ContinuousClock.Instant? {
    statuses.isEmpty ? nil : now + .seconds(30)
  }

  public mutating func update(_ event: Event<Message>, now: ContinuousClock.Instant) -> [Effect] {
    self.now = now
    if case .message(.status(let status)) = event {
      // Thousands of them may come at once, and few change a list.
      if order != .configuration || filters[.gateways] != nil { listsAreOld = true }
      return take(.status(status)) + askAgent()
    }
    if listsAreOld { renewLists() }
    let (revision, orderBefore) = (session.revision, order)
    let chosen = (
      gateway: selections[.gateways] == nil ? nil : chosenGateway?.gateway,
      pool: selections[.pools] == nil ? nil : chosenPoolRow?.identity
    )
    var effects: [Effect] = []
    switch event {
    case .wake: break
    case .key(let key): effects = isBlind ? pressBlindly(key) : press(key)
    case .message(let message): effects = take(message)
    }
    effects += askAgent() + lookAtFiles()
    takeWaitingConfig()
    refreshLists()
    var isNewList = session.revision != revision
    if isNewList { effects += survey() }
    if case .message(.gateways) = event { isNewList = true }
    if order != orderBefore { isNewList = true }
    // A list in another order must not put the selection, and the next key, on something else.
    if isNewList { follow(chosen.gateway, chosen.pool) }
    return effects
  }

  /// Brings the lists up to date with the statuses that came.
  mutating func renewLists() {
    let chosen = selections[.gateways] == nil ? nil : chosenGateway?.gateway
    listsAreOld = false
    refreshLists()
    follow(chosen, nil)
  }

  /// Once in a while, as long as something happens anyway: a console that nobody looks at need not ask.
  private mutating func askAgent() -> [Effect] {
    guard hasFiles, agentAsked.map({ now - $0 >= Self.agentInterval }) ?? true else { return [] }
    agentAsked = now
    return [.askAgent]
  }

  /// Once in a while too, and not while we write ourselves.
  private mutating func lookAtFiles() -> [Effect] {
    guard hasFiles, work == nil, filesLookedAt.map({ now - $0 >= Self.lookInterval }) ?? true else {
      return []
    }
    filesLookedAt = now
    return [.lookAtFiles]
  }

  /// Shows what stands on disk now, unless somebody is in the middle of something: with edits, a write asks.
  private mutating func takeWaitingConfig() {
    guard let config = waitingConfig, dialog == nil, work == nil, !session.isEdited else { return }
    waitingConfig = nil
    session.reset(to: config)
    notice = Notice(text: "files changed on disk: read again", role: .info)
  }

  private mutating func follow(_ gateway: Gateway?, _ pool: PoolRow.Identity?) {
    if let gateway, let index = lists.gateways.firstIndex(where: { $0.gateway == gateway }) {
      choose(index, in: .gateways)
    }
    if let pool, let index = lists.pools.firstIndex(where: { $0.identity == pool }) {
      choose(index, in: .pools)
    }
  }

  private mutating func take(_ message: Message) -> [Effect] {
    switch message {
    case .filesRead(let config):
      hasFiles = true
      session.reset(to: config)
      return []
    case .filesChanged(let config):
      // Our own writes are seen as changes too.
      guard !config.hasSameTexts(as: session.saved) else { return [] }
      waitingConfig = config
      if session.isEdited, dialog == nil {
        notice = Notice(
          text: "files changed on disk: w reads them again and makes the edits on that", role: .warning)
      }
      return []
    case .filesUnreadable(let reason):
      if dialog == nil {
        notice = Notice(text: "files changed on disk, and cannot be read: \(reason)", role: .error)
      }
      return []
    case .status(let status):
      let isNew = statuses[status.gateway]?.state != status.state
      statuses[status.gateway] = status
      return isNew ? survey() : []
    case .agent(let report):
      agent = report
      return []
    case .gateways(let found): return take(found)
    case .diagnostics(let found):
      diagnostics = found
      isSurveying = false
      return surveyIsStale ? survey() : []
    case .undoing(let preview):
      work = nil
      confirmUndo(preview)
      return []
    case .nothingToUndo(let reason):
      work = nil
      notice = Notice(text: "undo-write: \(reason)", role: .warning)
      return []
    case .written(let outcome):
      let done = work
      work = nil
      waitingConfig = nil
      take(outcome, of: done ?? .write(""))
      return []
    }
  }

  private mutating func take(_ outcome: WriteOutcome, of work: Work) {
    func words(_ note: String) -> String { work.done + (note.isEmpty ? "" : "; \(note)") }
    switch outcome {
    case .written(let config, let note):
      session.reset(to: config)
      notice = Notice(text: words(note), role: .up)
    case .writtenUnread(let reason, let note):
      // The edits are on disk; what else stands there now is not known.
      if case .write = work { session.reset(to: session.current.written) }
      notice = Notice(text: "\(words(note)); but reading it again failed: \(reason)", role: .warning)
    case .conflict(let config, let files):
      waitingConfig = config
      offerReload(of: config, files: files)
    case .failed(let reason):
      let nothing = if case .undo = work { "nothing was taken back" } else { "nothing was written" }
      notice = Notice(text: "\(nothing): \(reason)", role: .error)
    case .interrupted(let reason): notice = Notice(text: reason, role: .error)
    }
  }

  /// Asks what the present configuration comes to; one question at a time.
  private mutating func survey() -> [Effect] {
    guard hasFiles else { return [] }
    surveyIsStale = isSurveying
    if isSurveying { return [] }
    isSurveying = true
    return [.survey(session.current, statuses.mapValues(\.known))]
  }

  private mutating func take(_ found: [GatewayUse]) -> [Effect] {
    foundGateways = found
    let known = Set(found.map(\.gateway))
    statuses = statuses.filter { known.contains($0.key) }
    return [.watch(found.flatMap(\.targets))]
  }

  // MARK: What follows from it

  var gateways: [GatewayUse] { foundGateways ?? [] }

  /// What is known of the gateways, for shares and risks.
  var states: GatewayStates { statuses.mapValues(\.state) }

  /// The state that a gateway is shown in.
  func state(of use: GatewayUse) -> GatewayState {
    use.isDrained ? .drained : statuses[use.gateway]?.state ?? .unknown
  }

  /// The pools as they are shown: with the edit that is being typed, if there is one.
  var shownPools: [Pool] {
    if case .prompt(let prompt) = dialog, let preview = prompt.preview { return preview.pools }
    return session.pools
  }

  /// `path` as people know it: inside the configuration directory by its name alone.
  func shown(path: String) -> String {
    let prefix = session.current.directory + "/"
    return printable(path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path)
  }
}
