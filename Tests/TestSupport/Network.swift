// Loopback addresses and ports that nothing else uses.
import Glibc
import System

/// An IPv4 address of this machine's loopback network, and a TCP port.
package struct LoopbackAddress: Hashable, Sendable, CustomStringConvertible {
  package let host: String
  package let port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// As Postfix writes a next hop: `[127.0.0.1]:2525`.
  package var description: String { "[\(host)]:\(port)" }

  /// A free port on `host`, or `port` if that is free there. Nobody holds it: on an address of one's own the danger that
  /// another takes it is nil.
  package static func free(host: String, port: Int = 0) throws(TestFailure) -> LoopbackAddress {
    let file = try tcpSocket()
    defer { close(file) }
    var address = sockaddr_in(host: host, port: port)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(file, pointer, size) == 0 ? getsockname(file, pointer, &size) : -1
      }
    }
    guard result == 0 else { throw .system("bind to \(host)") }
    return LoopbackAddress(host: host, port: Int(UInt16(bigEndian: address.sin_port)))
  }

  /// A free port on a loopback address that was drawn at random, so that each gateway has an address of its
  /// own: Postfix strikes a failed *address* from a next-hop list, whatever the port.
  package static func own(port: Int = 0) throws(TestFailure) -> LoopbackAddress {
    try free(host: ownHost(), port: port)
  }

  /// A loopback address drawn at random.
  package static func ownHost() -> String {
    "127." + (0..<3).map { _ in String(Int.random(in: 2...250)) }.joined(separator: ".")
  }

  /// A socket that listens there.
  func listen() throws(TestFailure) -> Int32 {
    let file = try tcpSocket()
    var address = sockaddr_in(host: host, port: port)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0, Glibc.listen(file, 16) == 0 else {
      close(file)
      throw .system("listen on \(self)")
    }
    return file
  }

  /// A socket that takes datagrams there, and answers none.
  package func boundDatagramSocket() throws(TestFailure) -> Int32 {
    let file = socket(AF_INET, SocketKind.datagram, 0)
    var address = sockaddr_in(host: host, port: port)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      close(file)
      throw .system("bind to \(self)")
    }
    return file
  }

  /// Whether something accepts connections there.
  package var isListening: Bool {
    guard let file = try? tcpSocket() else { return false }
    defer { close(file) }
    var address = sockaddr_in(host: host, port: port)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}

private func tcpSocket() throws(TestFailure) -> Int32 {
  try WaitingPermission.require("opens a socket")
  let file = socket(AF_INET, SocketKind.stream, 0)
  guard file >= 0 else { throw .system("socket") }
  return file
}

extension sockaddr_in {
  init(host: String, port: Int) {
    self.init()
    sin_family = sa_family_t(AF_INET)
    sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
    inet_pton(AF_INET, host, &sin_addr)
  }
}
