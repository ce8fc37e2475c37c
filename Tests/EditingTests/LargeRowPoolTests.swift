// A pool of very many rows in a database: where its mail goes is answered without the square of them.

import PostfixFiles
import Routing
import TestSupport
import Testing

@testable import Editing

@Suite struct LargeRowPoolTests {
  /// The processor time of one answer, and how many gateways it has.
  private func answer(_ count: Int) throws -> (gateways: Int, time: Duration) {
    let members = try (0..<count).map { try WantedMember("[127.1.\($0 / 250).\($0 % 250)]:9=1") }
    let config = try configToPlan("relayhost = [gw]\n").planning(
      PoolWish(try Scope("outbound"), members, notation: .database), on: plannersMachine
    ).config
    let (answer, time) = processorTime { Resolver(config).route("u@far.example") }
    #expect(answer.isComplete)
    return (answer.outcomes.count, time)
  }

  @Test func anAnswerGrowsWithTheMembers() throws {
    let (small, large) = (try answer(200), try answer(800))
    #expect(small.gateways == 200 && large.gateways == 800)
    #expect(large.time < small.time * 8 + .milliseconds(300), "\(small.time) and \(large.time)")
  }
}
