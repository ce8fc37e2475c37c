// Local sockets by their paths: making one, and testing whether a program listens.

#if canImport(Glibc)
  import Glibc
#endif

package enum LocalSocket {
  /// A stream socket that does not block and that no child inherits; below 0 if it cannot be made (errno says why).
  package static func make() -> Int32 {
    socket(
      AF_UNIX, SocketKind.nonblockingStream, 0)
  }

  /// How long a path may be, in bytes.
  package static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// What `body`, bind(2) or connect(2), makes of the address of `path`; nil where that is too long for one.
  package static func withAddress(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32? {
    guard path.utf8.count <= longestPath else { return nil }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  /// Why there is no connection to a socket.
  package struct ConnectError: Error, CustomStringConvertible {
    /// What errno(3) said; EAGAIN where the queue of those who wait is full.
    package let code: Int32

    package var description: String { Errno(rawValue: code).description }

    /// Whether it gives no information on the other side: its queue is full, or this process or the machine lacks something for
    /// a moment.
    package var isPassing: Bool { [EAGAIN, EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(code) }
  }

  /// A connection to the socket at `path`, which does not block.
  package static func connect(to path: String) -> Result<Int32, ConnectError> {
    let file = make()
    guard file >= 0 else { return .failure(ConnectError(code: errno)) }
    let status = withAddress(path) { Glibc.connect(file, $0, $1) }
    if status == 0 { return .success(file) }
    let code = status == nil ? ENAMETOOLONG : errno
    close(file)
    return .failure(ConnectError(code: code))
  }

  /// Whether it is certain that no program listens at `path`: there is no socket, or its program has ended.
  package static func isDeserted(_ path: String) -> Bool {
    switch connect(to: path) {
    case .success(let file):
      close(file)
      return false
    case .failure(let failure): return failure.code == ENOENT || failure.code == ECONNREFUSED
    }
  }
}
