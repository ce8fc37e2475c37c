// A TCP port that is held but not listened on: connections to it are refused, and no other program gets it.

import Glibc
import NIOCore
import Synchronization
import System

/// A port of this process until it is released. Others of this process that set SO_REUSEADDR may listen on it.
final class PortReservation: Sendable {
  let port: Int
  /// Nil once it is released: then another program may have the number.
  private let descriptor: Mutex<CInt?>

  /// - Parameter port: 0 for any free port.
  init(host: String, port: Int) throws {
    let descriptor = socket(AF_INET, SocketKind.stream, 0)
    guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
    var on: CInt = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isNumeric = inet_pton(AF_INET, host, &address.sin_addr) == 1
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0
      }
    }
    guard isNumeric, isBound else {
      let code = isNumeric ? errno : EINVAL
      close(descriptor)
      throw IOError(errnoCode: code, reason: "bind to \(host)")
    }
    self.descriptor = Mutex(descriptor)
    self.port = Int(UInt16(bigEndian: address.sin_port))
  }

  /// Gives the port back.
  func release() {
    descriptor.withLock { descriptor in
      if let open = descriptor { close(open) }
      descriptor = nil
    }
  }
}
