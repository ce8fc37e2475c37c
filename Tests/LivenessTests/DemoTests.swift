// The toy gateways are what they say, and the sample configuration names them.

import Demo
import FoundationEssentials
import Gateways
import TestSupport
import TestTraits
import Testing

@testable import Liveness
@testable import Routing

@Suite(.waits, .timeLimit(.minutes(10))) struct DemoTests {
  @Test func eachToyIsWhatItSays() async throws {
    let toys = try DemoGateways(delay: .milliseconds(300), flapTime: .seconds(60))
    defer { toys.stop() }
    let round = await probe(toys.all.map { Target($0.gateway, approach) })
    func reading(of toy: ToyGateway) throws -> Reading {
      try #require(round[Target(toy.gateway, approach)]?.first)
    }
    #expect(try reading(of: toys.healthy).finding == .answers)
    #expect(try reading(of: toys.healthy).capabilities.contains("PIPELINING"))
    #expect(try reading(of: toys.slow).finding == .answers)
    #expect(try #require(reading(of: toys.slow).latency) >= 300)
    #expect(try reading(of: toys.flapping).finding == .answers)
    #expect(try reading(of: toys.refusing).finding == .connectionRefused)
    #expect(try reading(of: toys.rejecting).finding.state == .refused)
    #expect(Set(toys.all.map(\.host)).count == 5)
  }

  @Test func theFlappingOneComesAndGoes() throws {
    let toy = try ToyGateway.start(.flapping(every: .milliseconds(300)), on: ScriptedServer.group)
    defer { toy.stop() }
    var changes: [GatewayState] = []
    try waitUntil("four changes", seen: "\(changes)") { () throws in
      let state = try readingAtOnce(of: toy.gateway).finding.state
      if changes.last != state { changes.append(state) }
      return changes.count >= 4
    }
    #expect(Set(changes) == [.up, .down])
  }

  @Test func theSampleNamesEveryToyAndIsRemoved() throws {
    let toys = try DemoGateways()
    defer { toys.stop() }
    let sample = try DemoConfiguration(naming: toys)
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: "\(sample.directory)/\(name)", encoding: .utf8)
    }
    let all = try ["main.cf", "master.cf", "transport", "partners"].map(text).joined()
    for toy in toys.all { #expect(all.contains(toy.nextHop), "\(toy.behaviour)") }
    #expect(try text("main.cf").contains("\n# randmap: agent\n"))
    let mode = try FileManager.default.attributesOfItem(atPath: sample.directory)[.posixPermissions]
    #expect(mode as? Int == 0o700)
    sample.remove()
    #expect(!FileManager.default.fileExists(atPath: sample.directory))
  }
}
