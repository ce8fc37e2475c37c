// Following the mail log and the queue for the console, on a thread that sleeps until the log is written to: with a quiet
// log nothing happens.

import Changes
import Editing
import Gateways
import Glibc
import Liveness
import PostfixFiles
import PostfixTools
import Routing
import Threads
import Traffic

/// What the log and the queue say by now.
struct MailFlow: Sendable {
  var recent: RecentTraffic?
  var waiting: WaitingMail?
  /// Why the log cannot be read.
  var problem: String?
  /// Whether a Postfix runs with the configuration; nil until that is known.
  var hasPostfix: Bool?
}

final class MailWatch: Sendable {
  private enum Command: Sendable {
    case follow(MailConfig)
    case listQueue
    case end
  }

  private let commands = Mailbox<Command>()

  /// - Parameters:
  ///   - writer: knows what has been written: a change of the weights explains a share.
  ///   - turn: how often is looked at what changes without a line in the log.
  ///   - onChange: gets what is known by now; called on the watch's own thread.
  init(
    settings: ProbeSettings, writer: Writer, turn: Duration = .seconds(30),
    tools: PostfixCommands = PostfixCommands(),
    onChange: @escaping @Sendable (MailFlow) -> Void
  ) {
    let commands = commands
    inBackground {
      var follower = Follower(
        settings: settings, writer: writer, turn: turn, tools: tools, onChange: onChange)
      while true {
        follower.wait(for: commands.descriptor)
        for command in commands.empty() {
          switch command {
          case .follow(let config): follower.begin(config)
          case .listQueue: follower.listSoon()
          case .end: return follower.end()
          }
        }
        follower.read()
      }
    }
  }

  /// Follows the log of this configuration from now on.
  func follow(_ config: MailConfig) { commands.post(.follow(config)) }

  /// Something has been done about the queue.
  func listQueue() { commands.post(.listQueue) }

  func end() { commands.post(.end) }
}

/// Lives on the watch's thread.
private struct Follower {
  let settings: ProbeSettings
  let writer: Writer
  let onChange: @Sendable (MailFlow) -> Void
  private var config: MailConfig?
  private var pools: [Pool] = []
  private var gateways: [Gateway] = []
  private var addresses: [Gateway: Set<String>] = [:]
  private var log: RecentLog?
  private var flow = MailFlow()
  /// inotify(7) of the log's directories: it tells of rotation too.
  private let notices = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
  private var watched: [Int32] = []
  private var lastRead: ContinuousClock.Instant?
  private var lastListing: ContinuousClock.Instant?
  /// When the queue is to be listed, whatever the log says.
  private var dueListings: [ContinuousClock.Instant] = []
  /// Whether something was written to the log since the queue was listed.
  private var isListingOld = true

  /// A log that is written to all the time is read this often. The journal has the words of all the machine, and each
  /// look at it starts a program.
  private var pause: Duration { log?.found == .journal ? .seconds(10) : .seconds(2) }
  /// The queue is listed no more often than this, and windows move on this often without new lines.
  private let turn: Duration
  private let tools: PostfixCommands

  init(
    settings: ProbeSettings, writer: Writer, turn: Duration, tools: PostfixCommands,
    onChange: @escaping @Sendable (MailFlow) -> Void
  ) {
    self.tools = tools
    self.settings = settings
    self.writer = writer
    self.turn = turn
    self.onChange = onChange
  }

  /// Returns when there is a command, when the log may have new lines, or when something may have changed without one.
  mutating func wait(for commands: Int32) {
    if let lastRead {
      let left = (min(pause, turn) - lastRead.duration(to: .now)) / .milliseconds(1)
      var source = pollfd(fd: commands, events: Int16(POLLIN), revents: 0)
      if left > 0, poll(&source, 1, Int32(left.rounded(.up))) > 0 { return }
    }
    var sources = [commands, notices].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    poll(&sources, 2, longestWait.map { Int32(max(0, ($0 / .milliseconds(1)).rounded(.up))) } ?? -1)
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while Glibc.read(notices, &buffer, buffer.count) > 0 { isListingOld = true }
  }

  /// Until something may change without a line in the log; nil: nothing does.
  private var longestWait: Duration? {
    guard config != nil else { return nil }
    var waits = dueListings.map { ContinuousClock.now.duration(to: $0) }
    // A log that cannot be read may be there later, and mail that waits may be gone.
    if log == nil || isListingOld || mayLeaveQueue { waits.append(turn) }
    if let seconds = flow.recent?.turn { waits.append(.seconds(seconds)) }
    return waits.min()
  }

  private var mayLeaveQueue: Bool { (flow.waiting?.total ?? 0) > 0 }

  mutating func begin(_ new: MailConfig) {
    config = nil
    log = nil
    lastListing = nil
    dueListings = []
    isListingOld = true
    flow = MailFlow()
    pools = new.pools()
    flow.hasPostfix = new.hasRunningPostfix
    if flow.hasPostfix == false { return onChange(flow) }
    config = new
    let uses = new.gateways(in: pools)
    gateways = uses.map(\.gateway)
    addresses = [:]
    for target in uses.flatMap(\.targets) {
      guard case .mx = target.gateway else { continue }
      addresses[target.gateway, default: []].formUnion(namesInLog(of: target, settings: settings))
    }
  }

  /// Something has been done about the queue: what comes of it shows at once, and a few seconds later.
  mutating func listSoon() {
    dueListings = [.zero, .seconds(3), .seconds(10)].map { .now + min($0, turn) }
  }

  /// Looks for the log, which may have come since the last look.
  private mutating func find(_ config: MailConfig) throws(LogError) {
    for directory in watched { inotify_rm_watch(notices, directory) }
    watched = []
    let now = time(nil)
    let found = try LogFinder.find(config)
    log = try RecentLog(
      found, config: config, pools: pools, addresses: addresses,
      since: now - RecentTraffic.Window.day.rawValue, now: now)
    watched = found.directories.map {
      inotify_add_watch(notices, $0, UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO))
    }.filter { $0 >= 0 }
  }

  mutating func read() {
    guard let config else { return }
    lastRead = .now
    do throws(LogError) {
      if log == nil { try find(config) }
      if let log {
        try log.read()
        var knowledge = TrafficReport.Knowledge()
        knowledge.changes = PoolChanges(of: config, writer).last(of:)
        flow.recent = log.recent(limits: settings.deliveryLimits, knowing: knowledge, now: time(nil))
      }
      flow.problem = nil
    } catch {
      (log, flow.recent) = (nil, nil)
      flow.problem = error.message
    }
    list(config)
    onChange(flow)
  }

  private mutating func list(_ config: MailConfig) {
    let now = ContinuousClock.now
    let mayDiffer = isListingOld || mayLeaveQueue || log == nil
    let isTurn = lastListing.map { $0.duration(to: now) >= turn } ?? true
    guard isTurn && mayDiffer || dueListings.contains(where: { $0 <= now }) else { return }
    dueListings.removeAll { $0 <= now }
    lastListing = now
    isListingOld = false
    var waiting = WaitingMail(gateways, addresses: addresses)
    do throws(ToolError) {
      try tools.listQueue(configDirectory: config.directory) { waiting.feed($0) }
      waiting.finish()
      flow.waiting = waiting
    } catch {
      flow.waiting = nil
    }
  }

  func end() { close(notices) }
}
