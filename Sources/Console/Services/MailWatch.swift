// Following the mail log and the queue for the console, on a thread that sleeps until the log is written to: with a quiet
// log nothing happens.

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

  /// - Parameter onChange: gets what is known by now; called on the watch's own thread.
  init(settings: ProbeSettings, onChange: @escaping @Sendable (MailFlow) -> Void) {
    let commands = commands
    inBackground {
      var follower = Follower(settings: settings, onChange: onChange)
      while true {
        follower.wait(for: commands.descriptor)
        for command in commands.empty() {
          switch command {
          case .follow(let config): follower.begin(config)
          case .listQueue: follower.lastListing = nil
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
  let onChange: @Sendable (MailFlow) -> Void
  private var config: MailConfig?
  private var gateways: [Gateway] = []
  private var addresses: [Gateway: Set<String>] = [:]
  private var log: RecentLog?
  private var flow = MailFlow()
  /// inotify(7) of the log's directories: it tells of rotation too.
  private let notices = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
  private var watched: [Int32] = []
  private var lastRead: ContinuousClock.Instant?
  /// Nil: it is due.
  var lastListing: ContinuousClock.Instant?

  /// A log that is written to all the time is read this often. The journal has the words of all the machine, and each
  /// look at it starts a program.
  private var pause: Duration { log?.found == .journal ? .seconds(10) : .seconds(2) }
  /// The queue is listed no more often than this.
  private static let listingPause = Duration.seconds(30)
  /// While there is mail, windows move on without new lines.
  private static let turn: Int32 = 30_000

  init(settings: ProbeSettings, onChange: @escaping @Sendable (MailFlow) -> Void) {
    self.settings = settings
    self.onChange = onChange
  }

  /// Returns when there is a command, when the log may have new lines, or when the windows have moved on.
  func wait(for commands: Int32) {
    if let lastRead {
      let left = (pause - lastRead.duration(to: .now)) / .milliseconds(1)
      var source = pollfd(fd: commands, events: Int16(POLLIN), revents: 0)
      if left > 0, poll(&source, 1, Int32(left)) > 0 { return }
    }
    var sources = [commands, notices].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    poll(&sources, 2, flow.recent?.isQuiet ?? true ? -1 : Self.turn)
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while Glibc.read(notices, &buffer, buffer.count) > 0 {}
  }

  mutating func begin(_ new: MailConfig) {
    config = nil
    log = nil
    lastListing = nil
    flow = MailFlow()
    for directory in watched { inotify_rm_watch(notices, directory) }
    watched = []
    let pools = new.pools()
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
    do throws(LogError) {
      let now = time(nil)
      let found = try LogFinder.find(new)
      log = try RecentLog(
        found, config: new, pools: pools, addresses: addresses,
        since: now - RecentTraffic.Window.day.rawValue, now: now)
      watched = found.directories.map {
        inotify_add_watch(notices, $0, UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO))
      }.filter { $0 >= 0 }
    } catch {
      flow.problem = error.message
    }
  }

  mutating func read() {
    guard let config else { return }
    lastRead = .now
    if let log {
      do throws(LogError) {
        try log.read()
        flow.recent = log.recent(limits: settings.deliveryLimits, knowing: .ofFiles(), now: time(nil))
        flow.problem = nil
      } catch {
        flow.problem = error.message
      }
    }
    if lastListing.map({ $0.duration(to: .now) >= Self.listingPause }) ?? true {
      lastListing = .now
      var waiting = WaitingMail(gateways, addresses: addresses)
      do throws(ToolError) {
        try PostfixTools().listQueue(configDirectory: config.directory) { waiting.feed($0) }
        waiting.finish()
        flow.waiting = waiting
      } catch {
        flow.waiting = nil
      }
    }
    onChange(flow)
  }

  func end() { close(notices) }
}
