// A server that is many slow gateways: it listens on every loopback address, and costs little itself, as the processors
// that it runs on are those of what is measured.
import Glibc
import TestSupport
import Threads

/// One side of an SMTP conversation. Lives on the server's loop.
class GatewaySession: ConnectionOwner {
  let loop: SocketLoop
  private var connection: Connection?

  required init(_ socket: Int32, on loop: SocketLoop) {
    self.loop = loop
    connection = Connection(socket, on: loop, owner: self)
  }

  func received(_ bytes: ArraySlice<UInt8>) {}

  func ended(_ code: Int32) { connection = nil }

  func reachedLimit() {}

  func send(_ text: String) { connection?.send(Array(text.utf8)) }

  func hangUp() {
    send("221 bye\r\n")
    connection?.closeWhenSent()
  }
}

/// Starts a server that listens as long as the program runs, and returns its ports: each has a queue of its own for
/// connections.
func startGateways(_ kind: GatewaySession.Type, ports count: Int = 1) throws -> [Int] {
  let listeners = try (0..<count).map { _ in try listener() }
  inBackground {
    let loop = SocketLoop()
    for (socket, _) in listeners { loop.accept(on: socket) { _ = kind.init($0, on: loop) } }
    loop.run()
  }
  return listeners.map(\.port)
}

private func listener() throws -> (socket: Int32, port: Int) {
  let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  let status = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(file, $0, size) == 0 && listen(file, 4096) == 0 ? getsockname(file, $0, &size) : -1
    }
  }
  guard status == 0 else { throw TestFailure("listen: \(String(cString: strerror(errno)))") }
  return (file, Int(UInt16(bigEndian: address.sin_port)))
}

/// A gateway that looks into each message before it takes it, for a quarter of a second on average.
final class BusyGateway: GatewaySession {
  private var line: [UInt8] = []
  private var isInMessage = false

  required init(_ socket: Int32, on loop: SocketLoop) {
    super.init(socket, on: loop)
    send("220 mx.example ESMTP\r\n")
  }

  override func received(_ bytes: ArraySlice<UInt8>) {
    for byte in bytes {
      line.append(byte)
      guard byte == UInt8(ascii: "\n") else { continue }
      take(line)
      line = []
    }
  }

  /// It offers no PIPELINING, so that there is one command at a time.
  private func take(_ line: [UInt8]) {
    if isInMessage {
      guard line == Array(".\r\n".utf8) else { return }
      isInMessage = false
      loop.after(.milliseconds(Int.random(in: 150...350))) { self.send("250 taken\r\n") }
      return
    }
    switch line.first.map({ $0 & 0xDF }) {
    case UInt8(ascii: "D"):
      isInMessage = true
      send("354 go on\r\n")
    case UInt8(ascii: "Q"): hangUp()
    default: send("250 mx.example\r\n")
    }
  }
}
