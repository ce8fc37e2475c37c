// The log of a Postfix, taken in the place of postlogd(8).
//
// postlogd(8) is a daemon like the others: it reads main.cf as it starts, and while that file changes under its eyes
// it waits, with a warning that goes to itself. Every process that logs waits with it. A test that reloads Postfix
// between many writes would sooner or later stand still.

import Glibc
import System

/// Listens where the daemons of a PostfixLab log, and appends what they say to a file.
final class LogReceiver: Sendable {
  private let socket: Int32

  /// - Parameters:
  ///   - path: `public/postlog` of the queue directory.
  ///   - logFile: what `maillog_file` names.
  init(at path: String, logFile: String) throws(TestFailure) {
    let socket = Glibc.socket(AF_UNIX, SocketKind.datagram, 0)
    guard socket >= 0 else { throw .system("socket") }
    let file = open(logFile, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      close(socket)
      throw .system("open \(logFile)")
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { room in
      guard path.utf8.count < room.count else { return false }
      room.copyBytes(from: path.utf8)
      return true
    }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    // The daemons run as another user.
    guard fits, bound == 0, chmod(path, 0o666) == 0 else {
      close(socket)
      close(file)
      throw .system("bind \(path)")
    }
    self.socket = socket
    var thread = pthread_t()
    let pair = UnsafeMutablePointer<(Int32, Int32)>.allocate(capacity: 1)
    pair.initialize(to: (socket, file))
    let status = pthread_create(
      &thread, nil,
      { argument in
        if let argument { receive(argument.assumingMemoryBound(to: (Int32, Int32).self)) }
        return nil
      }, pair)
    guard status == 0 else { throw TestFailure("pthread_create: \(status)") }
    pthread_detach(thread)
  }

  /// Ends the thread, which closes the socket and the file.
  deinit { shutdown(socket, Int32(SHUT_RD)) }
}

/// Takes one line after the other until the socket is shut down.
private func receive(_ pair: UnsafeMutablePointer<(Int32, Int32)>) {
  let (socket, file) = pair.pointee
  pair.deinitialize(count: 1)
  pair.deallocate()
  var line = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = recv(socket, &line, line.count - 1, 0)
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { break }
    line[count] = UInt8(ascii: "\n")
    _ = write(file, line, count + 1)
  }
  close(socket)
  close(file)
}
