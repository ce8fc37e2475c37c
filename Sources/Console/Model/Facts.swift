// What all views show: the configuration with its edits, and what is known of its gateways. Views read it and never
// change it.

import Checks
import Editing
import Gateways
import Liveness
import PostfixFiles
import Routing
import Traffic

/// What one call of the console says about itself.
package struct Identity: Sendable {
  package var hostName: String
  /// Whether the configuration is the sample one.
  package var isDemo: Bool
  /// Whether edits are refused.
  package var isReadOnly: Bool
  /// Why nothing can be written; nil where it can.
  package var obstacle: WriteObstacle?
  /// Whether a timer calls `randmap tick`.
  package var isTicking: @Sendable () -> Bool

  package init(
    hostName: String, isDemo: Bool = false, isReadOnly: Bool = false, obstacle: WriteObstacle? = nil,
    isTicking: @escaping @Sendable () -> Bool = { false }
  ) {
    self.hostName = hostName
    self.isDemo = isDemo
    self.isReadOnly = isReadOnly
    self.obstacle = obstacle
    self.isTicking = isTicking
  }
}

/// Whether the agent of this configuration answers.
enum AgentContact: Sendable {
  /// It has never answered since the console started.
  case never
  case answers(AgentReport)
  /// It answered before, and does not answer now.
  case gone
}

/// The rule that reports a pool without an agent.
private let noAgentCode = "RM123"

/// What is known now.
struct Facts: Sendable {
  let identity: Identity
  let symbols: Symbols
  /// Whether what is drawn takes long to arrive: then there is no more than the lists.
  var isLineSlow = false
  /// How the person wants the console.
  var settings: Settings
  /// What planning a pool and resolving an address know of this machine; called on a thread.
  let machine: @Sendable (MailConfig) -> Machine
  /// The writes that are remembered.
  let archive: Archive
  /// Where edits that are not written are kept; nil where they are not.
  let unwritten: UnwrittenEdits?
  /// Who drained what is drained on disk, and the state of the files that this is of.
  var authors = KnownAuthors()
  var authorsOf: KnownAuthors.Question?
  /// How many writes this console has made or taken back.
  var writes = 0
  var now: ContinuousClock.Instant
  var session: Session
  /// Whether the files on disk could be read when they were last looked at.
  var areFilesReadable = true
  /// Whether the tables and pool files have been read.
  var hasFiles = false
  var statuses: [Gateway: GatewayStatus] = [:]
  /// How long each gateway took to greet, as the list shows it: the figure stays while the time is about the same.
  private(set) var latencies: [Gateway: Double] = [:]
  /// What each gateway was last asked about a recipient.
  var trials: [Gateway: AddressTrial] = [:]
  /// What a running agent finds of the gateways. Mail goes by this, whatever our own probes find.
  private var agentFindings: [Gateway: AgentReport.GatewayFinding] = [:]
  /// What the mail log and the queue say.
  var mail = MailFlow()
  /// How far back the observed shares go.
  var window: RecentTraffic.Window
  private(set) var contact = AgentContact.never
  /// Nil until the first survey has found them.
  var foundGateways: [GatewayUse]? { didSet { findAgain() } }
  /// Nil until the first check is done.
  var diagnostics: [Diagnostic]? { didSet { checks += 1 } }
  /// The revision that they are of.
  var checkedRevision: Int?
  /// How many checks are done: tells one list of problems from the next.
  private(set) var checks = 0

  init(
    _ config: MailConfig, identity: Identity, symbols: Symbols, now: ContinuousClock.Instant,
    machine: @escaping @Sendable (MailConfig) -> Machine, archive: Archive,
    unwritten: UnwrittenEdits?, settings: Settings
  ) {
    self.settings = settings
    window = settings.window
    self.archive = archive
    self.unwritten = unwritten
    self.machine = machine
    self.identity = identity
    self.symbols = symbols
    self.now = now
    session = Session(config)
  }

  /// Takes the answer of the agent; nil where it gave none.
  mutating func take(_ report: AgentReport?) {
    if let report {
      contact = .answers(report)
    } else if case .answers = contact {
      contact = .gone
    }
    findAgain()
  }

  /// Takes what a probe found.
  mutating func take(_ status: GatewayStatus) {
    statuses[status.gateway] = status
    latencies[status.gateway] = steady(latencies[status.gateway], status.latency)
  }

  /// Forgets all gateways but these.
  mutating func keepGateways(_ known: Set<Gateway>) {
    statuses = statuses.filter { known.contains($0.key) }
    latencies = latencies.filter { known.contains($0.key) }
    trials = trials.filter { known.contains($0.key) }
  }

  /// Takes a setting back that cannot be followed, unless it was set again meanwhile. Other settings stay.
  mutating func takeBack(_ change: SettingChange) {
    guard let setting = Setting(rawValue: change.name), settings[setting] == change.settings[setting] else {
      return
    }
    try? settings.set(change.name, to: change.before[setting])
    if setting == .window { window = change.before.window }
  }

  private mutating func findAgain() { agentFindings = agent?.findings(of: gateways.map(\.gateway)) ?? [:] }

  // MARK: What follows from it

  /// The last report of the agent; nil if no agent runs.
  var agent: AgentReport? { if case .answers(let report) = contact { report } else { nil } }

  /// The message that mail waits because no agent runs; nil where nothing is known to be wrong.
  var agentAlarm: String? {
    switch contact {
    case .gone: "agent gone"
    case .answers: nil
    case .never: (diagnostics ?? []).contains { $0.code == noAgentCode } ? "no agent" : nil
    }
  }

  /// What the header says before everything else: that no agent answers, that files cannot be read.
  var alarms: [String] {
    [agentAlarm, areFilesReadable ? nil : "files unreadable"].compactMap(\.self)
  }

  /// Whether pools of the agent get no mail out.
  var isAgentGone: Bool { agentAlarm != nil }

  /// What a gateway got in the window that is shown; nil where the log does not say.
  func recent(_ gateway: Gateway) -> RecentTraffic.Gateway? { mail.recent?[gateway, window] }

  var gateways: [GatewayUse] { foundGateways ?? [] }

  /// What is known of the gateways, for shares and risks.
  var states: GatewayStates {
    statuses.mapValues(\.state).merging(
      agentFindings.mapValues(\.state).filter { $0.value != .unknown },
      uniquingKeysWith: { _, agents in agents })
  }

  /// The same with the readings of our own probes.
  var known: KnownGateways {
    var known = statuses.mapValues(\.known)
    for gateway in known.keys {
      if let found = agentFinding(of: gateway) { known[gateway]?.probed = found.state }
    }
    return known
  }

  /// What the agent says of a gateway; nil where none runs, and where it does not know either.
  func agentFinding(of gateway: Gateway) -> AgentReport.GatewayFinding? {
    agentFindings[gateway].flatMap { $0.state == .unknown ? nil : $0 }
  }

  /// The state of a gateway, as far as it is known.
  func state(of gateway: Gateway) -> GatewayState {
    guard let found = agentFinding(of: gateway)?.state else { return statuses[gateway]?.state ?? .unknown }
    return mail.recent?.troubles[gateway] != nil && GatewayState.degraded.isWorse(than: found)
      ? .degraded : found
  }

  /// Why it is in that state; empty where nothing is wrong. What the log says of its deliveries has its words, and what
  /// it turned away: the agent learns neither.
  func reason(of gateway: Gateway) -> String {
    guard let found = agentFinding(of: gateway) else { return statuses[gateway]?.reason ?? "" }
    guard let trouble = mail.recent?.troubles[gateway] else { return found.reason }
    let others = found.reason.split(separator: "; ").filter { $0 != found.trouble }
    return (others.map(String.init) + [trouble.reason]).joined(separator: "; ")
  }

  /// The state that a gateway is shown in.
  func state(of use: GatewayUse) -> GatewayState {
    use.isDrained ? .drained : state(of: use.gateway)
  }

  /// With the directory in the calls that a text shows, where it is not the usual one.
  func naming(_ text: String) -> String {
    identity.isDemo ? text : text.namingDirectory(session.current.directory)
  }

  /// `path` as people know it: inside the configuration directory by its name alone.
  func shown(path: String) -> String {
    let prefix = session.current.directory + "/"
    return printable(path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path)
  }
}
