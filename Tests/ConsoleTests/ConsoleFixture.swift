// A console on a small configuration, with gateways whose states the test chooses.

import Gateways
import Liveness
import PostfixFiles
import Routing
import Testing

@testable import Checks
@testable import Console

let directory = "/etc/postfix"

let sampleMain = """
  # randmap: agent
  relay_transport =
      randmap:
          !smtp:[out-gw1.example]
          !smtp:[out-gw1.example]
          !smtp:[out-gw2.example]
          !smtp:[out-gw3.example]
  virtual_transport = randmap:!lmtp:[store1.example]:24!lmtp:[store2.example]:24
  transport_maps = texthash:\(directory)/transport

  """

/// Two pools and a table, on a Postfix without next-hop lists: so a dead member is mail at risk.
func sampleConfig(moreEntries: String = "", main: String = sampleMain) -> MailConfig {
  var config = MailConfig(
    directory: directory,
    environment: Environment(hostName: "mx1.example", version: PostfixVersion(3, 4)),
    main: main)
  config.files["\(directory)/transport"] = .read(
    Document(
      path: "\(directory)/transport",
      bytes: Bytes(
        """
        example.com smtp:[in-gw1.example]
        example.net randmap:!smtp:[out-gw1.example]!smtp:[in-gw1.example]
        \(moreEntries)
        """.utf8)))
  return config
}

/// What a check could say: the words of real rules are theirs to change.
let twoProblems: [Diagnostic] = [
  Diagnostic(
    Finding(FileRange(file: "\(directory)/main.cf", range: 0..<0), "both members have one address"),
    code: "RM801", severity: .warning, start: Position(line: 8, column: 1), end: Position(line: 8, column: 10)
  ),
  Diagnostic(
    Finding(
      FileRange(file: "\(directory)/transport", range: 0..<0),
      "the text before the first colon is taken for the name of a transport; need smtp:[in-gw1.example]:25"),
    code: "RM201", severity: .error, start: Position(line: 2, column: 13), end: Position(line: 2, column: 20)),
]

/// A console with the answers that its effects ask for, given at once.
struct Driver {
  var model: Model
  let start = ContinuousClock.now
  var effects: [Effect] = []
  var diagnostics: @Sendable (MailConfig) -> [Diagnostic] = { _ in [] }
  /// Whether threads answer at once; otherwise the test does.
  var threadsAreFast = true

  init(
    _ config: MailConfig = sampleConfig(), isDemo: Bool = false, isReadOnly: Bool = false,
    obstacle: WriteObstacle? = nil, symbols: Symbols = .unicode, archive: Archive = .empty,
    unwritten: UnwrittenEdits? = nil
  ) {
    model = Model(
      config,
      identity: Identity(
        hostName: "mx1.example", isDemo: isDemo, isReadOnly: isReadOnly, obstacle: obstacle),
      symbols: symbols,
      now: start, archive: archive, unwritten: unwritten)
  }

  /// Everything read, checked and probed: gateway 3 refuses connections, store 2 answers 554.
  static func ready(
    _ config: MailConfig = sampleConfig(), isDemo: Bool = false, isReadOnly: Bool = false,
    obstacle: WriteObstacle? = nil, symbols: Symbols = .unicode, archive: Archive = .empty,
    unwritten: UnwrittenEdits? = nil,
    diagnostics: @escaping @Sendable (MailConfig) -> [Diagnostic] = { _ in [] }
  ) -> Driver {
    var driver = Driver(
      config, isDemo: isDemo, isReadOnly: isReadOnly, obstacle: obstacle, symbols: symbols, archive: archive,
      unwritten: unwritten)
    driver.diagnostics = diagnostics
    driver.send(.message(.filesRead(config)))
    for use in driver.model.facts.gateways {
      let finding: ProbeFinding =
        switch use.gateway.name {
        case "out-gw3.example": .connectionRefused
        case "store2.example": .refusedUs(Reply(code: 554, text: "not you"))
        default: .answers
        }
      driver.probe(use.gateway, finding)
    }
    driver.effects = []
    return driver
  }

  /// One reading of a gateway, three minutes before the time that the console has.
  mutating func probe(_ gateway: Gateway, _ finding: ProbeFinding) {
    var status = model.facts.statuses[gateway] ?? GatewayStatus(gateway)
    let latency: Double? = finding == .connectionRefused ? nil : 12.4
    let reading = Reading(
      address: "192.0.2.1", port: gateway.port, finding: finding, latency: latency,
      capabilities: ["PIPELINING"],
      time: start - .seconds(200))
    status.take(
      [Approach(heloName: "mx1.example"): [reading]], at: start - .seconds(200), settings: ProbeSettings())
    send(.message(.status(status)))
  }

  mutating func send(_ event: Event<Message>, after time: Duration = .zero) {
    for effect in model.update(event, now: start + time) {
      effects.append(effect)
      if case .survey(let config, _, _) = effect {
        send(.message(.gateways(config.gateways())))
        send(.message(.diagnostics(diagnostics(config))))
      }
      if case .findProblems(let config, _, _) = effect { send(.message(.diagnostics(diagnostics(config)))) }
      guard threadsAreFast else { continue }
      if case .checkWrite(let request) = effect { send(.message(.checked(CheckAnswer(to: request)))) }
      if case .workOut(let work) = effect { send(.message(.workedOut(work()))) }
    }
  }

  /// Lets the threads that were asked for end, and those that they ask for, until none is left.
  mutating func endThreads() {
    while true {
      let works = effects.compactMap { if case .workOut(let work) = $0 { work } else { nil } }
      effects.removeAll { if case .workOut = $0 { true } else { false } }
      if works.isEmpty { return }
      for work in works { send(.message(.workedOut(work()))) }
    }
  }

  mutating func press(_ keys: Key...) { for key in keys { send(.key(key)) } }

  /// Presses a key again and again; a state that never comes is a failure, and no test without an end.
  mutating func press(
    _ key: Key, until isDone: (Model) -> Bool, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for _ in 0..<200 {
      if isDone(model) { return }
      press(key)
    }
    Issue.record("200 times \(key), and still not there", sourceLocation: sourceLocation)
  }

  mutating func type(_ text: String) { for character in text { send(.key(.character(character))) } }

  /// What is seen, as the loop shows it.
  func screen(_ columns: Int, _ rows: Int) -> String {
    var model = model
    model.settle(on: Size(columns, rows))
    return model.view(Size(columns, rows)).text
  }

  /// Whether this view is in front.
  func shows(_ type: any View.Type) -> Bool { model.shownType == type }

  /// The pool as its members and weights: `smtp:[a] x2`.
  func pool(_ id: String) -> [String] {
    (model.facts.session.current.pool(id)?.members ?? []).map {
      "\($0.result) x\($0.weight)\($0.isDrained ? " drained" : "")"
    }
  }

  var writes: [WriteRequest] {
    effects.compactMap { if case .write(let request) = $0 { request } else { nil } }
  }
  var checks: [CheckRequest] {
    effects.compactMap { if case .checkWrite(let request) = $0 { request } else { nil } }
  }
  var quits: [Int32] { effects.compactMap { if case .quit(let status) = $0 { status } else { nil } } }
}
