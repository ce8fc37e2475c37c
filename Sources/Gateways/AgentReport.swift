// The report of a running agent: the states of its gateways, the counts of its members, its age. The agent writes
// it as lines of fields with tabs between, and other commands read them.

import PostfixFiles

/// Of one member of one pool, since the agent started.
package struct MemberCounts: Hashable, Sendable {
  /// Deliveries and lookups for which it was chosen.
  package var chosen = 0
  /// Requests that its transport took.
  package var handedOver = 0
  /// Those after which nothing was left to do, and no recipient was refused.
  package var delivered = 0
  /// Those after which nothing was left to do, and some recipient had been refused for good.
  package var refused = 0
  /// Those after which some recipient was to be tried again.
  package var deferred = 0
  /// Deliveries that were its by weight and went to another, because it was not alive.
  package var failedOver = 0

  package init() {}

  package static func + (left: MemberCounts, right: MemberCounts) -> MemberCounts {
    var sum = left
    sum.chosen += right.chosen
    sum.handedOver += right.handedOver
    sum.delivered += right.delivered
    sum.refused += right.refused
    sum.deferred += right.deferred
    sum.failedOver += right.failedOver
    return sum
  }
}

package struct AgentReport: Hashable, Sendable {
  /// A member by the texts that the agent has of it and of its pool, white space left out.
  package struct MemberName: Hashable, Sendable {
    package let pool: String
    package let member: String

    package init(pool: String, member: String) {
      self.pool = AgentReport.key(pool)
      self.member = AgentReport.key(member)
    }
  }

  /// What the agent calls a gateway, and what it found wrong with it.
  package struct GatewayFinding: Hashable, Sendable {
    package let name: String
    package let state: GatewayState
    package let reason: String
    /// The part of the reason that its deliveries gave; empty where they are well, and of an agent of before.
    package let trouble: String

    package init(name: String, state: GatewayState, reason: String, trouble: String = "") {
      self.name = printable(name)
      self.state = state
      self.reason = printable(reason)
      self.trouble = printable(trouble)
    }
  }

  /// Since it started.
  package var uptime: Duration = .zero
  /// Since it read its present configuration.
  package var configurationAge: Duration = .zero
  /// Delivery requests that are under way.
  package var deliveries = 0
  /// Requests that no pool or no transport could take.
  package var refused = 0
  package var gateways: [GatewayFinding] = []
  package var members: [MemberName: MemberCounts] = [:]

  package init() {}

  /// White space around members says nothing, and control characters belong in no report.
  package static func key(_ text: String) -> String { printable(text.filter { !$0.isWhitespace }) }
}

// MARK: - The report for a configuration

extension AgentReport {
  /// The states of those of `gateways` that the agent knows.
  package func states(of gateways: some Sequence<Gateway>) -> GatewayStates {
    findings(of: gateways).mapValues(\.state)
  }

  /// The same with its reasons.
  package func findings(of gateways: some Sequence<Gateway>) -> [Gateway: GatewayFinding] {
    let known = Dictionary(self.gateways.map { ($0.name, $0) }) { first, _ in first }
    var findings: [Gateway: GatewayFinding] = [:]
    for gateway in gateways { findings[gateway] = known[printable(gateway.description)] }
    return findings
  }
}

// MARK: - As lines

extension AgentReport {
  package var text: String {
    let own =
      [uptime, configurationAge].map { "\($0.components.seconds)" } + ["\(deliveries)", "\(refused)"]
    let gateways = gateways.map { ["gateway", $0.name, $0.state.rawValue, $0.reason, $0.trouble] }
    let members = members.sorted { ($0.key.pool, $0.key.member) < ($1.key.pool, $1.key.member) }
      .map { Self.line($0.key, $0.value) }
    return ([["agent"] + own] + gateways).map { $0.joined(separator: "\t") + "\n" }.joined()
      + members.joined()
  }

  /// The line of one member.
  package static func line(_ name: MemberName, _ counts: MemberCounts) -> String {
    let numbers = [
      counts.chosen, counts.handedOver, counts.delivered, counts.deferred, counts.failedOver, counts.refused,
    ]
    return (["member", name.pool, name.member] + numbers.map(String.init)).joined(separator: "\t") + "\n"
  }

  /// Reads such lines; further lines of a newer agent are ignored. Nil if it is not a report.
  package init?(text: String) {
    var isReport = false
    for line in text.utf8.split(separator: 0x0A) {
      let fields = line.split(separator: 0x09, omittingEmptySubsequences: false).map { String($0) ?? "" }
      // What no agent counts to: sums of it must not end the program.
      let numbers = fields.map { min(max(0, Int($0) ?? 0), 1 << 40) }
      switch fields[0] {
      case "agent" where fields.count >= 5:
        isReport = true
        uptime = .seconds(numbers[1])
        configurationAge = .seconds(numbers[2])
        deliveries = numbers[3]
        refused = numbers[4]
      case "gateway" where fields.count >= 4:
        guard let state = GatewayState(rawValue: fields[2]) else { continue }
        let trouble = fields.count > 4 ? fields[4] : ""
        gateways.append(GatewayFinding(name: fields[1], state: state, reason: fields[3], trouble: trouble))
      case "member" where fields.count >= 8:
        var counts = MemberCounts()
        counts.chosen = numbers[3]
        counts.handedOver = numbers[4]
        counts.delivered = numbers[5]
        counts.deferred = numbers[6]
        counts.failedOver = numbers[7]
        // Agents of before do not say.
        if numbers.count > 8 { counts.refused = numbers[8] }
        members[MemberName(pool: fields[1], member: fields[2])] = counts
      default: continue
      }
    }
    if !isReport { return nil }
  }
}
