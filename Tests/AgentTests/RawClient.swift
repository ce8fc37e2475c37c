// A client that talks to the agent's socket as the queue manager does, or does not.
import Glibc
import System
import TestSupport

final class RawClient {
  private let file: Int32

  /// A connection that is there.
  init(_ connection: Int32) {
    file = connection
    setLimit()
  }

  private func setLimit() {
    var limit = timeval(tv_sec: 90, tv_usec: 0)
    setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  init(_ path: String) throws(TestFailure) {
    file = socket(AF_UNIX, SocketKind.stream, 0)
    setLimit()
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw TestFailure("connect to \(path): \(String(cString: strerror(errno)))") }
  }

  /// Connects to a port.
  init(_ place: LoopbackAddress) throws(TestFailure) {
    file = socket(AF_INET, SocketKind.stream, 0)
    setLimit()
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(truncatingIfNeeded: place.port).bigEndian
    inet_pton(AF_INET, place.host, &address.sin_addr)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw TestFailure("connect to \(place): \(String(cString: strerror(errno)))") }
  }

  /// Everything up to the end.
  func readAll() -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(file, &chunk, chunk.count, 0)
      if count <= 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  deinit { close(file) }

  /// Sends what can be sent.
  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Whether the other side has closed it.
  var isClosed: Bool {
    var entry = pollfd(fd: file, events: 0, revents: 0)
    return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLHUP | POLLERR) != 0
  }

  /// Says that no more comes.
  func finish() { shutdown(file, Int32(SHUT_WR)) }

  /// The bytes of one list: up to the empty name; fewer where the connection ends.
  func readList() -> [UInt8] {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    var tokens = 0
    var tokenStart = 0
    while recv(file, &byte, 1, 0) == 1 {
      bytes.append(byte)
      guard byte == 0 else { continue }
      if tokens % 2 == 0, bytes.count - 1 == tokenStart { return bytes }
      tokens += 1
      tokenStart = bytes.count
    }
    return bytes
  }

  /// Asks a lookup service for `key` in the map `name`, and returns the answer's payload; empty where the connection ends.
  func lookUp(_ name: String, _ key: String) -> String {
    let request = "\(name) \(key)"
    send(Array("\(request.utf8.count):\(request),".utf8))
    var length = 0
    var byte: UInt8 = 0
    while recv(file, &byte, 1, 0) == 1, byte != UInt8(ascii: ":") { length = length * 10 + Int(byte) - 0x30 }
    var answer: [UInt8] = []
    while answer.count < length + 1, recv(file, &byte, 1, 0) == 1 { answer.append(byte) }
    return String(decoding: answer.dropLast(), as: UTF8.self)
  }
}
