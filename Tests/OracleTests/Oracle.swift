// Asks a real trivial-rewrite(8) and the resolver the same questions.
import Glibc
import PostfixFiles
import PostfixTools
import Routing
import Store
import System
import TestSupport

/// What became of a comparison.
struct Comparison {
  var configurations = 0
  var questions = 0
  var draws = 0
  /// Answers with more than one destination.
  var random = 0
  /// Frequencies that were compared with a share.
  var frequencies = 0
  /// Questions that the resolver could not answer in full.
  var incomplete = 0
  /// Configurations that trivial-rewrite(8) refuses to start with.
  var standstills = 0
  var disagreements: [String] = []
}

struct Oracle {
  private let directory: TemporaryDirectory
  private let daemonDirectory: String
  private let version: PostfixVersion

  init() throws(TestFailure) {
    directory = try TemporaryDirectory()
    try directory.makeDirectory("queue")
    guard chmod(directory.path, 0o755) == 0 else { throw TestFailure("chmod \(directory.path)") }
    daemonDirectory = try runSuccessfully(postfixTool("postconf"), ["-dh", "daemon_directory"])
      .filter { $0 != "\n" }
    let mailVersion = try runSuccessfully(postfixTool("postconf"), ["-dh", "mail_version"])
    guard let version = PostfixVersion(mailVersion.filter { $0 != "\n" }) else {
      throw TestFailure("postconf says mail_version is \(mailVersion)")
    }
    self.version = version
  }

  /// Makes a configuration from a seed, and gives the dice on.
  typealias Generator = (_ seed: UInt64, _ queueDirectory: String) -> (SampleConfiguration, Dice)

  static func configuration(seed: UInt64, queueDirectory: String) -> (SampleConfiguration, Dice) {
    var generator = ConfigurationGenerator(seed: seed)
    return (generator.configuration(queueDirectory: queueDirectory), generator.dice)
  }

  /// Makes a configuration from each of `seeds` and asks it about `addresses` addresses.
  func compare(
    seeds: [UInt64], addresses: Int, of generator: Generator = Oracle.configuration
  ) throws(TestFailure) -> Comparison {
    var comparison = Comparison()
    for (number, seed) in seeds.enumerated() {
      try compareOne(seed: seed, number, addresses: addresses, of: generator, into: &comparison)
    }
    return comparison
  }

  private func compareOne(
    seed: UInt64, _ number: Int, addresses: Int, of generator: Generator, into comparison: inout Comparison
  ) throws(TestFailure) {
    var (sample, dice) = generator(seed, directory.file("queue"))
    let place = try write(sample, "c\(number)")
    let resolver = try resolver(for: place)
    comparison.configurations += 1
    let answers = (0..<addresses).map { _ in
      let recipient = Names.recipient(&dice)
      return resolver.route(recipient, from: Names.sender(&dice))
    }
    comparison.questions += answers.count
    comparison.incomplete += answers.count { !$0.isComplete }
    comparison.random += answers.count { $0.outcomes.count > 1 }
    let draws = answers.enumerated().map { $1.outcomes.count == 1 ? 1 : $0 % 20 == 0 ? 400 : 15 }
    let questions = zip(answers, draws).flatMap { answer, count in
      repeatElement((recipient: answer.recipient, sender: answer.sender), count: count)
    }
    // Started only now: it ends when nobody asks it for 100 seconds, and tables that we have to ask may be slow.
    let server = try RewriteServer(
      daemonDirectory: daemonDirectory, configDirectory: place, socket: directory.file("s\(number)"),
      overrides: sample.overrides.map { "\($0.name)=\($0.value)" })
    if case .standstill? = answers.first?.outcomes.first?.value {
      comparison.standstills += 1
      do throws(TestFailure) {
        try waitUntil("trivial-rewrite to end") { server.status != nil }
      } catch {
        comparison.disagreements.append("seed \(seed): \(error)\n\(sample.description)")
      }
      return
    }
    let drawn: [RouteOutcome]
    do throws(TestFailure) {
      drawn = try server.resolve(questions).map(RouteOutcome.init(drawn:))
    } catch {
      comparison.disagreements.append(
        "seed \(seed): no answer (\(error), \(String(describing: server.status)))\n\(sample.description)")
      return
    }
    comparison.draws += drawn.count
    var rest = drawn[...]
    for (answer, count) in zip(answers, draws) {
      defer { rest = rest.dropFirst(count) }
      if let problem = disagreement(
        answer, rest.prefix(count), as: sample.listsOrders ? \.withoutReason : \.withoutOrder,
        &comparison.frequencies)
      {
        comparison.disagreements.append(
          "seed \(seed): <\(answer.sender)> to <\(answer.recipient)>: \(problem)\nours: \(answer.summary)\n"
            + sample.description)
      }
    }
  }

  private func disagreement(
    _ answer: RouteAnswer, _ drawn: ArraySlice<RouteOutcome>, as kind: (RouteOutcome) -> RouteOutcome,
    _ frequencies: inout Int
  ) -> String? {
    // What cannot be evaluated here cannot be wrong, as long as it says so.
    guard answer.isComplete else { return nil }
    var ours: [RouteOutcome: Double] = [:]
    for (outcome, share) in answer.outcomes { ours[kind(outcome), default: 0] += share }
    var seen: [RouteOutcome: Int] = [:]
    for outcome in drawn { seen[kind(outcome), default: 0] += 1 }
    if let stranger = seen.keys.first(where: { ours[$0] == nil }) {
      return "Postfix says \(stranger.summary)"
    }
    guard !answer.isHeld, drawn.count > 1 else { return nil }
    for (outcome, share) in ours {
      let count = seen[outcome] ?? 0
      frequencies += 1
      if Fit.chance(of: count, in: drawn.count, share: share) < Fit.limit {
        return "\(outcome.summary) came up \(count) times of \(drawn.count), share \(share)"
      }
    }
    return nil
  }

  /// Writes the files with times in the past: Postfix waits for a file that has just changed.
  private func write(_ sample: SampleConfiguration, _ name: String) throws(TestFailure) -> String {
    let place = try directory.makeDirectory(name)
    try directory.write("\(name)/main.cf", sample.mainCf)
    try directory.write("\(name)/master.cf", sample.masterCf)
    for (file, text) in sample.files { try directory.write("\(name)/\(file)", text) }
    if let rows = sample.rows { try write(rows, for: place) }
    for file in try namesIn(place) { try age("\(place)/\(file)", seconds: 3600) }
    for (type, file) in sample.indexed {
      try run(postfixTool("postmap"), ["-c", place, "\(type):\(place)/\(file)"])
    }
    return place
  }

  /// The pool database of a configuration, with the settings of the tables that ask it.
  private func write(_ rows: String, for place: String) throws(TestFailure) {
    let database = "\(place)/pools.db"
    do {
      try PoolDatabase.apply(
        RowChange(from: nil, to: rows, author: "test", summary: "made"), to: database, at: 1)
    } catch {
      throw TestFailure(error.message)
    }
    for map in RoutingParameter.maps.map(\.rawValue) {
      try writeFile("\(place)/\(map).cf", Bytes(DatabaseSettings.text(database: database, map: map).utf8))
    }
  }

  private func resolver(for place: String) throws(TestFailure) -> Routing.Resolver {
    let version = self.version
    do {
      let config = try MailConfig(
        directory: place, environment: Environment(hostName: machineName(), version: version))
      let tools = PostfixCommands()
      return Routing.Resolver(
        config,
        context: RouteContext(
          ask: { table, key in
            tools.answer(table: table, key: key, configDirectory: place)
          }, interfaceAddresses: interfaceAddresses, addressesOfName: systemAddresses))
    } catch {
      throw TestFailure(error.message)
    }
  }
}

extension RouteOutcome {
  init(drawn: Resolution) {
    if drawn.flags.contains(.lookupFailure) {
      self = .deferred("")
    } else if drawn.flags.contains(.badAddress) {
      self = .refused("")
    } else {
      self = .destination(transport: Bytes(drawn.transport.utf8), nextHop: Bytes(drawn.nexthop.utf8))
    }
  }

  /// trivial-rewrite(8) gives its reasons to the log only.
  var withoutReason: RouteOutcome {
    switch self {
    case .destination, .standstill, .unknown: self
    case .deferred: .deferred("")
    case .refused: .refused("")
    }
  }

  /// The same of a list of next hops, whatever the order of those after the first.
  var withoutOrder: RouteOutcome {
    guard case .destination(let transport, let nextHop) = self else { return withoutReason }
    let hops = nextHop.text.split(separator: ", ")
    let list = hops.prefix(1) + hops.dropFirst().sorted()
    return .destination(transport: transport, nextHop: Bytes(list.joined(separator: ", ").utf8))
  }

  var summary: String {
    if case .destination(let transport, let nextHop) = self { return "\(transport.text):\(nextHop.text)" }
    return "\(self)"
  }
}

extension RouteAnswer {
  var summary: String {
    outcomes.map { "\($0.share) \($0.value.summary)" }.joined(separator: " | ")
      + (isHeld ? " (held)" : "") + "\n"
      + trail.map { "  \($0.parameter): \($0.detail)" }.joined(separator: "\n")
  }
}
