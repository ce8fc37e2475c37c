// One connection to a toy gateway: greets, and answers line by line.

import NIOCore

/// The server's side of a short SMTP session: enough for a probe and an envelope. It takes no message.
final class ToySession: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private static let name = "toy.example"
  private static let longestLine = 2048

  private let behaviour: ToyBehaviour
  private var line: [UInt8] = []

  init(_ behaviour: ToyBehaviour) {
    self.behaviour = behaviour
  }

  func channelActive(context: ChannelHandlerContext) {
    switch behaviour {
    case .rejecting: send("554 \(Self.name) No SMTP service for you", context)
    case .slow(let delay):
      context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) {
        if context.channel.isActive { self.greet(context) }
      }
    case .healthy, .flapping, .refusing: greet(context)
    }
  }

  private func greet(_ context: ChannelHandlerContext) {
    send("220 \(Self.name) ESMTP randmap demo", context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    for byte in unwrapInboundIn(data).readableBytesView {
      if byte == UInt8(ascii: "\n") {
        answer(String(decoding: line, as: UTF8.self), context)
        line.removeAll(keepingCapacity: true)
      } else if line.count < Self.longestLine {
        line.append(byte)
      } else {
        return context.close(promise: nil)
      }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func answer(_ command: String, _ context: ChannelHandlerContext) {
    let verb = command.prefix { $0.isLetter }.uppercased()
    switch (verb, behaviour) {
    case ("QUIT", _):
      send("221 \(Self.name) Bye", context)
      context.close(promise: nil)
    case (_, .rejecting): send("503 Only QUIT is of any use here", context)
    case ("EHLO", _):
      send(
        "250-\(Self.name)\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-8BITMIME\r\n250 SMTPUTF8", context)
    case ("HELO", _): send("250 \(Self.name)", context)
    case ("NOOP", _), ("RSET", _), ("MAIL", _), ("RCPT", _): send("250 Ok", context)
    default: send("502 Not here", context)
    }
  }

  private func send(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
  }
}
