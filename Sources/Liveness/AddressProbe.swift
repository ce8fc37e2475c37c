// One probe of one address on the network: connects, lets a Conversation speak, keeps the time.

import Gateways
import Glibc
import NIOCore
import NIOPosix
import NIOTLS
import Routing
import System

/// What one probe connects to. Gateways that share an address and an approach share its reading.
struct Endpoint: Hashable {
  /// A numeric address, or the path of a socket.
  let address: String
  let port: Int?
  let approach: Approach
  /// Whom an envelope is for that a person asked for; nil for a probe.
  var recipient: String?
}

/// A probe under way. Lives on one event loop; `done` is called once, there, when the connection is
/// closed.
final class AddressProbe: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// How a probe ended.
  enum Outcome {
    case reading(Reading)
    /// It could not begin: the process, or the system, may open no further file. The reading says so.
    case noDescriptor(Reading)
  }

  private let endpoint: Endpoint
  private let settings: ProbeSettings
  private let tls: TLSClient
  /// Let go once it was called.
  private var done: ((Outcome) -> Void)?
  private var conversation: Conversation
  private let start = ContinuousClock.now
  private let deadline: NIODeadline
  private let timers: LoopTimers
  private var timer: LoopTimers.Timer?
  /// Its connection, from when one is tried.
  private var channel: (any Channel)?
  /// There while it is connected.
  private var context: ChannelHandlerContext?
  private var finding: ProbeFinding?
  private var latency: Double?
  private var certificate: Certificate?

  /// A gateway may look a recipient up elsewhere before it answers.
  private static let envelopeTime = Duration.seconds(60)

  private init(
    _ endpoint: Endpoint, settings: ProbeSettings, tls: TLSClient, _ timers: LoopTimers,
    done: @escaping (Outcome) -> Void
  ) {
    self.timers = timers
    self.endpoint = endpoint
    self.settings = settings
    self.tls = tls
    self.done = done
    conversation = Conversation(
      approach: endpoint.approach, limits: settings, isOnMailPort: endpoint.port == 25,
      recipient: endpoint.recipient)
    let limit = settings.duration(.probeTimeLimit)
    deadline = .now() + TimeAmount(endpoint.recipient == nil ? limit : max(limit, Self.envelopeTime))
  }

  /// Probes `endpoint` on `eventLoop`, which must be the current one.
  static func run(
    _ endpoint: Endpoint, settings: ProbeSettings, tls: TLSClient, on eventLoop: any EventLoop,
    _ timers: LoopTimers, done: @escaping (Outcome) -> Void
  ) {
    let probe = AddressProbe(endpoint, settings: settings, tls: tls, timers, done: done)
    let handler = NIOLoopBound(probe, eventLoop: eventLoop)
    var bootstrap = ClientBootstrap(group: eventLoop)
      // Never: the time is kept here. NIO keeps a timer of its own while a connection is made; connection_limit bounds these.
      .connectTimeout(.hours(24 * 365))
      // Replies are short, and each connection keeps its buffer; the default grows to 64 KiB.
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 512))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          handler.value.channel = channel
          try channel.pipeline.syncOperations.addHandler(handler.value)
        }
      }
    probe.setTimer(for: .now() + TimeAmount(settings.duration(.probeTimeLimit)))
    do {
      let address = try endpoint.socketAddress()
      if let source = try endpoint.source(for: address) { bootstrap = bootstrap.bind(to: source) }
      bootstrap.connect(to: address).assumeIsolated().whenFailure { probe.connectFailed($0) }
    } catch {
      probe.connectFailed(error)
    }
  }

  private func connectFailed(_ error: any Error) {
    timer?.cancel()
    channel = nil
    let number = (error as? IOError)?.errnoCode
    deliver(ProbeFinding(connectError: error), isUnstarted: number == EMFILE || number == ENFILE)
  }

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    // Where a person asked, it takes longer than the connection may.
    if endpoint.recipient != nil { setTimer(for: deadline) }
    perform(conversation.connected(isWrapped: endpoint.approach.tls.isWrapped), context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent, let certificate {
      perform(conversation.tlsEstablished(certificate), context)
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    perform(conversation.receive(unwrapInboundIn(data).readableBytesView), context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let words = TLSClient.words(for: error) { perform(conversation.tlsFailed(words), context) }
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    perform(conversation.connectionLost(), context)
    timer?.cancel()
    (self.context, channel) = (nil, nil)
    deliver(finding ?? .closedEarly(.connect))
  }

  private func perform(_ actions: [Conversation.Action], _ context: ChannelHandlerContext) {
    for action in actions {
      switch action {
      case .send(let text):
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
      case .greeted:
        latency = (ContinuousClock.now - start) / .milliseconds(1)
      case .startTLS:
        do { try startTLS(context) } catch { perform(conversation.tlsFailed("\(error)"), context) }
      case .found(let finding):
        self.finding = finding
        setTimer(for: min(deadline, .now() + TimeAmount(settings.duration(.quitTimeLimit))))
      case .close:
        context.close(promise: nil)
      }
    }
  }

  private func startTLS(_ context: ChannelHandlerContext) throws {
    let handler = try tls.handler { [weak self] in self?.certificate = $0 }
    try context.pipeline.syncOperations.addHandler(handler, position: .first)
  }

  private func setTimer(for time: NIODeadline) {
    timer?.cancel()
    timer = timers.at(time) { self.timeOut() }
  }

  private func timeOut() {
    if let context { return perform(conversation.timeOut(), context) }
    deliver(.timedOut(.connect))
    channel?.close(promise: nil)
  }

  private func deliver(_ finding: ProbeFinding, isUnstarted: Bool = false) {
    let reading = Reading(
      address: endpoint.address, port: endpoint.port, finding: finding, latency: latency,
      capabilities: conversation.capabilities, encryption: conversation.encryption,
      transcript: conversation.transcript,
      recipient: endpoint.recipient == nil
        ? nil : conversation.recipientAnswer ?? .unknown(finding.reason))
    done?(isUnstarted ? .noDescriptor(reading) : .reading(reading))
    done = nil
  }
}

extension Endpoint {
  fileprivate func socketAddress() throws -> SocketAddress {
    guard let port else { return try SocketAddress(unixDomainSocketPath: address) }
    return try SocketAddress(ipAddress: address, port: port)
  }

  /// The address to connect from, where the approach has one of the same family; smtp(8) leaves the other
  /// family to the system.
  fileprivate func source(for address: SocketAddress) throws -> SocketAddress? {
    guard port != nil, let source = address.protocol == .inet6 ? approach.source6 : approach.source else {
      return nil
    }
    let from = try SocketAddress(ipAddress: source, port: 0)
    return from.protocol == address.protocol ? from : nil
  }
}

extension ProbeFinding {
  /// Why no connection came about.
  init(connectError error: any Error) {
    guard let error = error as? IOError else {
      self = .networkError("\(error)")
      return
    }
    switch error.errnoCode {
    case ECONNREFUSED: self = .connectionRefused
    case EHOSTUNREACH, ENETUNREACH, EAFNOSUPPORT: self = .noRoute
    case ETIMEDOUT: self = .timedOut(.connect)
    case ECONNRESET: self = .closedEarly(.connect)
    case EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL, EADDRINUSE:
      self = .notProbed(Errno(rawValue: error.errnoCode).description)
    default: self = .networkError(Errno(rawValue: error.errnoCode).description)
    }
  }
}
