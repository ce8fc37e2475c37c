// One round of probes of thousands of gateways: it should take little longer than the slowest of them.
import NIOCore
import NIOPosix
import TestSupport

/// Every gateway is a loopback address of its own; it greets after up to two seconds, and offers no STARTTLS.
func measureProbeScale() throws -> [Goal] {
  let count = 5_000
  let slowest = SlowGateways.delay(of: SlowGateways.steps - 1)
  let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  defer { try? group.syncShutdownGracefully() }
  // Each gateway has a queue of its own for connections; one for all would overflow, and TCP would wait for seconds.
  let ports = try (0..<20).map { _ in try SlowGateways.start(on: group) }
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

/// A server that greets late: how late depends on the address that it is spoken to.
private enum SlowGateways {
  static let steps = 21

  static func delay(of address: Int) -> Duration { .milliseconds(100 * (address % steps)) }

  /// The port that it listens on, on every address of the loopback network.
  static func start(on group: any EventLoopGroup) throws -> Int {
    let listener = try ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 4096)
      .serverChannelOption(.maxMessagesPerRead, value: 256)
      .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 256))
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Session())
        }
      }
      .bind(host: "0.0.0.0", port: 0).wait()
    return listener.localAddress?.port ?? 0
  }

  private final class Session: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
      let last = context.localAddress?.ipAddress?.split(separator: ".").last.flatMap { Int($0) } ?? 0
      context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(SlowGateways.delay(of: last))) {
        if context.channel.isActive { self.send("220 mx.example ESMTP\r\n", context) }
      }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      // A probe sends one command at a time.
      let command = unwrapInboundIn(data).readableBytesView.first
      if command == UInt8(ascii: "Q") {
        send("221 bye\r\n", context)
        context.close(promise: nil)
      } else {
        send("250-mx.example\r\n250-PIPELINING\r\n250 SIZE 10240000\r\n", context)
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func send(_ text: String, _ context: ChannelHandlerContext) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
  }
}
