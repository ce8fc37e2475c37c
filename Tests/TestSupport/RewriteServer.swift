// trivial-rewrite(8) alone, started as master(8) would start it: 15 milliseconds for a configuration, where a whole
// Postfix takes a second.
import CLinux
import Glibc
import System

/// A trivial-rewrite(8) with a configuration directory of its own. It is killed when the last reference goes.
package final class RewriteServer {
  private static let mostConnections = 60

  private let pid: pid_t
  private let socketPath: String
  /// What master(8) holds: the listening socket, and the pipes that a service watches for master's end.
  private let held: [Int32]
  private var ended: ExitStatus?
  private var connections: [Resolver] = []

  /// - Parameters:
  ///   - configDirectory: its main.cf must have changed more than two seconds ago, or reading it takes that long.
  ///   - options: `-u` gives up root's rights for mail_owner's, `-c` goes into the chroot.
  ///   - overrides: `name=value`, as master.cf's `-o` gives them.
  package init(
    daemonDirectory: String, configDirectory: String, socket path: String, options: [String] = [],
    overrides: [String] = []
  ) throws(TestFailure) {
    socketPath = path
    let listener = try listeningSocket(path)
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw .system("pipe") }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    let null = Glibc.open("/dev/null", O_RDWR | O_CLOEXEC)
    held = [listener, ends[0], ends[1], null]
    // Above the numbers that they get in the child, so that none overwrites another.
    let high = held.map { fcntl($0, F_DUPFD_CLOEXEC, 100) }
    defer { for file in high { close(file) } }
    // 3 and 4: the flow pipe; 5: the status of the service; 6: where it listens (master_proto.h).
    pid = try spawn(
      [daemonDirectory + "/trivial-rewrite", "-n", "rewrite", "-t", "unix"] + options
        + overrides.flatMap { ["-o", $0] },
      environment: currentEnvironment(changedBy: ["MAIL_CONFIG": configDirectory]),
      standardFiles: .open([high[3], high[3], high[3], high[1], high[2], high[2], high[0]]))
  }

  deinit {
    if status == nil {
      kill(pid, SIGKILL)
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    }
    for file in held { close(file) }
    unlink(socketPath)
  }

  /// How it ended, or nil while it runs.
  package var status: ExitStatus? {
    if ended == nil {
      var status: Int32 = 0
      if waitpid(pid, &status, WNOHANG) == pid { ended = ExitStatus(waitStatus: status) }
    }
    return ended
  }

  /// A connection to it, for one question at a time.
  package func resolver() throws(TestFailure) -> Resolver { try Resolver(socket: socketPath) }

  /// Asks all of `questions`, over many connections at once: it reads one question at a time from each, and on a
  /// busy machine every wait for an answer is long. The answers come in the same order; each is a fresh draw.
  package func resolve(_ questions: [(recipient: String, sender: String)]) throws(TestFailure) -> [Resolution]
  {
    var answers: [Resolution] = []
    while answers.count < questions.count {
      let batch = questions[answers.count...].prefix(Self.mostConnections)
      while connections.count < batch.count { connections.append(try resolver()) }
      for (connection, question) in zip(connections, batch) {
        try connection.ask(question.recipient, from: question.sender)
      }
      for connection in connections[..<batch.count] { answers.append(try connection.answer()) }
      forgetStatus()
    }
    return answers
  }

  /// Reads what it tells its master: with the pipe full it would wait for ever.
  private func forgetStatus() {
    var chunk = [UInt8](repeating: 0, count: 4096)
    while read(held[1], &chunk, chunk.count) > 0 {}
  }
}

private func listeningSocket(_ path: String) throws(TestFailure) -> Int32 {
  let file = socket(AF_UNIX, SocketKind.stream, 0)
  guard file >= 0 else { throw .system("socket") }
  var address = sockaddr_un(path: path)
  let result = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 ? listen(file, 100) : -1
    }
  }
  guard result == 0 else { throw .system("listen on \(path)") }
  return file
}
