// What the network tests share: one round of probes, settings, and waiting with a limit.

import Gateways
import Synchronization
import TestSupport
import Testing

@testable import Liveness
@testable import Routing

func settings(_ values: [ProbeSetting: Int] = [:]) throws -> ProbeSettings {
  var settings = ProbeSettings()
  for (setting, value) in values { try settings.set(setting, to: value) }
  return settings
}

let approach = Approach(heloName: "relay.example")

/// One round with a prober of its own.
func probe(_ targets: [Target], _ settings: ProbeSettings = ProbeSettings()) async -> [Target: [Reading]] {
  let prober = Prober(settings: settings)
  defer { prober.shutdown() }
  return await withCheckedContinuation { continuation in
    prober.probe(targets, done: { continuation.resume(returning: $0) })
  }
}

/// The only reading of one gateway, for a test that looks at the clock: it keeps its thread, where one that gives it up may
/// get it back minutes later.
func readingAtOnce(
  of gateway: Gateway, _ settings: ProbeSettings = ProbeSettings()
) throws -> Reading {
  let found = Mutex<[Reading]?>(nil)
  let target = Target(gateway, approach)
  let prober = Prober(settings: settings)
  defer { prober.shutdown() }
  prober.probe([target], done: { round in found.withLock { $0 = round[target] ?? [] } })
  try waitUntil("a reading of \(gateway)") { found.withLock { $0 != nil } }
  return try #require(found.withLock { $0 }?.first)
}

/// The only reading of one gateway.
func reading(
  of gateway: Gateway, by approach: Approach = approach, _ settings: ProbeSettings = ProbeSettings()
) async throws -> Reading {
  let target = Target(gateway, approach)
  let readings = try #require(await probe([target], settings)[target])
  #expect(readings.count == 1)
  return try #require(readings.first)
}
