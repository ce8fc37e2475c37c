// What becomes of the mail without some gateways: the shares by sums, and the same by drawing.

import Gateways
import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Traffic

@Suite struct WhatIfTests {
  /// Pools of each kind, and what they come to.
  static let configurations = [
    "relay_transport = randmap:!smtp:[gw1.example]!smtp:[gw1.example]!smtp:[gw2.example]!smtp:[gw3.example]\n",
    "relay_transport = randmap:!smtp:[gw1.example]!smtp:[gw2.example]\n"
      + "virtual_transport = randmap:!smtp:[gw3.example]\n",
    "default_transport = smtp:[gw1.example], [gw2.example]\nrelayhost = [gw3.example]\n",
    "transport_maps = unionmap:{pipemap:{static:a, randmap:{smtp:[gw1.example], smtp:[gw2.example], [gw3.example]}}}\n",
    "transport_maps = randmap:{smtp:[gw1.example], smtp:[gw1.example], relay:[gw2.example]}\n",
    "relay_transport = randmap:!smtp:[gw1.example]!lane1:\n",
  ]
  private static let gateways = (1...3).map { Gateway.host("gw\($0).example", port: 25) }

  /// Each configuration as the agent's and as stock Postfix's own, with each set of gateways down.
  @Test(arguments: configurations, [PostfixVersion(3, 4), PostfixVersion(3, 7)])
  func drawingComesToTheSameAsTheSums(main: String, version: PostfixVersion) throws {
    for mark in ["", "# randmap: agent\n"] {
      let config = MailConfig(
        directory: "/etc/postfix", environment: Environment(hostName: "mx.example", version: version),
        main: mark + main)
      let pools = config.pools()
      #expect(!pools.isEmpty)
      for lost in 0..<8 {
        var states: GatewayStates = [:]
        for (index, gateway) in Self.gateways.enumerated() where lost & 1 << index != 0 {
          states[gateway] = .down
        }
        let sums = Expectation(pools, states)
        var generator = SeededGenerator(seed: UInt64(lost) + 1)
        let drawn = try #require(TrialRun(of: 4_000, pools, states, using: &generator))
        func isNear(_ count: Int, _ share: Double) -> Bool {
          // Five standard deviations.
          abs(Double(count) - 4_000 * share) <= 5 * (4_000 * share * (1 - share)).squareRoot() + 0.5
        }
        for gateway in Self.gateways {
          #expect(
            isNear(drawn.counts[gateway] ?? 0, sums.shares[gateway] ?? 0),
            "\(mark)\(main)\(states): \(gateway) \(drawn.counts) \(sums.shares)")
        }
        #expect(
          isNear(drawn.waiting, sums.atRisk), "\(mark)\(main)\(states): \(drawn.waiting) \(sums.atRisk)")
      }
    }
  }

  /// As the agent does it: never more than half of the pool, and not where nobody else is left. Stock Postfix does not know.
  @Test func theAgentPassesByWhatIsDegraded() throws {
    let cases: [(failing: Set<Int>, last: Set<Int>, down: Set<Int>, shares: [Double])] = [
      ([], [], [], [0.5, 0.25, 0.25]), ([2], [], [], [2 / 3, 0, 1 / 3]), ([1], [], [], [0, 0.5, 0.5]),
      ([1, 2], [], [], [2 / 3, 0, 1 / 3]), ([1, 2, 3], [], [], [1, 0, 0]),
      ([2, 3], [], [1], [0, 0.5, 0.5]), ([2], [], [1], [0, 0, 1]), ([2], [1, 3], [], [0, 1, 0]),
      ([], [1, 2], [], [0, 0, 1]), ([], [1, 2, 3], [], [0.5, 0.25, 0.25]), ([], [2], [1, 3], [0, 1, 0]),
    ]
    func chosen(_ numbers: Set<Int>) -> Set<Gateway> { Set(numbers.map { Self.gateways[$0 - 1] }) }
    for (mark, isAgents) in [("# randmap: agent\n", true), ("", false)] {
      let pools = MailConfig(directory: "/etc/postfix", main: mark + Self.configurations[0]).pools()
      for (failing, last, down, shares) in cases {
        let states = GatewayStates(uniqueKeysWithValues: chosen(down).map { ($0, .down) })
        let passedBy = PassedBy(failing: chosen(failing), askedLast: chosen(last))
        let found = Expectation(pools, states, passedBy)
        let meant = isAgents ? shares : Self.gateways.map { Expectation(pools, states).shares[$0] ?? 0 }
        for (gateway, share) in zip(Self.gateways, meant) {
          let words: Comment = "\(mark)\(failing) \(last) \(down): \(gateway) \(found.shares)"
          #expect(abs((found.shares[gateway] ?? 0) - share) < 1e-9, words)
          var generator = SeededGenerator(seed: 7)
          let drawn = try #require(TrialRun(of: 4_000, pools, states, passedBy, using: &generator))
          let margin = 5 * (4_000 * share * (1 - share)).squareRoot() + 0.5
          #expect(abs(Double(drawn.counts[gateway] ?? 0) - 4_000 * share) <= margin, words)
        }
      }
      // The part of a pool that is passed by is a setting.
      let most = Expectation(pools, [:], PassedBy(failing: chosen([1]), most: 0.4))
      #expect(most.shares[Self.gateways[0]] == 0.5)
    }
  }

  @Test func aPoolThatIsTooLargeIsNotDrawn() {
    let members = (1...20_000).map { "!smtp:[gw\($0).example]" }.joined()
    let config = MailConfig(
      directory: "/etc/postfix", main: "# randmap: agent\nrelay_transport = randmap:\(members)\n")
    var generator = SeededGenerator(seed: 1)
    #expect(TrialRun(of: 1_000, config.pools(), [:], using: &generator) == nil)
    #expect(TrialRun(of: 2, config.pools(), [:], using: &generator)?.counts.values.reduce(0, +) == 2)
  }
}
