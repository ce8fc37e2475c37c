// A server that does just what a test says, and writes down who said what in which order.

import Gateways
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

@testable import Liveness
@testable import Routing

/// One thing that a scripted server does on a connection.
enum Step: Sendable {
  case send(String)
  case pause(Duration)
  /// Waits for a line from the client.
  case hear
  /// Sends one byte at a time.
  case drip(String, every: Duration)
  /// Goes over to TLS.
  case tls(NIOSSLContext)
  /// Sends this again and again, until the connection ends.
  case flood(String)
  case close
  case reset
}

/// Listens on a port of its own, on every address of 127.0.0.0/8; or on a local socket.
final class ScriptedServer: Sendable {
  static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  struct Record {
    var transcript: [String] = []
    var connections = 0
    var peak = 0
    var total = 0
    /// The address that the last connection came from.
    var client: String?
  }

  let port: Int
  private let listener: any Channel
  private let record: SharedRecord

  init(_ steps: [Step], path: String? = nil) throws {
    let record = SharedRecord()
    self.record = record
    let bootstrap = ServerBootstrap(group: Self.group)
      .serverChannelOption(.backlog, value: 512)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ScriptedSession(steps, record))
        }
      }
    listener =
      if let path {
        try bootstrap.bind(unixDomainSocketPath: path).wait()
      } else {
        try bootstrap.bind(host: "0.0.0.0", port: 0).wait()
      }
    port = listener.localAddress?.port ?? 0
  }

  var seen: Record { record.box.withLock { $0 } }

  func gateway(_ host: String = "127.0.0.1") -> Gateway { .host(host, port: port) }

  func stop() { listener.close(promise: nil) }
}

final class SharedRecord: Sendable {
  let box = Mutex(ScriptedServer.Record())

  func note(_ line: String) { box.withLock { $0.transcript.append(line) } }
}

private final class ScriptedSession: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var steps: ArraySlice<Step>
  private let record: SharedRecord
  private var heard: [String] = []
  private var partial = ""

  init(_ steps: [Step], _ record: SharedRecord) {
    self.steps = steps[...]
    self.record = record
  }

  func channelActive(context: ChannelHandlerContext) {
    let client = context.remoteAddress?.ipAddress
    record.box.withLock {
      $0.client = client
      $0.total += 1
      $0.connections += 1
      $0.peak = max($0.peak, $0.connections)
    }
    next(context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    record.box.withLock {
      $0.connections -= 1
      $0.transcript.append("end")
    }
    steps = []
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    partial += String(decoding: unwrapInboundIn(data).readableBytesView, as: UTF8.self)
    let wasWaiting = heard.isEmpty
    while let end = partial.firstIndex(of: "\r\n") {
      record.note("C: " + partial[..<end])
      heard.append(String(partial[..<end]))
      partial = String(partial[partial.index(after: end)...])
    }
    if wasWaiting, case .hear? = steps.first { next(context) }
  }

  private func next(_ context: ChannelHandlerContext) {
    guard context.channel.isActive, let step = steps.first else { return }
    switch step {
    case .hear:
      if heard.isEmpty { return }
      heard.removeFirst()
      steps.removeFirst()
      next(context)
    case .send(let text):
      record.note("S: " + text.split(separator: "\r\n").joined(separator: "|"))
      write(text, context)
      steps.removeFirst()
      next(context)
    case .pause(let time):
      steps.removeFirst()
      later(time, context) { $0.next($1) }
    case .drip(let text, let every):
      guard let first = text.utf8.first else {
        steps.removeFirst()
        return next(context)
      }
      write(String(decoding: [first], as: UTF8.self), context)
      steps[steps.startIndex] = .drip(String(decoding: text.utf8.dropFirst(), as: UTF8.self), every: every)
      later(every, context) { $0.next($1) }
    case .tls(let tls):
      steps.removeFirst()
      try? context.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls), position: .first)
      next(context)
    case .flood(let text):
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text))).assumeIsolated()
        .whenSuccess { self.next(context) }
    case .reset:
      // A close with no lingering time is a RST.
      (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        .assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    case .close:
      context.close(promise: nil)
    }
  }

  private func write(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
  }

  private func later(
    _ time: Duration, _ context: ChannelHandlerContext,
    _ body: @escaping (ScriptedSession, ChannelHandlerContext) -> Void
  ) {
    context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { body(self, context) }
  }
}
