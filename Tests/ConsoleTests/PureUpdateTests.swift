// The console as a value asks the kernel for nothing: each key of each view, each command of the line and each answer of a
// thread is taken in on a thread that may use memory, locks and the time alone.

import CTrap
import Editing
import Glibc
import PostfixFiles
import System
import TestSupport
import Testing

@testable import Checks
@testable import Console

@Suite(.serialized) struct PureUpdateTests {
  /// Two pools of the agent, one of lanes, one destination, tables, a database, and a check that has found something.
  private static let main = """
    # randmap: agent
    relayhost = [127.0.0.9]:10025
    relay_transport = randmap:!smtp:[127.0.0.2]:10025!smtp:[127.0.0.2]:10025!smtp:[127.0.0.3]:10025
    virtual_transport = lmtp:[127.0.0.4]:24
    default_transport = randmap:{lane1:, lane2:}
    transport_maps = texthash:$config_directory/transport
    local_transport = randmap:{$config_directory/members}

    """

  private static let master = """
    smtp      unix  -       -       y       -       -       smtp
    lmtp      unix  -       -       y       -       -       lmtp
    # randmap: lane 127.0.0.4
    lane1     unix  -       -       y       -       -       smtp
        -o smtp_bind_address=127.0.0.4
    # randmap: lane 127.0.0.5
    lane2     unix  -       -       y       -       -       smtp
        -o smtp_bind_address=127.0.0.5

    """

  private static let lines = [
    "add relay_transport smtp:[127.0.0.5]:10025 2", "add default_transport lane:127.0.0.6 2",
    "add virtual_transport lmtp:[127.0.0.5]:24 30%", "add relayhost [127.0.0.7]:10025",
    "add example.com smtp:[127.0.0.7]:10025", "set relay_transport smtp:[127.0.0.2]:10025 30%",
    "set virtual_transport lmtp:[127.0.0.4]:24 3", "drain [127.0.0.3]:10025 --for 2h --why disk",
    "restore [127.0.0.3]:10025", "ramp [127.0.0.3]:10025 --to 40% --over 4w",
    "remove relay_transport smtp:[127.0.0.3]:10025", "set-route new.example smtp:[127.0.0.2]:10025",
    "set-route relayhost [127.0.0.8]", "remove-route example.net",
    "pool to:example.org smtp:[127.0.0.2]:10025=70% smtp:[127.0.0.3]:10025=30%",
    "pool outbound [127.0.0.2]:10025 [127.0.0.3]:10025", "route u@example.com",
    "what-if [127.0.0.2]:10025", "try-address [127.0.0.2]:10025 u@example.com", "config window 1h",
    "config theme dark", "undo 1", "output /tmp/edited",
  ]

  /// Everything else that a person presses where something is open.
  private static let answers: [Key] = [
    .character("y"), .character("k"), .enter, .escape, .up, .down, .tab, .paste("[127.0.0.7]:10025=3"),
    .character("w"), .character("r"), .character("d"),
  ]

  /// A console whose events are taken in where nothing can be asked for. What it asks threads for is done elsewhere.
  private struct Confined {
    var driver: Driver
    /// What was asked for all the same, with the event that led to it.
    var trapped: Set<String> = []

    init(_ config: MailConfig) {
      driver = Driver(config)
      driver.threadsAreFast = false
    }

    mutating func send(_ event: Event<Message>, _ words: String) throws {
      var model = driver.model
      model.settle(on: Size(120, 40))
      let (start, driver) = (driver.start, driver)
      let found = try confined { [model] in
        var model = model
        let effects = model.update(event, now: start)
        model.settle(on: Size(120, 40))
        _ = model.view(Size(120, 40))
        return (model, effects)
      }
      self.driver.model = found.result.0
      self.driver.effects = driver.effects + found.result.1
      if let call = found.call { trapped.insert("\(words): \(call)") }
    }

    mutating func press(_ key: Key, _ words: String) throws { try send(.key(key), "\(words) \(key.label)") }

    /// Has everything done that was asked for, and takes the answers in.
    mutating func answer(_ words: String) throws {
      for _ in 0..<20 where !driver.effects.isEmpty {
        let effects = driver.effects
        driver.effects = []
        for effect in effects {
          switch effect {
          case .workOut(let work): try send(.message(.workedOut(work())), "\(words), worked out")
          case .survey(let config, let known, _):
            try send(.message(.gateways(config.gateways())), "\(words), gateways")
            try send(
              .message(.diagnostics(Linter().lint(config, known: known).diagnostics)), "\(words), found")
          case .findProblems(let config, let known, _):
            try send(
              .message(.diagnostics(Linter().lint(config, known: known).diagnostics)), "\(words), found")
          case .checkWrite(let request):
            try send(.message(.checked(CheckAnswer(to: request))), "\(words), checked")
          case .write, .undoWrite:
            try send(.message(.written(.failed("no space left on device"))), "\(words), not written")
          case .previewUndo(_, let work):
            try send(.message(.answer(work: work, .nothingToUndo("nothing was written"))), "\(words), undo")
          default: break
          }
        }
      }
    }
  }

  private func console() throws -> (TemporaryDirectory, Confined) {
    // As the console does at its start.
    tzset()
    let directory = try TemporaryDirectory()
    try directory.write("main.cf", Self.main)
    try directory.write("master.cf", Self.master)
    try directory.write("members", "smtp:[127.0.0.2]:10025\nsmtp:[127.0.0.3]:10025\n")
    try directory.write(
      "transport",
      "example.com smtp:[127.0.0.2]:10025\nexample.net randmap:!smtp:[127.0.0.2]!smtp:[127.0.0.3]\nexample.com x:\n"
    )
    // Asking a program of Postfix is no work for a key either.
    let environment = Environment(hostName: "mx1.example") {
      _ = access("/askingVersion", F_OK)
      return .assumed
    }.askingTableTypes {
      _ = access("/askingTableTypes", F_OK)
      return nil
    }
    var confined = Confined(try MailConfig(directory: directory.path, environment: environment))
    let read = confined.driver.model.facts.session.current
    let config = FileWatch(read).readNamedFiles(of: read)
    try confined.send(.message(.filesRead(config)), "files read")
    try confined.answer("files read")
    return (directory, confined)
  }

  @Test func theTrapTakesWhatReadsAFile() throws {
    let found = try confined { access("/a/file/that/is/read", F_OK) }
    #expect(found.result != 0)
    #expect(found.call?.contains("/a/file/that/is/read") == true)
    #expect(try confined { [1, 2, 3].map { "\($0)" } }.call == nil)
  }

  @Test func noKeyAsksTheKernelForAnything() throws {
    var (directory, console) = try console()
    defer { withExtendedLifetime(directory) {} }
    for (index, view) in ViewList.all.enumerated() {
      for binding in Binding.all(in: view) {
        for key in binding.keys {
          let words = "\(view.title), \(binding.command)"
          try console.press(.character(Character("\(index + 1)")), words)
          try console.press(key, words)
          if console.driver.model.dialog != nil {
            for answer in Self.answers { try console.press(answer, words) }
          }
          try console.answer(words)
          for _ in 0..<3 { try console.press(.escape, words) }
        }
      }
    }
    #expect(console.trapped.isEmpty, "\(console.trapped.sorted().joined(separator: "\n"))")
  }

  @Test func noCommandOfTheLineAsksTheKernelForAnything() throws {
    var (directory, console) = try console()
    defer { withExtendedLifetime(directory) {} }
    #expect(Set(LineCommand.all.map(\.name)) == Set(Self.lines.map { String($0.prefix { $0 != " " }) }))
    for line in Self.lines {
      for isPatient in [false, true] {
        try console.press(.character(":"), line)
        for letter in line { try console.press(.character(letter), line) }
        if isPatient { try console.answer(line) }
        try console.press(.enter, line)
        try console.answer(line)
        for answer in Self.answers { try console.press(answer, line) }
        try console.answer(line)
        for _ in 0..<3 { try console.press(.escape, line) }
      }
    }
    #expect(console.trapped.isEmpty, "\(console.trapped.sorted().joined(separator: "\n"))")
    // The edits themselves were made.
    let edits = console.driver.model.facts.session.summaries
    #expect(edits.contains { $0.hasPrefix("pool virtual_transport: ") }, "\(edits)")
    #expect(edits.contains { $0.hasPrefix("drain smtp:[127.0.0.3]:10025") }, "\(edits)")
  }

  /// A lane is planned: that reads files, and asks for the addresses of the machine.
  @Test func aMemberThatNeedsAPlanIsLookedUpOnAThread() throws {
    var (directory, console) = try console()
    defer { withExtendedLifetime(directory) {} }
    let config = console.driver.model.facts.session.current
    let edit = Edit.add(pool: "default_transport", member: "lane:127.0.0.6", weight: 1)
    #expect(try confined { (try? config.applying([edit])) != nil }.call != nil)

    console.driver.model.ask(.newMember(pool: "default_transport"))
    for letter in "lane:127.0.0.6" { try console.press(.character(letter), "lane") }
    #expect(console.trapped.isEmpty, "\(console.trapped.sorted().joined(separator: "\n"))")
    func verdict() -> Verdict? {
      if case .prompt(let prompt) = console.driver.model.dialog { prompt.verdict } else { nil }
    }
    #expect(verdict() == .need("looking it up"))
    try console.answer("lane")
    #expect(verdict() != nil && verdict() != .need("looking it up"))
    #expect(console.trapped.isEmpty, "\(console.trapped.sorted().joined(separator: "\n"))")
  }
}

/// What a function gives on a thread of its own that may ask the kernel for nothing, and the first call that it made all the
/// same.
private func confined<Value: Sendable>(
  _ body: @escaping @Sendable () -> Value
) throws -> (result: Value, call: String?) {
  let job = Job(body)
  var thread = pthread_t()
  let started = pthread_create(
    &thread, nil,
    { pointer in
      if let pointer { Unmanaged<AnyJob>.fromOpaque(pointer).takeRetainedValue().run() }
      return nil
    }, Unmanaged<AnyJob>.passRetained(job).toOpaque())
  guard started == 0 else { throw TestFailure("no thread: \(started)") }
  pthread_join(thread, nil)
  guard let result = job.result else { throw TestFailure("no filter of system calls: \(job.status)") }
  var (number, path) = (0, [CChar](repeating: 0, count: 200))
  let count = trapped_calls(&number, &path, 200)
  let name = path.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
  return (result, count == 0 ? nil : "\(count) system calls, the first number \(number) \(name)")
}

/// What such a thread does; who waits for its end looks at it then.
private class AnyJob: @unchecked Sendable {
  func run() {}
}

private final class Job<Value>: AnyJob, @unchecked Sendable {
  private let body: @Sendable () -> Value
  private(set) var result: Value?
  private(set) var status: Int32 = 0

  init(_ body: @escaping @Sendable () -> Value) { self.body = body }

  override func run() {
    status = trap_calls()
    if status == 0 { result = body() }
  }
}
