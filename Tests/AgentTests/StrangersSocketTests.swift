// A program in the place of the agent: the directory of a stranger says where the agent's socket would be.

import CLinux
import Gateways
import Glibc
import PostfixFiles
import System
import TestSupport
import TestTraits
import Testing
import Threads

@testable import Agent

@Suite(.waits, .timeLimit(.minutes(5))) struct StrangersSocketTests {
  private let queue: TemporaryDirectory
  private let config: MailConfig
  private var socketPath: String { queue.file("private/randmap-status") }

  init() throws {
    queue = try TemporaryDirectory()
    try queue.makeDirectory("private")
    try queue.write("main.cf", "queue_directory = \(queue.path)\nmail_owner = root\n")
    config = try MailConfig(directory: queue.path, environment: Environment())
  }

  private static let header = "HTTP/1.0 200 OK\r\n\r\n"

  /// Answers everybody who connects with `text`.
  private func answer(_ text: String, at path: String) throws -> Int32 {
    let file = LocalSocket.make()
    _ = fcntl(file, F_SETFL, 0)
    let status = LocalSocket.withAddress(path) { bind(file, $0, $1) }
    try #require(status == 0 && listen(file, 16) == 0)
    let bytes = Array(text.utf8)
    inBackground {
      while true {
        let connection = accept(file, nil, nil)
        if connection < 0 { return }
        var question = [UInt8](repeating: 0, count: 1_024)
        _ = recv(connection, &question, question.count, 0)
        var rest = bytes[...]
        while !rest.isEmpty {
          let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
          if count <= 0 { break }
          rest = rest.dropFirst(count)
        }
        close(connection)
      }
    }
    return file
  }

  private func end(_ file: Int32) {
    shutdown(file, Int32(SHUT_RDWR))
    close(file)
  }

  @Test func numbersOfNoAgentEndNothing() throws {
    let most = Int.max
    let member = "member\tdefault_transport\tsmtp:[a]\t\(most)\t\(most)\t\(most)\t\(most)\t\(most)\t\(most)\n"
    let file = try answer("\(Self.header)agent\t\(most)\t\(Int.min)\t\(most)\t-1\n\(member)", at: socketPath)
    defer { end(file) }
    let report = try #require(reportOfRunningAgent(config))
    #expect(report.uptime > .zero && report.configurationAge == .zero && report.refused == 0)
    let counts = try #require(report.members.values.first)
    #expect((0..<1_000_000).reduce(into: MemberCounts()) { sum, _ in sum = sum + counts }.chosen > 0)
    #expect(report.uptime.components.seconds.multipliedReportingOverflow(by: 1_000).overflow == false)
  }

  @Test func anAnswerWithoutEndIsNoReport() throws {
    let server = try answer(String(repeating: "x", count: 100_000), at: socketPath)
    defer { end(server) }
    for (longest, isTaken) in [(99_999, false), (100_000, true)] {
      let file = try LocalSocket.connect(to: socketPath).get()
      defer { close(file) }
      #expect((AgentSocket.ask(file, "GET /report\r\n\r\n", longest: longest) != nil) == isTaken)
    }
  }

  @Test func aLinkIsNotFollowed() throws {
    let elsewhere = queue.file("elsewhere")
    let file = try answer("\(Self.header)agent\t1\t1\t0\t0\n", at: elsewhere)
    defer { end(file) }
    #expect(symlink(elsewhere, socketPath) == 0)
    #expect(reportOfRunningAgent(config) == nil)
    unlink(socketPath)
    #expect(rename(elsewhere, socketPath) == 0 && reportOfRunningAgent(config) != nil)
  }

  @Test(.enabled(if: geteuid() == 0)) func anotherUserIsNotBelieved() throws {
    #expect(chmod(queue.path, 0o755) == 0 && chmod(queue.file("private"), 0o777) == 0)
    let script = """
      use IO::Socket::UNIX; $s = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 5) or die $!;
      while ($c = $s->accept) { sysread $c, $q, 1024; print $c "HTTP/1.0 200 OK\\r\\n\\r\\nagent\\t1\\t1\\t0\\t0\\n"; close $c }
      """
    let other = try ChildProcess(
      "setpriv", ["--reuid", "65534", "--clear-groups", "perl", "-e", script, socketPath])
    try waitUntil("somebody to listen", seen: other.standardError) {
      if case .success(let file) = LocalSocket.connect(to: socketPath) {
        close(file)
        return true
      }
      return false
    }
    #expect(reportOfRunningAgent(config) == nil)
    // The same of the caller's own is believed.
    kill(other.pid, SIGKILL)
    unlink(socketPath)
    let own = try ChildProcess("perl", ["-e", script, socketPath])
    try waitUntil("a report", seen: own.standardError) { reportOfRunningAgent(config) != nil }
    withExtendedLifetime((other, own)) {}
  }
}
