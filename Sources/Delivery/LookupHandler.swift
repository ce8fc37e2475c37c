// One connection of the lookup service.

import NIOCore
import PostfixFiles

/// Lives on the agent's event loop.
final class LookupHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let dispatcher: Dispatcher
  private var reader = NetstringReader()
  private var replies = Bytes()
  /// Whether an answer is on its way.
  private var isWaiting = false
  private var isAnsweringInTurn = false

  init(_ dispatcher: Dispatcher) { self.dispatcher = dispatcher }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    reader.append(unwrapInboundIn(data).readableBytesView)
    answerNext(context)
  }

  /// Answers what has come, one after the other: the one who asks takes the answers in the order of the questions.
  private func answerNext(_ context: ChannelHandlerContext) {
    isAnsweringInTurn = true
    do throws(NetstringReader.Malformed) {
      while !isWaiting, let request = try reader.next() {
        isWaiting = true
        dispatcher.lookup(request) { answer in
          self.isWaiting = false
          self.replies += Bytes(netstring: Array(answer.payload.utf8))
          if !self.isAnsweringInTurn { self.answerNext(context) }
        }
      }
    } catch {
      dispatcher.say("a lookup request cannot be read: it is no netstring")
      context.close(promise: nil)
    }
    isAnsweringInTurn = false
    guard !replies.isEmpty, context.channel.isActive else { return }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: replies)), promise: nil)
    replies = []
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
