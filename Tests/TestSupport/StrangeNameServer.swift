// A name server whose answers lead nowhere, for what no real one can be made to say.

import Glibc
import System
import Threads

/// What stands in for resolv.conf(5) where a test has a name server of its own.
package protocol Resolving: AnyObject {
  /// The path of the file.
  var resolverConfiguration: String { get }
}

extension NameServer: Resolving {}

/// Answers every question by UDP in one wrong way; nothing listens for TCP unless the kind says so.
package final class StrangeNameServer: Resolving {
  package enum Kind: String, Sendable, CaseIterable {
    /// "Truncated, ask by TCP", and nothing answers there.
    case truncated
    /// The same by TCP, without end.
    case truncatedByTCPToo
    /// The name is another name for itself.
    case namesItself
    /// The name is another name for one more label in front of it, again and again.
    case namesTheNext
  }

  /// The answer to the message of a question.
  package typealias Answer = @Sendable ([UInt8]) -> [UInt8]

  package let address: LoopbackAddress
  private let directory: TemporaryDirectory
  private let datagrams: Int32
  private let listener: Int32?

  package var resolverConfiguration: String { directory.file("resolv.conf") }

  package convenience init(_ kind: Kind) throws(TestFailure) {
    let byTCP = { @Sendable (connection: Int32, question: [UInt8]) in
      let reply = answer(to: question, kind)
      let framed = [UInt8(reply.count >> 8), UInt8(reply.count & 0xFF)] + reply
      _ = send(connection, framed, framed.count, Int32(MSG_NOSIGNAL))
    }
    try self.init(
      byDatagram: { answer(to: $0, kind) }, byTCP: kind == .truncatedByTCPToo ? byTCP : nil)
  }

  /// - Parameters:
  ///   - byDatagram: the answer to a question.
  ///   - byTCP: what it does with a connection, for each question that comes there; nil: nothing listens.
  package init(
    byDatagram: @escaping Answer, byTCP: (@Sendable (Int32, [UInt8]) -> Void)?
  ) throws(TestFailure) {
    // Resolvers know no other port.
    address = try LoopbackAddress.own(port: 53)
    directory = try TemporaryDirectory()
    try directory.write(
      "resolv.conf", "nameserver \(address.host)\noptions timeout:1 attempts:1\n")
    let datagrams = socket(AF_INET, SocketKind.datagram, 0)
    var own = sockaddr_in(host: address.host, port: 53)
    let isBound = withUnsafePointer(to: &own) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(datagrams, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isBound else { throw .system("bind to \(address)") }
    self.datagrams = datagrams
    listener = byTCP == nil ? nil : try address.listen()
    inBackground { answerDatagrams(datagrams, byDatagram) }
    if let listener, let byTCP { inBackground { answerConnections(listener, byTCP) } }
  }

  deinit {
    for socket in [datagrams, listener].compactMap({ $0 }) {
      shutdown(socket, Int32(SHUT_RDWR))
      close(socket)
    }
  }

  /// "Truncated, ask by TCP", for the message of a question.
  package static func cut(_ question: [UInt8]) -> [UInt8] { answer(to: question, .truncated) }

  /// An answer of addresses to the message of a question; none to one that asks for other records.
  package static func addresses(_ hosts: [[UInt8]], to query: [UInt8]) -> [UInt8] {
    guard query.count > 12, let end = query[12...].firstIndex(of: 0), query.count >= end + 5 else {
      return []
    }
    let hosts = query[end + 2] == 1 ? hosts : []
    let head =
      query.prefix(2) + [0x81, 0x80, 0, 1, UInt8(hosts.count >> 8), UInt8(hosts.count & 0xFF), 0, 0, 0, 0]
    return Array(head) + query[12..<end + 5]
      + hosts.flatMap { [0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 0, 60, 0, UInt8($0.count)] + $0 }
  }
}

private func answerDatagrams(_ socket: Int32, _ answer: StrangeNameServer.Answer) {
  while true {
    var query = [UInt8](repeating: 0, count: 4096)
    var peer = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let count = withUnsafeMutablePointer(to: &peer) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        recvfrom(socket, &query, query.count, 0, $0, &size)
      }
    }
    guard count > 0 else { return }
    let reply = answer(Array(query.prefix(count)))
    _ = withUnsafePointer(to: &peer) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { sendto(socket, reply, reply.count, 0, $0, size) }
    }
  }
}

private func answerConnections(_ listener: Int32, _ answer: @escaping @Sendable (Int32, [UInt8]) -> Void) {
  while true {
    let connection = accept(listener, nil, nil)
    if connection < 0 { return }
    inBackground {
      defer { close(connection) }
      var query = [UInt8](repeating: 0, count: 4096)
      while case let count = recv(connection, &query, query.count, 0), count > 2 {
        answer(connection, Array(query[2..<count]))
      }
    }
  }
}

/// The message of RFC 1035, 4.1, for one question.
private func answer(to query: [UInt8], _ kind: StrangeNameServer.Kind) -> [UInt8] {
  guard query.count > 12, let end = query[12...].firstIndex(of: 0), query.count >= end + 5 else { return [] }
  let question = query[12..<end + 5]
  let isTruncated = kind == .truncated || kind == .truncatedByTCPToo
  // A reply to a recursive question, without an error.
  var message = query.prefix(2) + [isTruncated ? 0x83 : 0x81, 0x80, 0, 1, 0, isTruncated ? 0 : 1, 0, 0, 0, 0]
  message += question
  if isTruncated { return Array(message) }
  // A CNAME of the question's name: itself, or itself with a label in front.
  let target: [UInt8] = kind == .namesItself ? [0xC0, 0x0C] : [1, UInt8(ascii: "a"), 0xC0, 0x0C]
  return Array(message) + [0xC0, 0x0C, 0, 5, 0, 1, 0, 0, 0, 60, 0, UInt8(target.count)] + target
}
