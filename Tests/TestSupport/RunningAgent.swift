// `randmap agent` beside a PostfixLab.
import Glibc

/// A running agent. It is killed when the last reference to it goes.
package final class RunningAgent {
  /// Postfix goes when the last reference to it goes, and not before its agent.
  private let lab: PostfixLab
  private let program: String
  private let arguments: [String]
  private var process: ChildProcess?

  package convenience init(beside lab: PostfixLab, _ arguments: [String] = []) throws(TestFailure) {
    try self.init(randmapProgram(), ["agent", "-c", lab.configDirectory] + arguments, beside: lab)
  }

  /// Starts another program in its place, which says "listening on" when it listens.
  package init(_ program: String, _ arguments: [String], beside lab: PostfixLab) throws(TestFailure) {
    self.lab = lab
    self.program = program
    self.arguments = arguments
    try start()
  }

  /// Starts it, and waits until it listens.
  package func start() throws(TestFailure) {
    let child = try ChildProcess(program, arguments)
    process = child
    try waitUntil("the agent to listen", seen: child.standardError) { () throws(TestFailure) in
      if let status = child.status { throw TestFailure("the agent ended: \(status) \(child.standardError)") }
      return child.standardError.contains("listening on")
    }
  }

  package var pid: pid_t { process?.pid ?? 0 }

  /// What it has said.
  package var log: String { process?.standardError ?? "" }

  /// Its processor time so far, and its memory in bytes, from /proc.
  package func resources() throws(TestFailure) -> (processor: Duration, memory: Int) {
    let fields = try readText("/proc/\(pid)/stat").split(separator: " ").dropFirst(13).prefix(2)
    let ticks = fields.compactMap { Double($0) }.reduce(0, +)
    let status = try readText("/proc/\(pid)/status").split(separator: "\n")
    let memory = status.first { $0.hasPrefix("VmRSS:") }?.split(whereSeparator: \.isWhitespace)
    return (
      .seconds(ticks / Double(sysconf(Int32(_SC_CLK_TCK)))),
      (memory.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0) * 1024
    )
  }

  package func kill() throws(TestFailure) {
    process?.signal(SIGKILL)
    try process?.wait()
  }

  package func terminate() { process?.signal(SIGTERM) }

  package func wait(limit: Duration = .long) throws(TestFailure) -> FinishedProcess? {
    try process?.wait(limit: limit)
  }

  /// Stops it as an administrator does, and returns how it ended.
  @discardableResult
  package func stop(limit: Duration = .long) throws(TestFailure) -> FinishedProcess? {
    process?.signal(SIGTERM)
    return try process?.wait(limit: limit)
  }

  package func waitUntilItSays(_ words: String) throws(TestFailure) {
    try waitUntil("the agent to say \"\(words)\"", seen: log) { log.contains(words) }
  }
}
