// `randmap --status --watch`: goes on probing; a picture that is redrawn in place, or a line for each change.

import Console
import Editing
import Gateways
import Glibc
import Liveness
import PostfixFiles
import PostfixTools
import Routing
import System
import Threads
import Traffic

struct StatusWatch {
  enum Display {
    /// Redrawn in place.
    case screen
    /// For a log: a line for each change.
    case lines
    /// For a program: the whole report in one line of JSON at each change.
    case objects
  }

  var subject: StatusSubject
  let display: Display
  let color: Bool
  let textfile: String?
  let signals: Signals
  /// Tells a command of the changes of states; nil: none is told.
  let commands: CommandQueue?

  /// How often the queue is listed, and the agent asked.
  private static let queueInterval = Duration.seconds(30)
  /// What comes within this time is shown together.
  private static let pause: Int32 = 100
  /// How often the files of the configuration are looked at, in milliseconds.
  private static let look: Int32 = 2_000

  /// Returns when a signal asks for the end.
  mutating func run() throws {
    let mailbox = Mailbox<GatewayStatus>()
    // Once more, with the stamps of the files: what changed since the first time counts.
    subject = try subject.reread()
    var scene = Scene(subject: subject)
    if let textfile { try TextFile(textfile).replace(with: scene.report.prometheus()) }
    var watcher = Watch(settings: subject.settings) { mailbox.post($0) }
    defer { watcher.shutdown() }
    watcher.setTargets(subject.targets)
    var picture = Picture(color: color)
    if display == .screen { picture.draw(scene.report.lines) }
    while true {
      Self.wait(for: [signals.descriptor, mailbox.descriptor], limit: Self.look)
      let events = signals.read()
      for event in events {
        switch event {
        case .interrupted, .end: return
        case .stop:
          if signals.stop() != nil { return }
          picture.forget()
        case .resized: picture.clear()
        case .continued: picture.forget()
        }
      }
      let news = mailbox.empty()
      scene.take(news, now: .now, queueInterval: Self.queueInterval)
      watcher.setDeliveries(scene.troubles)
      let isAnother = subject.isOutdated && rereadSubject()
      if isAnother {
        if subject.settings != watcher.settings {
          watcher.shutdown()
          watcher = Watch(settings: subject.settings) { mailbox.post($0) }
        }
        watcher.setTargets(subject.targets)
        scene.turn(to: subject)
      }
      if news.isEmpty, events.isEmpty, !isAnother { continue }
      for change in news.isEmpty ? [] : scene.stateChanges {
        commands?.run(
          change.environment(directory: subject.config.directory, atRisk: scene.report.atRisk))
      }
      show(scene, &picture)
      if let textfile, isAnother || !news.isEmpty { write(scene, to: textfile) }
      Self.wait(for: [signals.descriptor], limit: Self.pause)
    }
  }

  /// Whether there is another configuration to use now; a file that cannot be read changes nothing.
  private mutating func rereadSubject() -> Bool {
    do {
      subject = try subject.reread()
      return true
    } catch {
      subject.ignoreChanges()
      let reason = (error as? CommandError)?.message ?? (error as? FileError)?.message ?? "\(error)"
      Output.error.line("randmap: the configuration changed, and the one before stays in force: \(reason)")
      return false
    }
  }

  private func show(_ scene: Scene, _ picture: inout Picture) {
    switch display {
    case .screen: picture.draw(scene.report.lines)
    case .lines: for change in scene.changes { Output.standard.line("\(timeStamp()) \(change)") }
    case .objects:
      guard !scene.changes.isEmpty, let text = try? JSON.line(scene.report.object) else { return }
      Output.standard.write(text)
    }
  }

  /// A disk that is full for a while is no reason to stop looking.
  private func write(_ scene: Scene, to path: String) {
    let now = Double(Glibc.time(nil))
    let lines = scene.report.prometheus { status in
      status.since.map { now - ($0.duration(to: .now) / .seconds(1)) }
    }
    do throws(CommandError) { try TextFile(path).replace(with: lines) } catch {
      Output.error.line("randmap: \(error.message)")
    }
  }

  private static func wait(for descriptors: [Int32], limit: Int32 = -1) {
    var sources = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    poll(&sources, nfds_t(sources.count), limit)
  }
}

/// What is known by now, and what has just changed.
private struct Scene {
  private(set) var report: StatusReport
  /// For people, one line each.
  private(set) var changes: [String] = []
  /// The same for a program.
  private(set) var stateChanges: [GatewayEvent] = []
  private var subject: StatusSubject
  private var gateways: Set<Gateway>
  private var statuses: [Gateway: GatewayStatus] = [:]
  private var waiting: WaitingMail?
  private var log: RecentLog?
  private var traffic = LogAnswer.notAsked
  private var agent: AgentReport?
  private var desertedAgentSocket: String?
  private var listed: ContinuousClock.Instant?

  init(subject: StatusSubject) {
    self.subject = subject
    gateways = Set(subject.uses.map(\.gateway))
    report = StatusReport(
      uses: subject.uses, pools: subject.pools, statuses: [], waiting: nil, traffic: .notAsked, agent: nil,
      desertedAgentSocket: nil, authors: subject.authors)
    report.unreadable = subject.unreadable
    report.lanes = subject.lanes
  }

  /// The gateways that greet and take no mail.
  var troubles: [Gateway: DeliveryTrouble] { traffic.recent?.troubles ?? [:] }

  /// Uses another configuration; what is known of the gateways that stay is kept.
  mutating func turn(to subject: StatusSubject) {
    self.subject = subject
    gateways = Set(subject.uses.map(\.gateway))
    log = nil
    listed = nil
    statuses = statuses.filter { gateways.contains($0.key) }
    let count = subject.uses.count
    changes.append("the configuration changed: \(count) \(count == 1 ? "gateway" : "gateways") now")
    renewReport()
  }

  mutating func take(_ news: [GatewayStatus], now: ContinuousClock.Instant, queueInterval: Duration) {
    changes = []
    stateChanges = []
    if news.isEmpty { return }
    for status in news where gateways.contains(status.gateway) {
      let before = statuses.updateValue(status, forKey: status.gateway)?.state ?? .unknown
      // What becomes of a gateway that gets no mail is no news.
      let isDrained = report.rows.contains { $0.use.gateway == status.gateway && $0.state == .drained }
      if before == status.state || isDrained { continue }
      if let change = GatewayEvent(from: before, to: status, time: Glibc.time(nil)) {
        stateChanges.append(change)
      }
      let reason = status.reason.isEmpty ? "" : ": \(status.reason)"
      changes.append(printable("\(status.gateway) \(before.word) -> \(status.state.word)\(reason)"))
    }
    if listed.map({ now - $0 >= queueInterval }) ?? true {
      waiting = subject.waitingMail(statuses)
      agent = subject.agentReport()
      readLog()
      desertedAgentSocket = subject.desertedAgentSocket()
      listed = now
    }
    renewReport()
  }

  private mutating func readLog() {
    do throws(LogError) {
      if log == nil { log = try subject.recentLog(statuses) }
      traffic = try subject.answer(of: log, agent: agent)
    } catch {
      log = nil
      traffic = .unreadable(error.message)
    }
  }

  private mutating func renewReport() {
    let risk = report.atRisk
    report = StatusReport(
      uses: subject.uses, pools: subject.pools, statuses: statuses.values, waiting: waiting,
      traffic: traffic, agent: agent, desertedAgentSocket: desertedAgentSocket,
      authors: subject.authors)
    report.unreadable = subject.unreadable
    report.lanes = subject.lanes
    if percent(risk) != percent(report.atRisk) {
      changes.append("pool mail at risk \(percent(risk)) -> \(percent(report.atRisk))")
    }
  }
}

/// Lines on a terminal that take the place of those before.
private struct Picture {
  let color: Bool
  private var height = 0

  init(color: Bool) { self.color = color }

  mutating func draw(_ lines: [StatusLine]) {
    // One column stays free: a terminal may wrap a line that fills it.
    let width = (Output.standard.width ?? 80) - 1
    let limit = max(2, (Output.standard.height ?? 24) - 1)
    var shown = lines.map { $0.shown(color: color, width: width) }
    if shown.count > limit, let last = shown.last {
      shown = shown.prefix(limit - 2) + ["... \(shown.count - limit + 1) lines more"] + [last]
    }
    let up = height > 0 ? "\r\u{1B}[\(height)A" : ""
    Output.standard.write(Bytes((up + shown.map { "\($0)\u{1B}[K\n" }.joined() + "\u{1B}[J").utf8))
    height = shown.count
  }

  /// Another program has written to the terminal: begin below it.
  mutating func forget() { height = 0 }

  /// Lines of another width have other places now: begin at the top.
  mutating func clear() {
    if height > 0 { Output.standard.write(Bytes("\u{1B}[H\u{1B}[2J".utf8)) }
    height = 0
  }
}

/// The local time as ISO 8601 has it.
private func timeStamp() -> String {
  var now = time(nil)
  var parts = tm()
  localtime_r(&now, &parts)
  var text = [CChar](repeating: 0, count: 32)
  let count = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%S%z", &parts)
  return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
