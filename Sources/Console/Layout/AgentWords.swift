// The report of a running agent, in words: of itself, of a gateway, of a member.

import Gateways
import PostfixFiles
import Routing
import System

extension AgentReport {
  /// How long it runs, how old its configuration is, and what it does.
  package var summary: String {
    var parts = [
      "up \(words(for: uptime))", "configuration read \(words(for: configurationAge)) ago",
      "\(deliveries) \(deliveries == 1 ? "delivery" : "deliveries") under way",
    ]
    if refused > 0 { parts.append("\(refused) refused: see the mail log") }
    return "agent: \(parts.joined(separator: ", "))"
  }
}

extension MemberCounts {
  /// All counts of a member.
  var words: String {
    var parts = [
      "chosen \(chosen)", "handed over \(handedOver)", "sent \(delivered)", "deferred \(deferred)",
    ]
    if refused > 0 { parts.append("refused \(refused)") }
    if failedOver > 0 { parts.append("skipped \(failedOver)") }
    return parts.joined(separator: ", ")
  }
}

extension Facts {
  /// How the agent sees a gateway, and what it delivered by it: a line of the detail; empty where no agent runs.
  func agentSpans(of use: GatewayUse) -> [Span] {
    guard let agent else { return [] }
    let found = agentFinding(of: use.gateway)
    let state = found?.state ?? .unknown
    var spans = [Span.label("agent"), Span(marked(state), Role(state))]
    // The agent may be on another network, or have looked at another moment.
    if found != nil, let own = statuses[use.gateway]?.state, own != .unknown, own != state {
      spans.append(Span("  a probe from here says \(own.word)", .warning))
    }
    if let counts = agent.counts(of: use.gateway, in: session.pools) {
      spans.append(Span("  \(counts.words)"))
    }
    return spans
  }

  /// What the agent says of a row of the pools: of itself at a pool, its counts at a member; nil where it says nothing.
  func agentWords(of row: PoolRow) -> String? {
    guard let agent else { return nil }
    switch row {
    case .pool(let pool):
      return pool.notation.needsAgent ? agent.summary : nil
    case .member(let member, let pool, _):
      return agent.counts(of: member, in: session.saved(pool.id) ?? pool)?.words
    case .removed: return nil
    }
  }
}
