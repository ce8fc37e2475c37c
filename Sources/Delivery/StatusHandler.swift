// As much HTTP as a scraper needs: one GET, one answer, good-bye.

import NIOCore
import PostfixFiles

/// Lives on the agent's event loop.
final class StatusHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let dispatcher: Dispatcher
  private var head = Bytes()
  private var isAnswered = false
  private var timer: Scheduled<Void>?

  private static let longestHead = 16_384
  private static let limit = TimeAmount.seconds(10)

  init(_ dispatcher: Dispatcher) { self.dispatcher = dispatcher }

  func channelActive(context: ChannelHandlerContext) {
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.limit) { context.close(promise: nil) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isAnswered { return }
    head += unwrapInboundIn(data).readableBytesView
    let isWhole = head.text.contains("\r\n\r\n") || head.text.contains("\n\n")
    guard isWhole || head.count > Self.longestHead else { return }
    isAnswered = true
    let words = head.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }.text.split(
      separator: " ")
    let isGet = words.count >= 2 && words[0] == "GET"
    let path = words.count >= 2 ? words[1].prefix { $0 != "?" } : ""
    switch path {
    case _ where !isGet: answer("405 Method Not Allowed", "need GET\n", context)
    case "/metrics", "/": answer("200 OK", dispatcher.metrics, context)
    case "/report": answer("200 OK", dispatcher.report.text, context)
    default: answer("404 Not Found", "need /metrics or /report\n", context)
    }
  }

  private func answer(_ status: String, _ body: String, _ context: ChannelHandlerContext) {
    let head =
      "HTTP/1.0 \(status)\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
      + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: head + body))).assumeIsolated()
      .whenComplete { _ in context.close(promise: nil) }
  }

  func channelInactive(context: ChannelHandlerContext) { timer?.cancel() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
