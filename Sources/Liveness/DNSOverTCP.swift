// A question to a name server by TCP, for an answer that is too long for a datagram. The resolver library would wait for its end
// without any limit: a server that takes the connection and says nothing would hold a thread for ever, and a few such names all
// threads.

import CLinux
import Glibc
import System

struct DNSOverTCP {
  /// Where to ask: the servers of resolv.conf, or the one of the caller's choice.
  let servers: [sockaddr_storage]

  /// Of each server, connection and answer together.
  static let limit = Duration.seconds(5)

  init(_ server: sockaddr_in?) {
    var found = [sockaddr_storage](repeating: sockaddr_storage(), count: 4)
    if var server {
      withUnsafeBytes(of: &server) { bytes in
        withUnsafeMutableBytes(of: &found[0]) { $0.copyMemory(from: bytes) }
      }
      servers = [found[0]]
    } else {
      let count = randmap_name_servers(&found, Int32(found.count))
      servers = Array(found.prefix(Int(count)))
    }
  }

  /// The whole message of the first server that answers this question; nil where none does.
  func ask(_ name: String, _ type: RecordType) -> [UInt8]? {
    var question = [UInt8](repeating: 0, count: 512)
    let length = randmap_question(name, type.rawValue, &question, Int32(question.count))
    guard length > 12 else { return nil }
    question.removeSubrange(Int(length)...)
    for server in servers {
      if let answer = ask(question, server), Self.isAnswer(answer, to: question) { return answer }
    }
    return nil
  }

  /// Whether a message is the reply to just this question: anybody may send any number and any name.
  static func isAnswer(_ message: [UInt8], to question: [UInt8]) -> Bool {
    guard message.count >= question.count, message[..<2] == question[..<2], message[2] & 0x80 != 0,
      message[4..<6] == [0, 1]
    else { return false }
    func lowered(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }
    return message[12..<question.count].map(lowered) == question[12...].map(lowered)
  }

  private func ask(_ question: [UInt8], _ server: sockaddr_storage) -> [UInt8]? {
    let deadline = ContinuousClock.now + Self.limit
    let kind = SocketKind.nonblockingStream
    let file = socket(Int32(server.ss_family), kind, 0)
    if file < 0 { return nil }
    defer { close(file) }
    let size =
      server.ss_family == sa_family_t(AF_INET6)
      ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    let isConnecting = withUnsafePointer(to: server) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(file, $0, socklen_t(size)) == 0 || errno == EINPROGRESS
      }
    }
    guard isConnecting, wait(file, POLLOUT, until: deadline) else { return nil }
    let framed = [UInt8(question.count >> 8), UInt8(question.count & 0xFF)] + question
    guard send(file, framed, framed.count, Int32(MSG_NOSIGNAL)) == framed.count,
      let length = read(2, file, until: deadline)
    else { return nil }
    return read(Int(length[0]) << 8 | Int(length[1]), file, until: deadline)
  }

  private func read(_ count: Int, _ file: Int32, until deadline: ContinuousClock.Instant) -> [UInt8]? {
    var bytes: [UInt8] = []
    // Large enough for all but the longest answers; a server may send single bytes.
    var piece = [UInt8](repeating: 0, count: min(count, 4096))
    while bytes.count < count {
      guard wait(file, POLLIN, until: deadline) else { return nil }
      let got = recv(file, &piece, min(piece.count, count - bytes.count), 0)
      if got > 0 {
        bytes += piece.prefix(got)
      } else if got == 0 || ![EAGAIN, EINTR].contains(errno) {
        return nil
      }
    }
    return bytes
  }

  private func wait(_ file: Int32, _ event: Int32, until deadline: ContinuousClock.Instant) -> Bool {
    while true {
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { return false }
      var entry = pollfd(fd: file, events: Int16(event), revents: 0)
      let found = poll(&entry, 1, Int32(left.rounded(.up)))
      if found > 0 { return true }
      if found < 0, errno != EINTR { return false }
    }
  }
}
