// What a running agent says, in the console: at a gateway, at a pool, at a member.

import Gateways
import PostfixFiles
import Routing
import Testing

@testable import Console

@Suite struct AgentTests {
  private let driver: Driver

  init() throws {
    var driver = Driver.ready()
    var report = AgentReport()
    report.uptime = .seconds(7_300)
    report.configurationAge = .seconds(130)
    report.deliveries = 2
    let gateway = try #require(driver.model.facts.gateways.first?.gateway)
    report.gateways = [.init(name: gateway.description, state: .degraded, reason: "slow")]
    let pool = try #require(driver.model.facts.session.pools.first)
    var counts = MemberCounts()
    (counts.chosen, counts.handedOver, counts.delivered, counts.deferred) = (1_207, 1_206, 1_204, 2)
    counts.failedOver = 12
    report.members[.init(pool: pool.text.text.text, member: pool.members[0].result)] = counts
    // It comes over a socket.
    driver.send(.message(.agent(AgentReport(text: report.text))))
    self.driver = driver
  }

  private let words = "chosen 1207, handed over 1206, sent 1204, deferred 2, skipped 12"

  @Test func aGatewaysDetailSaysWhatTheAgentSays() {
    let screen = driver.screen(120, 40)
    #expect(screen.contains("  agent         ~ degraded  a probe from here says up  \(words)"), "\(screen)")
  }

  /// Mail goes by what the agent finds, so that is what the lists show, with the agent's reason.
  @Test func itsStatesGoBeforeThoseOfOurOwnProbes() throws {
    let lines = driver.screen(120, 40).split(separator: "\n")
    let row = try #require(lines.firstIndex { $0.contains("[out-gw1.example]:25") })
    #expect(lines[row].contains("~ degraded"), "\(lines[row])")
    #expect(lines[row + 1].trimmingPrefix { $0 == " " } == "slow", "\(lines[row + 1])")
    var driver = driver
    driver.send(.message(.agent(nil)))
    #expect(!driver.screen(120, 40).contains("~ degraded"))
  }

  /// Who looks at its sockets then may find one that still answers.
  @Test func theProblemsAreThoseWithoutAnAgentOnceItHasEnded() {
    var driver = driver
    driver.effects = []
    driver.send(.message(.agent(nil)))
    #expect(
      driver.effects.contains {
        if case .findProblems(_, _, isAgentGone: true) = $0 { true } else { false }
      })
  }

  @Test func thePoolsShowItsAgeAndTheCountsOfTheChosenMember() {
    var driver = driver
    driver.press(.character("2"), .home)
    #expect(
      driver.screen(120, 40).contains("agent: up 2 h, configuration read 2 min ago, 2 deliveries under way"),
      "\(driver.screen(120, 40))")
    #expect(!driver.screen(120, 40).contains(words))
    driver.press(.down)
    #expect(driver.screen(120, 40).contains(words))
  }

  @Test func nothingIsSaidWhereNoneAnswers() {
    var driver = driver
    driver.send(.message(.agent(nil)))
    #expect(!driver.screen(120, 40).contains("agent  "))
    driver.press(.character("2"), .home, .down)
    #expect(!driver.screen(120, 40).contains("handed over"))
  }

  @Test func itIsAskedOnceInAWhile() {
    var model = Driver.ready().model
    func asks(_ effects: [Effect]) -> Int { effects.count { if case .askAgent = $0 { true } else { false } } }
    let start = ContinuousClock.now
    #expect(asks(model.update(.wake, now: start + .seconds(100))) == 1)
    #expect(asks(model.update(.wake, now: start + .seconds(107))) == 0)
    #expect(asks(model.update(.wake, now: start + .seconds(108))) == 1)
  }
}
