// One round of probes of thousands of gateways: it should take little longer than the slowest of them.
import CLinux
import Glibc
import TestSupport
import Threads

/// Every gateway is a loopback address of its own; it greets after up to two seconds, and offers no STARTTLS.
func measureProbeScale() throws -> [Goal] {
  let count = 5_000
  let slowest = SlowGateways.delay(of: SlowGateways.steps - 1)
  // Each gateway has a queue of its own for connections; one for all would overflow, and TCP would wait for seconds.
  let ports = try SlowGateways.start(listeners: 20)
  let directory = try TemporaryDirectory()
  let pool = (0..<count).map { "smtp:[127.8.\($0 / 250).\(1 + $0 % 250)]:\(ports[$0 % ports.count])" }
  try directory.write(
    "main.cf",
    """
    sender_dependent_default_transport_maps = randmap:{\(pool.joined(separator: " "))}
    myhostname = relay.example
    queue_directory = \(directory.path)

    """)
  let results = try compare(
    [
      Contender(
        name: "randmap --status", program: try randmapProgram(),
        arguments: ["--status", "-c", directory.path, "--format", "nagios"])
    ], rounds: 3)
  show("\(count) gateways, the slowest answers after \(slowest)", results)
  return [
    Goal(
      what: "a round, less 0.5 s, beside the slowest gateway", most: 1.1,
      value: (results[0].wall - .milliseconds(500)) / slowest, unit: " x"),
    Goal(
      what: "memory of a round", most: 60, value: Double(results[0].memory) / 1_048_576, unit: " MiB"),
  ]
}

/// A server that greets late: how late depends on the address that it is spoken to. It costs little itself, as the
/// processors that it runs on are those of the program that is measured.
private enum SlowGateways {
  static let steps = 21

  static func delay(of address: Int) -> Duration { .milliseconds(100 * (address % steps)) }

  /// The ports that it listens on, on every address of the loopback network, as long as the program runs.
  static func start(listeners count: Int) throws -> [Int] {
    let listeners = try (0..<count).map { _ in try listener() }
    inBackground {
      let loop = SocketLoop()
      for (socket, _) in listeners { loop.accept(on: socket) { _ = Session($0, on: loop) } }
      loop.run()
    }
    return listeners.map(\.port)
  }

  private static func listener() throws -> (socket: Int32, port: Int) {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
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

  private final class Session: ConnectionOwner {
    private var connection: Connection?

    init(_ socket: Int32, on loop: SocketLoop) {
      var address = sockaddr_in()
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      _ = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
      }
      connection = Connection(socket, on: loop, owner: self)
      loop.after(SlowGateways.delay(of: Int(UInt32(bigEndian: address.sin_addr.s_addr) & 0xFF))) {
        self.send("220 mx.example ESMTP\r\n")
      }
    }

    func received(_ bytes: ArraySlice<UInt8>) {
      // A probe sends one command at a time.
      if bytes.first == UInt8(ascii: "Q") {
        send("221 bye\r\n")
        connection?.closeWhenSent()
      } else {
        send("250-mx.example\r\n250-PIPELINING\r\n250 SIZE 10240000\r\n")
      }
    }

    func ended(_ code: Int32) { connection = nil }

    func reachedLimit() {}

    private func send(_ text: String) { connection?.send(Array(text.utf8)) }
  }
}
