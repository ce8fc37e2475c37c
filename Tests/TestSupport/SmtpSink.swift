// A gateway to deliver to: Postfix's own smtp-sink on a loopback address of its own.
import Glibc

/// A running smtp-sink(1) that keeps what it receives. It is stopped when the last reference to it goes.
package final class SmtpSink {
  package let address: LoopbackAddress
  private let directory: TemporaryDirectory
  private let options: [String]
  private let keepsMail: Bool
  private let isEverywhere: Bool
  private var process: ChildProcess?

  /// Starts a gateway.
  ///
  /// - Parameters:
  ///   - options: What else smtp-sink(1) is told: `-Q CONNECT` greets with 421, `-w 5` is slow.
  ///   - port: Where it listens; 0: on any free port.
  ///   - keepsMail: Whether it writes each message to a file: where pace is measured, it should not.
  ///   - isEverywhere: Whether it listens on every address of this machine, so that one process is many gateways.
  package init(
    options: [String] = [], port: Int = 0, keepsMail: Bool = true, isEverywhere: Bool = false
  ) throws(TestFailure) {
    directory = try TemporaryDirectory()
    address = try LoopbackAddress.own(port: port)
    self.options = options
    self.keepsMail = keepsMail
    self.isEverywhere = isEverywhere
    try directory.makeDirectory("mail")
    try start()
  }

  /// Two gateways with one port: from Postfix 3.8 on a next-hop list with several ports has mail deferred when a host of it
  /// dies (RM610).
  package static func pair() throws(TestFailure) -> [SmtpSink] {
    let first = try SmtpSink()
    return [first, try SmtpSink(port: first.address.port)]
  }

  /// Starts it again on the same address, after ``stop()``.
  package func start() throws(TestFailure) {
    // smtp-sink insists on being told a user when the superuser starts it.
    let user = geteuid() == 0 ? ["-u", "root"] : []
    let sink = try ChildProcess(
      postfixTool("smtp-sink"),
      options + user + (keepsMail ? ["-d", directory.file("mail/")] : [])
        + ["\(isEverywhere ? "0.0.0.0" : address.host):\(address.port)", "100"])
    process = sink
    try waitUntil("smtp-sink to listen on \(address)", seen: sink.standardError) { address.isListening }
  }

  /// Ends it at once, in the middle of whatever it does: from now on connections to it are refused.
  package func stop() throws(TestFailure) {
    guard let process else { return }
    self.process = nil
    process.signal(SIGKILL)
    try process.wait()
  }

  /// How many messages it has received.
  package var count: Int { (try? namesIn(directory.file("mail")).count) ?? 0 }

  /// The messages, with their envelopes as `X-Rcpt-Args:` and `X-Mail-Args:` lines.
  package var messages: [String] {
    ((try? namesIn(directory.file("mail"))) ?? []).compactMap { try? readText(directory.file("mail/" + $0)) }
  }
}
