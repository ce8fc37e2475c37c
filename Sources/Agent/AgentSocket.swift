// The socket that the queue manager connects to: where Postfix's own are, owned and open as they are; and giving up the
// superuser's rights once it is there.

import CLinux
import Glibc
import PostfixFiles
import System

/// Why the agent cannot start.
package struct AgentError: Error, CustomStringConvertible, Sendable {
  package let message: String
  package var description: String { message }

  init(_ message: String) { self.message = message }

  static func system(_ what: String, _ code: Int32 = errno) -> AgentError {
    AgentError("\(what): \(Errno(rawValue: code))")
  }
}

/// A user by number.
struct MailOwner: Equatable, Sendable {
  let name: String
  let user: uid_t
  let group: gid_t

  init(_ name: String) throws(AgentError) {
    guard let entry = getpwnam(name) else {
      throw AgentError("mail_owner \(printable(name)): no such user")
    }
    self.name = name
    user = entry.pointee.pw_uid
    group = entry.pointee.pw_gid
  }

  /// Gives up the superuser's rights for good, in every thread.
  func takeOn() throws(AgentError) {
    guard geteuid() == 0 else { return }
    guard initgroups(name, group) == 0, setgid(group) == 0, setuid(user) == 0 else {
      throw .system("take on the identity of \(name)")
    }
    guard setuid(0) != 0 else { throw AgentError("the superuser's rights are still there") }
  }
}

/// A socket's file, told from another one of its name.
struct SocketFile: Equatable, Sendable {
  let device: dev_t
  let inode: ino_t
}

/// A socket that the agent listens on.
struct ListeningSocket: Sendable {
  /// What it is for.
  enum Purpose: Sendable {
    case requests
    case lookups(Asker)
    case counts(Asker)
  }

  let purpose: Purpose
  let address: ListenAddress
  var descriptor: Int32
  /// The file that was there when it was made; nil of a port.
  private(set) var file: SocketFile?

  init(_ purpose: Purpose, _ address: ListenAddress, _ descriptor: Int32) {
    self.purpose = purpose
    self.address = address
    self.descriptor = descriptor
    if case .unix(let path) = address { file = AgentSocket.file(at: path) }
  }

  /// Whether its file is there no longer, so that no client can connect.
  var isRemoved: Bool {
    guard case .unix(let path) = address else { return false }
    return AgentSocket.file(at: path) == nil
  }
}

enum AgentSocket {
  /// How many connections may wait for us. The queue manager takes a full queue for a dead transport, and rests it.
  private static let backlog: Int32 = 4096

  /// A socket that listens at `path`. What is left over from an earlier run is replaced, without a moment in which
  /// there is nothing; a socket on which a program answers is not. Every user who can enter its directory may connect.
  ///
  /// Nothing is done to a name with the superuser's rights where another user could put another file in its place
  /// meanwhile: in a directory that is not the superuser's alone, all is done as `owner`.
  static func listen(at path: String, owner: MailOwner, turn: Turn = .waited) throws(AgentError) -> Int32 {
    // When two agents start at the same moment, both see that no agent listens here, and the second one replaces the socket of
    // the first. So they take turns.
    let lock = try take(turn, in: FileReader.directory(of: path))
    defer { close(lock) }
    guard !isAnswering(path) else {
      throw AgentError("\(printable(path)): another agent is listening there")
    }
    let file = try unixSocket()
    let temporary = "\(path).\(getpid())"
    let isSuperuser = geteuid() == 0
    let isOurPlace = isSuperuser && isSuperusersAlone(FileReader.directory(of: path))
    if isSuperuser, !isOurPlace {
      guard setegid(owner.group) == 0, seteuid(owner.user) == 0 else {
        throw .system("act as \(owner.name)")
      }
    }
    // The mode that bind(2) gives is 0777 less the mask.
    let mask = umask(0o111)
    defer {
      umask(mask)
      if isSuperuser {
        seteuid(0)
        setegid(0)
      }
    }
    unlink(temporary)
    do throws(AgentError) {
      guard try withAddress(temporary, { bind(file, $0, $1) }) == 0 else {
        throw .system("bind \(printable(temporary))")
      }
      if isOurPlace, chown(temporary, owner.user, owner.group) != 0 {
        throw .system("chown \(printable(temporary))")
      }
      guard Glibc.listen(file, backlog) == 0 else { throw .system("listen on \(printable(temporary))") }
      guard rename(temporary, path) == 0 else { throw .system("rename to \(printable(path))") }
    } catch {
      close(file)
      unlink(temporary)
      throw error
    }
    return file
  }

  /// Whether only the superuser can rename or remove the superuser's files in a directory.
  private static func isSuperusersAlone(_ directory: String) -> Bool {
    var status = stat()
    return stat(directory, &status) == 0 && status.st_uid == 0
      && (status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0)
  }

  /// What the file at `path` is, links not followed; nil if there is no file.
  static func file(at path: String) -> SocketFile? {
    var status = stat()
    return lstat(path, &status) == 0 ? SocketFile(device: status.st_dev, inode: status.st_ino) : nil
  }

  /// A socket that listens at `address`.
  static func listen(
    on address: ListenAddress, owner: MailOwner, turn: Turn = .waited
  ) throws(AgentError) -> Int32 {
    switch address {
    case .unix(let path): return try listen(at: path, owner: owner, turn: turn)
    case .inet(let host, let port):
      let file = socket(host.contains(":") ? AF_INET6 : AF_INET, SocketKind.nonblockingStream, 0)
      guard file >= 0 else { throw .system("socket") }
      var on: Int32 = 1
      setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
      guard bindInternet(file, host, port) == 0, Glibc.listen(file, backlog) == 0 else {
        let code = errno
        close(file)
        throw .system("listen on \(address)", code)
      }
      return file
    }
  }

  private static func bindInternet(_ file: Int32, _ host: String, _ port: Int) -> Int32 {
    func call(_ size: Int, _ address: UnsafeRawPointer) -> Int32 {
      bind(file, address.assumingMemoryBound(to: sockaddr.self), socklen_t(size))
    }
    let port = in_port_t(truncatingIfNeeded: port).bigEndian
    if host.contains(":") {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port
      inet_pton(AF_INET6, host, &address.sin6_addr)
      return withUnsafePointer(to: &address) { call(MemoryLayout<sockaddr_in6>.size, $0) }
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port
    inet_pton(AF_INET, host, &address.sin_addr)
    return withUnsafePointer(to: &address) { call(MemoryLayout<sockaddr_in>.size, $0) }
  }

  /// The socket that systemd(1) listens on for us and keeps open over our restarts; nil where it does not.
  static func inherited() -> Int32? {
    guard let pid = getenv("LISTEN_PID"), let count = getenv("LISTEN_FDS"),
      String(cString: pid) == String(getpid()), let number = Int(String(cString: count)), number >= 1
    else { return nil }
    // The first that it passes on: sd_listen_fds(3).
    let first: Int32 = 3
    _ = fcntl(first, F_SETFD, FD_CLOEXEC)
    return first
  }

  /// How long an answer may be, in bytes: a report has about a hundred for each member.
  static let longestAnswer = 64 << 20

  /// Sends `question` over a connection and reads to the end; nil without an answer within a second, and where it is
  /// longer than that.
  static func ask(_ file: Int32, _ question: String, longest: Int = longestAnswer) -> Bytes? {
    let bytes = Bytes(question.utf8)
    guard bytes.withUnsafeBytes({ send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }) == bytes.count
    else { return nil }
    let deadline = ContinuousClock.now + .seconds(1)
    var answer = Bytes()
    var chunk = Bytes(repeating: 0, count: 65_536)
    while ContinuousClock.now < deadline {
      let count = recv(file, &chunk, chunk.count, 0)
      if count == 0 { return answer }
      if count > 0 {
        answer += chunk[..<count]
        if answer.count > longest { return nil }
      } else {
        guard errno == EAGAIN || errno == EINTR else { return nil }
        var entry = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
        poll(&entry, 1, 100)
      }
    }
    return nil
  }

  private static func isAnswering(_ path: String) -> Bool {
    switch LocalSocket.connect(to: path) {
    case .success(let file):
      close(file)
      return true
    // Its queue is full: it is busy.
    case .failure(let failure): return failure.code == EAGAIN
    }
  }

  private static func unixSocket() throws(AgentError) -> Int32 {
    let file = LocalSocket.make()
    guard file >= 0 else { throw .system("socket") }
    return file
  }

  private static func withAddress(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws(AgentError) -> Int32 {
    guard let status = LocalSocket.withAddress(path, body) else {
      throw AgentError(
        "\(printable(path)): longer than the \(LocalSocket.longestPath) bytes of a socket's path")
    }
    return status
  }
}
