// One connection of the queue manager: we greet, it sends a request, we report.

import NIOCore
import PostfixFiles

/// Lives on the agent's event loop.
final class RequestHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Step {
    case reading
    case delivering(Delivery)
    /// The report is sent; the queue manager hangs up.
    case reported
  }

  private let dispatcher: Dispatcher
  private var step = Step.reading
  private var reader = DeliveryRequest.Reader()
  private var timer: Scheduled<Void>?
  private var context: ChannelHandlerContext?

  /// A request comes in one piece, but a queue manager may be busy with something else first.
  private static let readingLimit = TimeAmount.seconds(600)
  private static let closingLimit = TimeAmount.seconds(60)

  init(_ dispatcher: Dispatcher) { self.dispatcher = dispatcher }

  func channelActive(context: ChannelHandlerContext) {
    dispatcher.opened(self)
    self.context = context
    setTimer(Self.readingLimit, context)
    let channel = context.channel
    dispatcher.withGreeting { greeting in
      channel.writeAndFlush(ByteBuffer(bytes: greeting), promise: nil)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .reading = step else { return }
    do {
      let request = try reader.receive(unwrapInboundIn(data).readableBytesView)
      guard let request else { return }
      timer?.cancel()
      let delivery = Delivery(request, dispatcher)
      step = .delivering(delivery)
      delivery.start { self.report($0, context) }
    } catch {
      dispatcher.say("a delivery request cannot be read: \(error)")
      dispatcher.counters.unreadableRequests += 1
      report(DeliveryReport(resting: "randmap(8) cannot read the delivery request: \(error)"), context)
    }
  }

  private func report(_ report: DeliveryReport, _ context: ChannelHandlerContext) {
    if case .reported = step { return }
    step = .reported
    guard context.channel.isActive else { return }
    setTimer(Self.closingLimit, context)
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: report.bytes)), promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    self.context = nil
    switch step {
    case .reading:
      if !reader.isUntouched {
        dispatcher.say("a delivery request cannot be read: \(ProtocolProblem.cutShort)")
        dispatcher.counters.unreadableRequests += 1
      }
    case .delivering(let delivery): delivery.abandon()
    case .reported: break
    }
    step = .reported
    dispatcher.closed(self)
  }

  /// Hangs up where nothing is under way: the agent stops.
  func dismiss() {
    if case .delivering = step { return }
    context?.close(promise: nil)
  }

  private func setTimer(_ limit: TimeAmount, _ context: ChannelHandlerContext) {
    timer?.cancel()
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { context.close(promise: nil) }
  }
}
