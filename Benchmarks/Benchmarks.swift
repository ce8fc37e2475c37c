// `make bench`: how randmap compares with a program that people know, in the same run on the same files. Seconds
// depend on the machine; the ratios are what to look at. `make bench PARTS="probes idle"` measures only these.
import Glibc
import TestSupport

@main
struct Benchmarks {
  static func main() {
    do {
      try measure()
    } catch {
      print("randmap-bench: \(error)")
      exit(1)
    }
  }

  /// Those that are named in the call are run; without any, all.
  private static let parts: [(name: String, run: @Sendable () throws -> [Goal])] = [
    ("table", measureLargeTable), ("growth", measureGrowth), ("directory", measureDirectory),
    ("pools", measurePools), ("log", measureLog), ("follow", measureFollow), ("screen", measureFirstPaint),
    ("keys", measureKeys), ("idle", measureIdle), ("probes", measureProbeScale), ("pace", measurePace),
    ("slow", measureBusyPace), ("delay", measureDelay), ("lookups", measureLookups),
    ("memory", measureAgentMemory), ("database", measureDatabasePace), ("routes", measureDatabaseLookups),
    ("edit", measureDatabaseEdit),
  ]

  private static func measure() throws {
    print("Each figure is the median of several runs, the programs taking turns. CPU is processor time.\n")
    var goals: [Goal] = []
    let wanted = CommandLine.arguments.dropFirst()
    if let unknown = wanted.first(where: { name in !parts.contains { $0.name == name } }) {
      throw TestFailure("no part \(unknown); need \(parts.map(\.name).joined(separator: ", "))")
    }
    for (name, part) in parts where wanted.isEmpty || wanted.contains(name) { goals += try part() }
    print("\(pad("GOAL", 58))\(pad("WANTED", 10))\(pad("FOUND", 10))")
    for goal in goals {
      print(
        "\(pad(goal.what, 58))\(pad(goal.wanted, 10))\(pad(goal.found, 10))\(goal.isMet ? "met" : "MISSED")")
    }
    let missed = goals.count { !$0.isMet }
    print(missed == 0 ? "\nEvery goal is met." : "\n\(missed) of \(goals.count) goals missed.")
  }
}

/// What randmap is to reach, and whether it did.
struct Goal {
  let what: String
  /// The bound, and whether it is the most or the least.
  private let bound: Double
  private let isUpper: Bool
  let value: Double
  let unit: String

  init(what: String, most: Double, value: Double, unit: String) {
    (self.what, bound, isUpper, self.value, self.unit) = (what, most, true, value, unit)
  }

  init(what: String, least: Double, value: Double, unit: String) {
    (self.what, bound, isUpper, self.value, self.unit) = (what, least, false, value, unit)
  }

  var isMet: Bool { isUpper ? value <= bound : value >= bound }
  var wanted: String { "\(isUpper ? "<=" : ">=") \(decimal(bound))\(unit)" }
  var found: String { "\(decimal(value))\(unit)" }
}

/// One program that is run to its end several times.
struct Contender {
  let name: String
  let program: String
  let arguments: [String]
  /// The exit statuses that count as having done the work.
  var statuses: [ExitStatus] = [.exited(0)]
}

/// The medians of several runs of one program.
struct Result {
  let name: String
  let wall: Duration
  let processor: Duration
  let memory: Int
}

/// Runs the contenders in turns, each `rounds` times and once before that to warm up.
func compare(_ contenders: [Contender], rounds: Int) throws -> [Result] {
  var walls = contenders.map { _ in [Duration]() }
  var processors = walls
  var memories = contenders.map { _ in [Int]() }
  for round in 0...rounds {
    for (index, contender) in contenders.enumerated() {
      let start = ContinuousClock.now
      let process = try ChildProcess(
        contender.program, contender.arguments, environment: ["MAIL_CONFIG": nil])
      process.waitBlocking()
      let wall = ContinuousClock.now - start
      let finished = try process.wait()
      guard contender.statuses.contains(finished.status) else {
        throw TestFailure("\(contender.name): \(finished.summary)")
      }
      if round == 0 { continue }
      walls[index].append(wall)
      processors[index].append(finished.processorTime)
      memories[index].append(finished.peakMemory)
    }
  }
  return contenders.indices.map { index in
    Result(
      name: contenders[index].name, wall: median(walls[index]), processor: median(processors[index]),
      memory: median(memories[index]))
  }
}

/// Prints what was measured, each beside the first.
func show(_ title: String, _ results: [Result]) {
  guard let first = results.first else { return }
  print("\(pad(title, 38))\(pad("WALL", 12))\(pad("CPU", 12))\(pad("MEMORY", 12))randmap TAKES")
  for result in results {
    let ratio =
      result.name == first.name
      ? ""
      : "\(decimal(first.wall / result.wall)) x its time, \(decimal(first.processor / result.processor)) x its CPU"
    print(
      "  \(pad(result.name, 36))\(pad(milliseconds(result.wall), 12))\(pad(milliseconds(result.processor), 12))"
        + pad("\(decimal(Double(result.memory) / 1_048_576)) MiB", 12) + ratio)
  }
  print("")
}

func median<Value: Comparable>(_ values: [Value]) -> Value { values.sorted()[values.count / 2] }

func milliseconds(_ time: Duration) -> String { "\(decimal(time / .milliseconds(1))) ms" }

/// With two digits, or one from ten on.
func decimal(_ number: Double) -> String {
  let scale = abs(number) < 10 ? 100.0 : 10.0
  return "\((number * scale).rounded() / scale)"
}

func pad(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(1, width - text.count))
}
