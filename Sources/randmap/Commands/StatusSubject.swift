// What `--status` looks at: the gateways of a configuration, or those that are given by hand.

import Gateways
import Glibc
import Liveness
import PostfixFiles
import PostfixTools
import Routing

struct StatusSubject {
  let config: MailConfig
  let uses: [GatewayUse]
  /// Empty where the gateways were given by hand.
  let pools: [Pool]
  let settings: ProbeSettings
  private let place: Workplace?
  /// As in the call.
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
  ) throws(Failure) {
    self.config = config
    self.place = place
    self.names = names
    self.probing = probing
    settings = try probing.probeSettings(config)
    pools = names.isEmpty ? config.pools() : []
    do throws(NotAGateway) {
      uses = names.isEmpty ? config.gateways(in: pools) : try config.gateways(named: names)
    } catch {
      throw Failure(.wrongCall, error.description)
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

  var targets: [Target] { uses.flatMap(\.targets) }

  /// The mail in the queue; nil where no Postfix runs by this configuration, or it does not tell us.
  func waitingMail() -> WaitingMail? {
    let queue = config.parameters.text("queue_directory")
    // master(8) keeps this file while it runs, and does not remove it.
    guard place?.isDemo != true, access("\(queue)/pid/master.pid", F_OK) == 0 else { return nil }
    return try? PostfixTools().waitingMail(configDirectory: config.directory)
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
    // The queue is listed while the probes are under way.
    let waiting = waitingMail()
    return StatusReport(
      uses: uses, pools: pools, statuses: GatewayStatus.of(round.wait(), settings: settings),
      waiting: waiting, agent: agentReport(), desertedAgentSocket: desertedAgentSocket())
  }
}
