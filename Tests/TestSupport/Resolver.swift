// Asking Postfix itself where mail would go: the resolve request of trivial-rewrite(8).
import Glibc
import System

/// What trivial-rewrite(8) makes of an address.
package struct Resolution: Hashable, Sendable {
  package let transport: String
  package let nexthop: String
  package let recipient: String
  package let flags: Flags

  /// The bits that matter to a test (resolve_clnt.h in the Postfix source).
  package struct Flags: OptionSet, Hashable, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let badAddress = Flags(rawValue: 1 << 2)
    package static let lookupFailure = Flags(rawValue: 1 << 3)
    package static let localClass = Flags(rawValue: 1 << 8)
    package static let aliasClass = Flags(rawValue: 1 << 9)
    package static let virtualClass = Flags(rawValue: 1 << 10)
    package static let relayClass = Flags(rawValue: 1 << 11)
    package static let defaultClass = Flags(rawValue: 1 << 12)
  }

  package init(transport: String, nexthop: String, recipient: String, flags: Flags) {
    self.transport = transport
    self.nexthop = nexthop
    self.recipient = recipient
    self.flags = flags
  }
}

/// A connection to trivial-rewrite(8), good for thousands of questions a second. Every answer is a fresh draw.
package final class Resolver {
  private let file: Int32
  private var received: [UInt8] = []
  /// How much of `received` was taken.
  private var taken = 0
  private var greeted = false

  init(socket path: String) throws(TestFailure) {
    file = try connectedSocket(path)
  }

  deinit {
    close(file)
  }

  /// Where mail for `recipient` would go.
  package func resolve(_ recipient: String, from sender: String = "") throws(TestFailure) -> Resolution {
    try ask(recipient, from: sender)
    return try answer()
  }

  /// Sends a question, to be followed by ``answer()``: trivial-rewrite(8) reads one at a time from a connection.
  package func ask(_ recipient: String, from sender: String) throws(TestFailure) {
    try send(request(recipient, sender))
  }

  func answer() throws(TestFailure) -> Resolution {
    if !greeted {
      // Each release from 3.5 on announces the protocol once per connection; earlier ones answer at once.
      greeted = true
      let first = try receive()
      if first.first?.name != "protocol" { return try Resolution(attributes: first) }
    }
    return try Resolution(attributes: try receive())
  }

  private func request(_ recipient: String, _ sender: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for text in ["request", "resolve", "sender", sender, "address", recipient] {
      bytes += Array(text.utf8) + [0]
    }
    return bytes + [0]
  }

  private func send(_ bytes: [UInt8]) throws(TestFailure) {
    // A trivial-rewrite that has ended is an answer, not the end of the test run.
    guard Glibc.send(file, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw .system("write to trivial-rewrite")
    }
  }

  /// One list of attributes: null-terminated names and values in turn, then an empty name.
  private func receive() throws(TestFailure) -> [(name: String, value: String)] {
    var attributes: [(name: String, value: String)] = []
    while true {
      let name = try receiveText()
      if name.isEmpty { return attributes }
      attributes.append((name, try receiveText()))
    }
  }

  private func receiveText() throws(TestFailure) -> String {
    while true {
      if let end = received[taken...].firstIndex(of: 0) {
        defer { taken = end + 1 }
        return String(decoding: received[taken..<end], as: UTF8.self)
      }
      var chunk = [UInt8](repeating: 0, count: 16_384)
      let count = read(file, &chunk, chunk.count)
      guard count != 0 else { throw TestFailure("trivial-rewrite closed the connection") }
      guard count > 0 else { throw .system("read from trivial-rewrite") }
      received = Array(received[taken...]) + chunk[..<count]
      taken = 0
    }
  }
}

extension PostfixLab {
  /// Connects to the instance's trivial-rewrite(8).
  package func resolver() throws(TestFailure) -> Resolver {
    try Resolver(socket: queueDirectory + "/private/rewrite")
  }
}

extension Resolution {
  fileprivate init(attributes: [(name: String, value: String)]) throws(TestFailure) {
    // "flags" comes twice: the first is about the connection, the last is the answer's.
    var values: [String: String] = [:]
    for attribute in attributes { values[attribute.name] = attribute.value }
    guard let transport = values["transport"], let nexthop = values["nexthop"],
      let recipient = values["recipient"], let flags = values["flags"].flatMap({ Int($0) })
    else { throw TestFailure("trivial-rewrite answered \(attributes)") }
    self.init(transport: transport, nexthop: nexthop, recipient: recipient, flags: Flags(rawValue: flags))
  }
}

private func connectedSocket(_ path: String) throws(TestFailure) -> Int32 {
  let file = socket(AF_UNIX, SocketKind.stream, 0)
  guard file >= 0 else { throw .system("socket") }
  // trivial-rewrite answers in microseconds; one that does not is broken, and the test must say so.
  var limit = timeval(tv_sec: 90, tv_usec: 0)
  setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  var address = sockaddr_un(path: path)
  let result = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
  guard result == 0 else {
    let code = errno
    close(file)
    throw .system("connect to \(path)", code)
  }
  return file
}

extension sockaddr_un {
  init(path: String) {
    self.init()
    sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &sun_path) { room in
      for (index, byte) in path.utf8.prefix(room.count - 1).enumerated() { room[index] = byte }
    }
  }
}
