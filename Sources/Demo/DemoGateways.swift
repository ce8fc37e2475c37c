// The handful of toy gateways of `--demo`: one of each kind, each on an address of its own where the
// machine has them.

import Gateways
import NIOCore
import NIOPosix
import Routing

/// Five toy gateways and the thread that they live on.
package final class DemoGateways: Sendable {
  package let healthy: ToyGateway
  package let slow: ToyGateway
  package let flapping: ToyGateway
  package let refusing: ToyGateway
  package let rejecting: ToyGateway
  private let group: MultiThreadedEventLoopGroup

  /// Starts them.
  ///
  /// - Parameters:
  ///   - delay: how long the slow one takes to greet.
  ///   - flapTime: how long the flapping one is there, and is not.
  package init(delay: Duration = .milliseconds(1500), flapTime: Duration = .seconds(20)) throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    self.group = group
    do {
      healthy = try Self.start(.healthy, 11, on: group)
      slow = try Self.start(.slow(delay), 12, on: group)
      flapping = try Self.start(.flapping(every: flapTime), 13, on: group)
      refusing = try Self.start(.refusing, 14, on: group)
      rejecting = try Self.start(.rejecting, 15, on: group)
    } catch {
      try? group.syncShutdownGracefully()
      throw error
    }
  }

  /// On 127.0.0.`number`: a Linux loopback has them all, other networks perhaps only the first.
  private static func start(
    _ behaviour: ToyBehaviour, _ number: Int, on group: any EventLoopGroup
  ) throws -> ToyGateway {
    do {
      return try ToyGateway.start(behaviour, host: "127.0.0.\(number)", on: group)
    } catch {
      return try ToyGateway.start(behaviour, on: group)
    }
  }

  package var all: [ToyGateway] { [healthy, slow, flapping, refusing, rejecting] }

  /// Stops them all, and their thread.
  package func stop() {
    for gateway in all { gateway.stop() }
    try? group.syncShutdownGracefully()
  }
}

extension ToyGateway {
  /// The gateway as the routing names it.
  package var gateway: Gateway { .host(host, port: port) }

  /// The gateway as it is written in a next hop: `[127.0.0.11]:40125`.
  package var nextHop: String { gateway.description }
}
