// The report of an agent as lines: what is written is what is read.

import Gateways
import Testing

@Suite struct AgentReportTests {
  @Test func readsBackWhatItWrites() {
    var report = AgentReport()
    report.uptime = .seconds(12)
    report.configurationAge = .seconds(3)
    report.deliveries = 4
    report.refused = 5
    report.gateways = [
      .init(name: "[gw]:25", state: .down, reason: "connection\trefused"),
      .init(
        name: "[g2]:25", state: .up, reason: "defers 60 % of the mail", trouble: "defers 60 % of the mail"),
    ]
    var counts = MemberCounts()
    (counts.chosen, counts.handedOver, counts.delivered, counts.deferred) = (1, 2, 3, 4)
    counts.failedOver = 5
    report.members[.init(pool: "\n   !smtp:[a]\n   !smtp:[b]", member: "smtp:[a]")] = counts
    report.members[.init(pool: "", member: "")] = MemberCounts()
    #expect(AgentReport(text: report.text) == report)
    #expect(AgentReport(text: report.text + "news\t1\nagent\n") == report)
    // An agent of before has no field for the trouble.
    let old = AgentReport(text: "agent\t1\t1\t0\t0\ngateway\t[gw]:25\tup\tslow\n")
    #expect(old?.gateways == [.init(name: "[gw]:25", state: .up, reason: "slow")])
    #expect(AgentReport(text: "") == nil)
    #expect(AgentReport(text: "gateway\t[gw]:25\tup\t\n") == nil)
  }

  /// Edits go by the states of a running agent: taking the last living member out needs a yes.
}
