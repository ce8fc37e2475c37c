// A mail gateway that does one thing, on a loopback port of this process: something to probe in
// `--demo`, and in tests.

import NIOCore
import NIOPosix

/// What a toy gateway does with a connection.
package enum ToyBehaviour: Hashable, Sendable {
  case healthy
  /// Greets after a while.
  case slow(Duration)
  /// Is there for so long, and then gone for so long.
  case flapping(every: Duration)
  /// Nothing listens on the port.
  case refusing
  /// Greets with 554.
  case rejecting
}

/// A toy SMTP server. Quiet when idle: apart from a flapping one, it has no timers.
package final class ToyGateway: Sendable {
  package let behaviour: ToyBehaviour
  /// A numeric IPv4 address.
  package let host: String
  package let port: Int
  private let reservation: PortReservation
  private let server: NIOLoopBoundBox<ToyServer?>

  /// Starts a gateway on `host`, an address of this machine, on a port of its own.
  ///
  /// - Parameter port: 0 for any free port.
  package static func start(
    _ behaviour: ToyBehaviour, host: String = "127.0.0.1", port: Int = 0, on group: any EventLoopGroup
  ) throws -> ToyGateway {
    let reservation = try PortReservation(host: host, port: port)
    let eventLoop = group.any()
    let gateway = ToyGateway(behaviour, host, reservation, eventLoop)
    if behaviour != .refusing {
      let address = try SocketAddress(ipAddress: host, port: reservation.port)
      let box = gateway.server
      try eventLoop.flatSubmit {
        let server = ToyServer(behaviour, at: address, on: eventLoop)
        box.value = server
        return server.open()
      }.wait()
    }
    return gateway
  }

  private init(
    _ behaviour: ToyBehaviour, _ host: String, _ reservation: PortReservation, _ eventLoop: any EventLoop
  ) {
    self.behaviour = behaviour
    self.host = host
    self.reservation = reservation
    port = reservation.port
    server = .makeEmptyBox(eventLoop: eventLoop)
  }

  /// Stops listening and gives the port back. Connections that are open end with the event loop.
  package func stop() {
    let box = server
    try? server.eventLoop.flatSubmit {
      defer { box.value = nil }
      return box.value?.shut() ?? box.eventLoop.makeSucceededVoidFuture()
    }.wait()
    reservation.release()
  }
}

/// The listening side of a gateway. Lives on one event loop.
private final class ToyServer {
  private let behaviour: ToyBehaviour
  private let address: SocketAddress
  private let eventLoop: any EventLoop
  private var listener: (any Channel)?
  private var timer: Scheduled<Void>?
  private var isShut = false

  init(_ behaviour: ToyBehaviour, at address: SocketAddress, on eventLoop: any EventLoop) {
    self.behaviour = behaviour
    self.address = address
    self.eventLoop = eventLoop
  }

  func open() -> EventLoopFuture<Void> {
    let behaviour = behaviour
    return ServerBootstrap(group: eventLoop)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.backlog, value: 128)
      .childChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ToySession(behaviour))
        }
      }
      .bind(to: address)
      .assumeIsolated().map { self.opened($0) }.nonisolated()
  }

  private func opened(_ channel: any Channel) {
    if isShut { return channel.close(promise: nil) }
    listener = channel
    turn { server in
      server.listener?.close(promise: nil)
      server.listener = nil
      server.turn { $0.reopen() }
    }
  }

  private func reopen() {
    open().assumeIsolated().whenFailure { _ in self.turn { $0.reopen() } }
  }

  /// Does `next` when a flapping gateway's time has come.
  private func turn(_ next: @escaping (ToyServer) -> Void) {
    guard case .flapping(let every) = behaviour, !isShut else { return }
    timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(every)) { next(self) }
  }

  func shut() -> EventLoopFuture<Void> {
    isShut = true
    timer?.cancel()
    return listener?.close() ?? eventLoop.makeSucceededVoidFuture()
  }
}
