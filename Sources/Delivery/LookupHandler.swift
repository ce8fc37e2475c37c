// One connection of the lookup service.

import NIOCore
import PostfixFiles

/// Lives on the agent's event loop.
final class LookupHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let dispatcher: Dispatcher
  private var reader = NetstringReader()

  init(_ dispatcher: Dispatcher) { self.dispatcher = dispatcher }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    reader.append(unwrapInboundIn(data).readableBytesView)
    var replies = Bytes()
    do throws(NetstringReader.Malformed) {
      while let request = try reader.next() {
        replies += Bytes(netstring: Array(dispatcher.lookup(request).payload.utf8))
      }
    } catch {
      dispatcher.say("a lookup request cannot be read: it is no netstring")
      context.close(promise: nil)
    }
    if !replies.isEmpty { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: replies)), promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
