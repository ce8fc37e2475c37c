// `randmap agent`: randmap(8), the pseudo-delivery agent.

import Agent
import ArgumentParser
import Glibc
import Liveness
import PostfixFiles

struct AgentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent", abstract: "Deliver by randmap pools, beside an unmodified Postfix.",
    discussion: """
      Listens on private/randmap in Postfix's queue directory, takes delivery requests from the queue manager, chooses \
      a member of the pool by weight among those that are alive, and hands the request to that member's transport. \
      Started by the superuser, it goes on as mail_owner. SIGTERM: it finishes what it has; a second one ends it at once.

      Examples:
        randmap agent -c /etc/postfix
        randmap agent --sticky recipient-domain --metrics inet:127.0.0.1:9154
      """)

  @OptionGroup var common: CommonOptions

  @Option(
    help: ArgumentHelp(
      "Keep mail on one member: by recipient-domain, by sender, or none.", valueName: "key"))
  var sticky: Stickiness = .none

  @Option(
    name: .customLong("lookup"),
    help: ArgumentHelp(
      "Answer socketmap lookups at unix:/path or inet:127.0.0.1:port too.", valueName: "address"))
  var lookupAddresses: [ListenAddress] = []

  @Option(
    name: .customLong("metrics"),
    help: ArgumentHelp(
      "Show counts as Prometheus text at unix:/path or inet:127.0.0.1:port too.", valueName: "address"))
  var metricsAddresses: [ListenAddress] = []

  @Flag(
    name: .customLong("lookup-inline"),
    help: "Answer lookups in private/ for pools that no setting names, too.")
  var allowsInlineLookups = false

  @Option(
    help: ArgumentHelp(
      "Run this command line at each change of a gateway's state.",
      discussion: "What changed is in its environment: RANDMAP_GATEWAY, RANDMAP_STATE and others.",
      valueName: "command"))
  var notify: String?

  func run() throws {
    holdStandardFiles()
    try common.refuseDemo("agent")
    let place = try Workplace(common, command: "agent", readingFiles: false, interrupted: .settles)
    defer { place.close() }
    if let owner = place.config.queueOwner, owner == absolutePath(MailConfig.standardDirectory) {
      let queue = printable(place.config.parameters.text("queue_directory"))
      throw CommandError(
        .findings,
        "queue_directory \(queue) is that of \(printable(owner)): need -c \(printable(owner)), or another queue_directory"
      )
    }
    var options = AgentOptions(directory: place.config.directory, environment: place.config.environment) {
      Output.error.log("randmap agent: \($0)")
    }
    options.stickiness = sticky
    options.probeSettings = { ProbeSettings($0) }
    options.lookupAddresses = lookupAddresses
    options.metricsAddresses = metricsAddresses
    options.allowsInlineLookups = allowsInlineLookups
    options.notify = notify
    // Before the first other thread, so that all of them have these signals blocked.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    signal(SIGPIPE, SIG_IGN)
    // Three descriptors for each delivery (its file is locked), one for each probe: as many as the system gives.
    var limit = rlimit()
    let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    if getrlimit(kind, &limit) == 0 {
      limit.rlim_cur = limit.rlim_max
      setrlimit(kind, &limit)
    }
    let agent: AgentDaemon
    do throws(AgentError) {
      agent = try AgentDaemon(options)
    } catch {
      throw CommandError(.findings, error.message)
    }
    var number: Int32 = 0
    // A hang-up asks other programs to read their configuration: this one does by itself.
    repeat { sigwait(&signals, &number) } while number == SIGHUP
    // The second signal ends the program: it has nothing that must be put in order.
    signal(number, SIG_DFL)
    var again = sigset_t()
    sigemptyset(&again)
    sigaddset(&again, number)
    pthread_sigmask(SIG_UNBLOCK, &again, nil)
    agent.stop()
  }
}

/// Opens /dev/null where standard input, output or error is closed: otherwise the next file or socket would get its
/// number, and the log would be written into that.
private func holdStandardFiles() {
  for number in Int32(0)...2 where fcntl(number, F_GETFD) < 0 {
    _ = open("/dev/null", number == 0 ? O_RDONLY : O_WRONLY)
  }
}

extension Stickiness: ExpressibleByArgument {}

extension ListenAddress: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}
