// One conversation with a delivery agent of Postfix: its greeting, our request, its report.

import Glibc
import NIOCore
import NIOPosix
import PostfixFiles

/// What became of a request that was to be handed over.
enum HandOverOutcome {
  /// The agent never got the request: another may have it.
  case notTaken(String)
  case reported(DeliveryReport)
  /// The agent got the request, or some of it, and went away: what it did is not known. It marks each recipient that
  /// is done in the queue file itself, so that a later try does not repeat them.
  case lost(String)
}

/// Lives on one event loop; `done` is called once, there.
final class HandOver: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Step {
    case connecting
    case greeting(Greeting.Reader)
    case report(DeliveryReport.Reader)
    case ended
  }

  private var step = Step.connecting
  /// Nil: only the greeting is wanted.
  private let request: Bytes?
  private var onGreeting: ((Bytes) -> Void)?
  private var done: ((HandOverOutcome) -> Void)?
  private var channel: (any Channel)?

  private init(
    _ request: Bytes?, onGreeting: @escaping (Bytes) -> Void, done: @escaping (HandOverOutcome) -> Void
  ) {
    self.request = request
    self.onGreeting = onGreeting
    self.done = done
  }

  /// Postfix's own clients wait as long for a process that is busy (`ipc_timeout`).
  private static let patience = Duration.seconds(3600)
  /// A full queue of connections is tried again after this time.
  private static let pause = TimeAmount.milliseconds(50)

  /// Hands `request` to the service whose socket is `path`; `eventLoop` must be the current one. With no request it
  /// hangs up after the greeting, as the queue manager does when it changes its mind.
  @discardableResult
  static func start(
    _ request: Bytes?, to path: String, on eventLoop: any EventLoop,
    onGreeting: @escaping (Bytes) -> Void, done: @escaping (HandOverOutcome) -> Void
  ) -> HandOver {
    let handOver = HandOver(request, onGreeting: onGreeting, done: done)
    handOver.connect(to: path, on: eventLoop, until: .now + patience)
    return handOver
  }

  /// Gives up, if the request is not handed over yet.
  func abandon() {
    switch step {
    case .connecting, .greeting: finish(.notTaken("the queue manager went away"))
    case .report, .ended: break
    }
  }

  private func connect(
    to path: String, on eventLoop: any EventLoop, until deadline: ContinuousClock.Instant
  ) {
    let handler = NIOLoopBound(self, eventLoop: eventLoop)
    ClientBootstrap(group: eventLoop)
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4096))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(handler.value)
        }
      }
      .connect(unixDomainSocketPath: path).assumeIsolated()
      .whenFailure { error in
        guard case .connecting = self.step else { return }
        let code = (error as? IOError)?.errnoCode
        if code == EAGAIN, ContinuousClock.now < deadline {
          eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            guard case .connecting = self.step else { return }
            self.connect(to: path, on: eventLoop, until: deadline)
          }
        } else {
          self.finish(.notTaken(code.map { String(cString: strerror($0)) } ?? "\(error)"))
        }
      }
  }

  func channelActive(context: ChannelHandlerContext) {
    guard case .connecting = step else { return context.close(promise: nil) }
    channel = context.channel
    step = .greeting(Greeting.Reader())
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data).readableBytesView
    do {
      switch step {
      case .greeting(var reader):
        let greeting = try reader.receive(bytes)
        step = .greeting(reader)
        if let greeting { greeted(greeting, context) }
      case .report(var reader):
        let report = try reader.receive(bytes)
        step = .report(reader)
        if let report { finish(.reported(report)) }
      case .connecting, .ended: break
      }
    } catch {
      fail("\(error)")
    }
  }

  private func greeted(_ greeting: Bytes, _ context: ChannelHandlerContext) {
    onGreeting?(greeting)
    guard let request else { return finish(.notTaken("not wanted")) }
    step = .report(DeliveryReport.Reader())
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: request)), promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    let code = (error as? IOError)?.errnoCode
    fail(code.map { String(cString: strerror($0)) } ?? "\(error)")
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail(ProtocolProblem.cutShort.description)
  }

  private func fail(_ words: String) {
    switch step {
    case .connecting, .greeting: finish(.notTaken(words))
    case .report: finish(.lost(words))
    case .ended: break
    }
  }

  private func finish(_ outcome: HandOverOutcome) {
    step = .ended
    channel?.close(promise: nil)
    channel = nil
    onGreeting = nil
    let done = done
    self.done = nil
    done?(outcome)
  }
}
