// The continuing schedule, on gateways that come and go.

import Demo
import Gateways
import Synchronization
import TestSupport
import TestTraits
import Testing

@testable import Liveness
@testable import Routing

@Suite(.waits, .timeLimit(.minutes(10))) struct WatchTests {
  /// What a watch reported.
  private final class Log: Sendable {
    let statuses = Mutex<[GatewayStatus]>([])

    func count(of gateway: Gateway) -> Int { statuses.withLock { $0.count { $0.gateway == gateway } } }
    func last(of gateway: Gateway) -> GatewayStatus? {
      statuses.withLock { $0.last { $0.gateway == gateway } }
    }
    func watch(_ settings: ProbeSettings) -> Watch {
      Watch(settings: settings) { status in self.statuses.withLock { $0.append(status) } }
    }
  }

  private func quick() throws -> ProbeSettings {
    try settings([.interval: 1000, .changingInterval: 1000, .downInterval: 1000, .jitter: 0, .fall: 2])
  }

  // Not async: a test that gives its thread up may get it back minutes later, when the schedule has gone on.

  @Test func followsAGatewayDownAndUp() throws {
    let first = try ToyGateway.start(.healthy, on: ScriptedServer.group)
    let gateway = first.gateway
    let log = Log()
    let watch = log.watch(try quick())
    defer { watch.shutdown() }
    watch.setTargets([Target(gateway, approach)])
    try waitUntil("it is up") { log.last(of: gateway)?.state == .up }
    first.stop()
    // A second time does no harm.
    first.stop()
    try waitUntil("one failure is counted") { log.last(of: gateway)?.pending == .goingDown(1, of: 2) }
    try waitUntil("it is down") { log.last(of: gateway)?.state == .down }
    let second = try ToyGateway.start(.healthy, port: first.port, on: ScriptedServer.group)
    defer { second.stop() }
    try waitUntil("it is up") { log.last(of: gateway)?.state == .up }
    let status = try #require(log.last(of: gateway))
    #expect(status.changes.map(\.to) == [.up, .down, .up])
    #expect(status.history.count >= 5)
  }

  @Test func followsAnEditOfTheTargets() throws {
    let one = try ToyGateway.start(.healthy, on: ScriptedServer.group)
    let two = try ToyGateway.start(.rejecting, on: ScriptedServer.group)
    defer {
      one.stop()
      two.stop()
    }
    let log = Log()
    // The default times: whatever comes within this test is not from the schedule.
    let watch = log.watch(ProbeSettings())
    defer { watch.shutdown() }
    watch.setTargets([Target(one.gateway, approach)])
    try waitUntil("the first reading") { log.count(of: one.gateway) == 1 }
    watch.setTargets([Target(one.gateway, approach), Target(two.gateway, approach)])
    try waitUntil("the second gateway") { log.last(of: two.gateway)?.state == .refused }
    #expect(log.count(of: one.gateway) == 1)
    // A further lane to the same gateway: probed again, by both.
    let lane = Approach(heloName: "lane.example")
    watch.setTargets([Target(one.gateway, approach), Target(one.gateway, lane)])
    try waitUntil("the second lane") { log.last(of: one.gateway)?.readings.count == 2 }
    watch.probeNow()
    try waitUntil("the probe that was asked for") { log.count(of: one.gateway) == 3 }
    #expect(log.count(of: two.gateway) == 1)
  }

  @Test func shutsDownInTheMiddleOfAProbe() throws {
    let server = try ScriptedServer([])
    defer { server.stop() }
    let log = Log()
    var settings = ProbeSettings()
    try settings.set(.probeTimeLimit, to: 300_000)
    let watch = log.watch(settings)
    watch.setTargets([Target(server.gateway(), approach)])
    try waitUntil("the probe is connected") { server.seen.connections == 1 }
    watch.shutdown()
    try waitUntil("the probe is gone") { server.seen.connections == 0 }
    #expect(log.count(of: server.gateway()) == 0)
    // Calls that come late do nothing.
    watch.probeNow()
    watch.shutdown()
  }
}
