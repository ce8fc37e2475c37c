// What `--status` looks at: the gateways of a configuration, or those that are given by hand.

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

  init(_ common: CommonOptions, gateways: [String], probing: ProbeOptions) throws {
    // Gateways that are given need no configuration; one that is there says how to reach them.
    let needsNone = !gateways.isEmpty && !common.demo && common.configDirectory == nil
    if needsNone, !FileReader.isReadable("\(common.directory)/main.cf") {
      place = nil
      config = MailConfig(directory: common.directory, environment: common.environment, main: "")
    } else {
      let place = try Workplace(common, command: "status", readingFiles: gateways.isEmpty)
      self.place = place
      config = place.config
    }
    do {
      settings = try probing.probeSettings(config)
      uses = gateways.isEmpty ? config.gateways() : try config.gateways(named: gateways)
    } catch {
      place?.close()
      throw (error as? NotAGateway).map { Failure(.wrongCall, $0.description) } ?? error
    }
    pools = gateways.isEmpty ? config.pools() : []
  }

  /// Ends the demonstration, where there is one.
  func close() { place?.close() }

  /// Says which files of the configuration cannot be read; whether there are any.
  func sayUnreadableFiles() -> Bool { place?.sayUnreadableFiles() ?? false }

  var targets: [Target] { uses.flatMap(\.targets) }

  /// The mail in the queue; nil where no Postfix runs by this configuration, or it does not tell us.
  func waitingMail() -> WaitingMail? {
    let queue = config.parameters.text("queue_directory")
    // master(8) keeps this file while it runs, and leaves it behind.
    guard place?.isDemo != true, access("\(queue)/pid/master.pid", F_OK) == 0 else { return nil }
    return try? PostfixTools().waitingMail(configDirectory: config.directory)
  }

  /// Probes everything once.
  func reportOfOneRound() -> StatusReport {
    let round = ProbeRound(targets, settings: settings)
    // The queue is listed while the probes are under way.
    let waiting = waitingMail()
    return StatusReport(
      uses: uses, pools: pools, statuses: GatewayStatus.of(round.wait(), settings: settings), waiting: waiting
    )
  }
}
