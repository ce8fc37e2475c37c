// One round of probes of thousands of gateways: it should take little longer than the slowest of them.
import Glibc
import TestSupport
import Threads

/// Every gateway is a loopback address of its own; it greets after up to two seconds, and offers no STARTTLS.
func measureProbeScale() throws -> [Goal] {
  let count = 5_000
  let slowest = LateGateway.delay(of: LateGateway.steps - 1)
  // Each gateway has a queue of its own for connections; one for all would overflow, and TCP would wait for seconds.
  let ports = try startGateways(LateGateway.self, ports: 20)
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

/// A gateway that greets late: how late depends on the address that it is spoken to.
private final class LateGateway: GatewaySession {
  static let steps = 21

  static func delay(of address: Int) -> Duration { .milliseconds(100 * (address % steps)) }

  required init(_ socket: Int32, on loop: SocketLoop) {
    super.init(socket, on: loop)
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
    }
    loop.after(Self.delay(of: Int(UInt32(bigEndian: address.sin_addr.s_addr) & 0xFF))) {
      self.send("220 mx.example ESMTP\r\n")
    }
  }

  /// A probe sends one command at a time.
  override func received(_ bytes: ArraySlice<UInt8>) {
    if bytes.first == UInt8(ascii: "Q") { return hangUp() }
    send("250-mx.example\r\n250-PIPELINING\r\n250 SIZE 10240000\r\n")
  }
}
