// `randmap agent` beside a PostfixLab.
import Glibc
import TestSupport

/// A running agent. It is killed when the last reference to it goes.
final class RunningAgent {
  private let lab: PostfixLab
  private let arguments: [String]
  private var process: ChildProcess?

  init(beside lab: PostfixLab, _ arguments: [String] = []) throws(TestFailure) {
    self.lab = lab
    self.arguments = arguments
    try start()
  }

  /// Starts it, and waits until it listens.
  func start() throws(TestFailure) {
    let child = try ChildProcess(randmapProgram(), ["agent", "-c", lab.configDirectory] + arguments)
    process = child
    try waitUntil("the agent to listen", seen: child.standardError) { () throws(TestFailure) in
      if let status = child.status { throw TestFailure("the agent ended: \(status) \(child.standardError)") }
      return child.standardError.contains("listening on")
    }
  }

  var pid: pid_t { process?.pid ?? 0 }

  /// What it has said.
  var log: String { process?.standardError ?? "" }

  /// Its processor time in seconds and its memory, from /proc.
  func resources() throws(TestFailure) -> String {
    let fields = try readText("/proc/\(pid)/stat").split(separator: " ").dropFirst(13).prefix(2)
    let ticks = fields.compactMap { Double($0) }.reduce(0, +)
    let memory = try readText("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS") }
    return "\(ticks / Double(sysconf(Int32(_SC_CLK_TCK)))) s of processor time, \(memory ?? "")"
  }

  func kill() throws(TestFailure) {
    process?.signal(SIGKILL)
    try process?.wait()
  }

  func terminate() { process?.signal(SIGTERM) }

  func wait(limit: Duration = .seconds(60)) throws(TestFailure) -> FinishedProcess? {
    try process?.wait(limit: limit)
  }

  /// Stops it as an administrator does, and returns how it ended.
  @discardableResult
  func stop(limit: Duration = .seconds(60)) throws(TestFailure) -> FinishedProcess? {
    process?.signal(SIGTERM)
    return try process?.wait(limit: limit)
  }

  func waitUntilItSays(_ words: String) throws(TestFailure) {
    try waitUntil("the agent to say \"\(words)\"", seen: log) { log.contains(words) }
  }
}

/// Whether `count` of `total` is within what chance gives to a share of `share`: five standard deviations and a bit.
func fits(_ count: Int, of total: Int, share: Double) -> Bool {
  let expected = Double(total) * share
  return abs(Double(count) - expected) <= 5 * (expected * (1 - share)).squareRoot() + 1
}

/// Parameters that make a lab try again at once.
let impatient = """
  transport_retry_time = 1s
  minimal_backoff_time = 1s
  maximal_backoff_time = 1s
  queue_run_delay = 1s
  randmap_destination_concurrency_limit = 80

  """
