// A delivery agent that does what the test says, in the place of one of Postfix's own.
import Glibc
import PostfixFiles
import System
import TestSupport

@testable import Agent

final class FakeTransport {
  private let file: Int32
  private let own: Bytes

  /// Listens on `private/NAME` of a lab.
  init(_ name: String, of lab: PostfixLab) throws(TestFailure) {
    own = Greeting.of(lab.version)
    file = socket(AF_UNIX, SocketKind.stream, 0)
    let path = "\(lab.queueDirectory)/private/\(name)"
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0, chmod(path, 0o666) == 0, listen(file, 100) == 0 else {
      throw TestFailure("listen on \(path): \(String(cString: strerror(errno)))")
    }
    var limit = timeval(tv_sec: 90, tv_usec: 0)
    setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(file) }

  /// Whether somebody has connected.
  var isWaiting: Bool {
    var entry = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 10) == 1
  }

  /// The next connection, greeted as this Postfix's own delivery agents do.
  func accept(greeting: String? = nil) throws(TestFailure) -> RawClient {
    let connection = Glibc.accept(file, nil, nil)
    guard connection >= 0 else { throw TestFailure("accept: \(String(cString: strerror(errno)))") }
    let client = RawClient(connection)
    client.send(greeting.map { Bytes($0.utf8) } ?? own)
    return client
  }
}

/// What a delivery agent says at the end: `problem` of the destination, and whether something is left to do.
func reportBytes(problem: String = "", status: Int) -> [UInt8] {
  let code = problem.isEmpty ? "" : "4.4.1"
  return Array(
    "status\0\(code)\0diag_type\0\0diag_text\0\0mta_type\0\0mta_mname\0\0action\0\0reason\0\(problem)\0status\0\(status)\0\0"
      .utf8)
}
