// Names that an edit brings: which are asked for, and what counts where two ways lead to one gateway.

import Gateways
import TestTraits
import Testing

@testable import Liveness
@testable import Routing

@Suite(.waits) struct NameCheckTests {
  private func target(_ name: String, _ lookup: HostLookup) -> Target {
    Target(.host(name, port: 25), Approach(heloName: "relay.example", lookup: lookup))
  }

  private func settings(_ server: ToyNameServer) -> ProbeSettings {
    var settings = ProbeSettings()
    settings.nameServer = .init(address: "127.0.0.1", port: server.port)
    return settings
  }

  /// The system knows localhost, and this name server does not.
  @Test(.timeLimit(.minutes(1))) func theWorseAnswerCounts() throws {
    let server = try ToyNameServer([])
    defer { server.stop() }
    let targets = [target("localhost", .native), target("localhost", .dns)]
    for targets in [targets, targets.reversed()] {
      let found = NameCheck.unresolved(targets, settings: settings(server), within: .seconds(20))
      #expect(found.unresolved[.host("localhost", port: 25)] != nil, "\(found)")
      #expect(found.notAsked == 0)
    }
    let native = NameCheck.unresolved([targets[0]], settings: settings(server), within: .seconds(20))
    #expect(native.unresolved.isEmpty, "\(native)")
  }

  @Test(.timeLimit(.minutes(1))) func thoseThatAreTooManyAreCounted() throws {
    let server = try ToyNameServer([])
    defer { server.stop() }
    let names = (0..<NameCheck.mostNames + 3).map { "gw\($0).invalid" }
    let targets = names.flatMap { [target($0, .dns), target($0, .dnsThenNative)] }
    let found = NameCheck.unresolved(targets, settings: settings(server), within: .seconds(20))
    #expect(found.notAsked == 3)
    #expect(found.unresolved.count == NameCheck.mostNames)
  }
}
