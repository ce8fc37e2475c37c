// What `--status` looks at: the gateways of a configuration, or those that are given by hand.

import Editing
import Gateways
import Glibc
import Liveness
import PostfixFiles
import PostfixTools
import Routing
import Traffic

struct StatusSubject {
  let config: MailConfig
  let uses: [GatewayUse]
  /// Empty where the gateways were given by hand.
  let pools: [Pool]
  let settings: ProbeSettings
  private let place: Workplace?
  /// As in the call.
  /// Who drained which gateway.
  let authors: DrainAuthors
  private let names: [String]
  private let probing: ProbeOptions
  /// Of the files that it was read from; nil if the caller did not ask for them.
  private var stamps: FileStamps?

  init(_ common: CommonOptions, gateways: [String], probing: ProbeOptions) throws {
    // Gateways that are given need no configuration; one that is there says how to reach them.
    let needsNone = !gateways.isEmpty && !common.demo && common.configDirectory == nil
    if needsNone, !FileReader.isReadable("\(common.directory)/main.cf") {
      let none = MailConfig(directory: common.directory, environment: common.environment, main: "")
      try self.init(none, place: nil, names: gateways, probing: probing)
    } else {
      let place = try Workplace(common, command: "status", readingFiles: gateways.isEmpty)
      do { try self.init(place.config, place: place, names: gateways, probing: probing) } catch {
        place.close()
        throw error
      }
    }
  }

  private init(
    _ config: MailConfig, place: Workplace?, names: [String], probing: ProbeOptions
  ) throws(CommandError) {
    self.config = config
    self.place = place
    self.names = names
    self.probing = probing
    settings = try probing.probeSettings(config)
    let pools = names.isEmpty ? config.pools() : []
    self.pools = pools
    authors =
      place.map { DrainAuthors(pools, writer: $0.writer, directory: config.directory) } ?? DrainAuthors()
    do throws(GatewayNameError) {
      uses = names.isEmpty ? config.gateways(in: pools) : try config.gateways(named: names)
    } catch {
      throw CommandError(.wrongCall, error.description)
    }
  }

  /// The same, as it is on disk now; `isOutdated` compares with it.
  func reread() throws -> StatusSubject {
    guard let place else { return self }
    let (config, stamps) = try place.rereadWithStamps()
    var subject = try StatusSubject(config, place: place, names: names, probing: probing)
    subject.stamps = stamps
    return subject
  }

  /// Whether a file that it was read from is no longer what it was.
  var isOutdated: Bool { stamps?.areOutdated ?? false }

  /// Takes no further notice of what has changed by now.
  mutating func ignoreChanges() { stamps = stamps?.renewed }

  /// Ends the demonstration, where there is one.
  func close() { place?.close() }

  /// Prints which files of the configuration cannot be read; returns whether there are any.
  func sayUnreadableFiles() -> Bool { place?.sayUnreadableFiles() ?? false }

  /// The first of them; nil where there is none, or the gateways were given by hand.
  var unreadable: String? { names.isEmpty ? config.unreadableFiles.first?.message : nil }

  /// The lanes by which mail goes to no gateway; nil where there are none, or gateways were given by hand.
  var lanes: LaneMail? { names.isEmpty ? config.laneMail : nil }

  var targets: [Target] { uses.flatMap(\.targets) }

  /// Whether a Postfix runs by this configuration: then it has a queue and a log to look at.
  private var isRunning: Bool {
    place?.isDemo != true && config.hasRunningPostfix
  }

  /// The mail in the queue; nil where no Postfix runs by this configuration, or it does not tell us.
  func waitingMail(_ statuses: [Gateway: GatewayStatus]) -> WaitingMail? {
    guard isRunning else { return nil }
    var mail = WaitingMail(uses.map(\.gateway), addresses: statuses.addresses)
    do throws(ToolError) {
      try PostfixCommands().listQueue(configDirectory: config.directory) { mail.feed($0) }
    } catch { return nil }
    mail.finish()
    return mail
  }

  /// The log of the last quarter of an hour, to be followed; nil where there is nothing to look for.
  func recentLog(_ statuses: [Gateway: GatewayStatus]) throws(LogError) -> RecentLog? {
    guard isRunning, !pools.isEmpty else { return nil }
    let now = time(nil)
    return try RecentLog(
      try LogFinder.find(config), config: config, pools: pools, addresses: statuses.addresses,
      since: now - RecentTraffic.Window.quarter.rawValue - 60, now: now)
  }

  /// What the log says by now.
  func answer(of log: RecentLog?, agent: AgentReport?) throws(LogError) -> LogAnswer {
    guard let log else { return .notAsked }
    try log.read()
    var knowledge = TrafficReport.Knowledge()
    knowledge.agent = agent
    if let writer = place?.writer {
      knowledge.changes = PoolChanges(of: config, writer).last(of:)
    }
    return .recent(
      log.recent(
        windows: [.quarter], limits: settings.deliveryLimits, knowing: knowledge, now: time(nil)))
  }

  /// The agent's report; nil if no agent runs, or the gateways were given by hand.
  func agentReport() -> AgentReport? { pools.isEmpty ? nil : place?.agentReport() }

  /// Where the queue manager finds no agent, though pools need one and Postfix runs here.
  func desertedAgentSocket() -> String? {
    guard config.surroundings != nil, pools.contains(where: \.isAgents) else { return nil }
    return Surroundings.desertedAgentSocket(of: config)
  }

  /// Probes everything once.
  func reportOfOneRound() -> StatusReport {
    let round = ProbeRound(targets, settings: settings)
    let agent = agentReport()
    var statuses = Dictionary(
      GatewayStatus.of(round.wait(), settings: settings).map { ($0.gateway, $0) },
      uniquingKeysWith: { first, _ in first })
    let traffic: LogAnswer
    do throws(LogError) { traffic = try answer(of: recentLog(statuses), agent: agent) } catch {
      traffic = .unreadable(error.message)
    }
    for (gateway, trouble) in traffic.recent?.troubles ?? [:] {
      statuses[gateway, default: GatewayStatus(gateway)].take(trouble, at: .now)
    }
    var report = StatusReport(
      uses: uses, pools: pools, statuses: statuses.values, waiting: waitingMail(statuses), traffic: traffic,
      agent: agent, desertedAgentSocket: desertedAgentSocket(), authors: authors)
    report.unreadable = unreadable
    report.lanes = lanes
    return report
  }
}
