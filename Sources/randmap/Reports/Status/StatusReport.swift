// Liveness of every gateway: the figures, which the files beside this one print for people and for programs.

import Editing
import Gateways
import Glibc
import Liveness
import PostfixFiles
import PostfixTools
import Routing
import System
import Traffic

struct StatusReport {
  struct Row {
    let use: GatewayUse
    let status: GatewayStatus?
    /// Its share of all pool mail with the dead members left out.
    let liveShare: Double
    /// What waits for it; nil where that is not known.
    let queue: WaitingForGateway?
    /// What the log says of the last quarter of an hour; nil where it is not known, or no pool has the gateway.
    let recent: RecentTraffic.Gateway?

    /// Who drained it, where something says so.
    let author: String?
    /// Seconds since 1970, when the report was made.
    let now: Int

    var waiting: Int? { queue?.messages }

    var state: GatewayState { use.isDrained && !use.pools.isEmpty ? .drained : status?.state ?? .unknown }
    /// Of a gateway that gets no mail: until when, why, and who drained it.
    var reason: String {
      let terms = state == .drained ? use.drain?.words(at: now) ?? "" : ""
      let person = state == .drained ? author.map { "(by \(printable($0)))" } ?? "" : ""
      let drain = [terms, person].filter { !$0.isEmpty }.joined(separator: " ")
      return [drain, status?.reason ?? ""].filter { !$0.isEmpty }.joined(separator: "; ")
    }

    /// What a person should know: what is wrong, what is about to change, what is remarkable.
    var words: String {
      var words = [reason, status?.remark?.words ?? "", status?.pending?.description ?? ""]
      if status?.isFlapping == true { words.append("keeps changing") }
      return words.filter { !$0.isEmpty }.joined(separator: "; ")
    }
  }

  let rows: [Row]
  let pools: [Pool]
  let states: GatewayStates
  let sharedAddresses: [SharedAddress]
  /// All mail in the queue, whatever it waits for.
  let waiting: Int?
  let agent: AgentReport?
  /// What the log says.
  let traffic: LogAnswer
  /// Where the queue manager finds no agent, though pools need one.
  let desertedAgentSocket: String?
  /// A file that the configuration names and that cannot be read: its gateways are not known.
  var unreadable: String?
  /// The lanes by which mail goes to no gateway; nil where there are none.
  var lanes: LaneMail?

  /// - Parameters:
  ///   - uses: what was probed; `pools` are empty where these were given by hand.
  ///   - waiting: nil where no Postfix runs.
  ///   - agent: nil where none runs.
  ///   - authors: knows who drained a gateway.
  init(
    uses: [GatewayUse], pools: [Pool], statuses: some Sequence<GatewayStatus>, waiting: WaitingMail?,
    traffic: LogAnswer, agent: AgentReport?, desertedAgentSocket: String?,
    authors: DrainAuthors = DrainAuthors()
  ) {
    self.agent = agent
    self.traffic = traffic
    self.desertedAgentSocket = desertedAgentSocket
    let found = Dictionary(statuses.map { ($0.gateway, $0) }, uniquingKeysWith: { first, _ in first })
    let known = found.mapValues(\.known)
    let states = known.states
    let liveShares = pools.liveShares(states)
    let now = Glibc.time(nil)
    rows = uses.map { use in
      let status = found[use.gateway]
      return Row(
        use: use, status: status, liveShare: liveShares[use.gateway] ?? 0,
        queue: waiting.map { $0.byGateway[use.gateway] ?? WaitingForGateway() },
        recent: traffic.recent?[use.gateway, .quarter],
        author: authors.author(of: use, in: pools), now: now)
    }
    self.pools = pools
    self.states = states
    self.waiting = waiting?.total
    sharedAddresses = pools.flatMap { $0.sharedAddresses(known) }
  }

  /// Whether there is nothing to report: a pool that leads nowhere is reported.
  var isOfNothing: Bool { rows.isEmpty && atRisk == 0 }

  /// The share of all pool mail at risk.
  var atRisk: Double { pools.atRisk(states, isAgentGone: isAgentGone) }

  func atRisk(_ pool: Pool) -> Double { pool.atRisk(states, isAgentGone: isAgentGone) }

  private var isAgentGone: Bool { desertedAgentSocket != nil }

  /// Whether anything is down, refused or at risk: exit status 1.
  var isTrouble: Bool { atRisk > 0 || rows.contains { !$0.state.isAlive } }

  /// One line: how many in which state, and how much mail that puts at risk.
  var summary: String {
    let counts = GatewayState.allCases.compactMap { state -> String? in
      let count = rows.count { $0.state == state }
      return count == 0 ? nil : "\(count) \(state.word)"
    }
    var parts = rows.isEmpty ? ["no gateways"] : [counts.joined(separator: ", ")]
    if !pools.isEmpty { parts.append("\(pools.riskWords(atRisk)) at risk") }
    if let waiting, waiting > 0 {
      parts.append("\(waiting) \(waiting == 1 ? "message" : "messages") in the queue")
    }
    return parts.joined(separator: "; ")
  }
}

/// What the mail log says.
enum LogAnswer: Sendable {
  /// No Postfix runs by this configuration, or there are no pools: no log is read.
  case notAsked
  case recent(RecentTraffic)
  /// It cannot be read, and why.
  case unreadable(String)

  var recent: RecentTraffic? { if case .recent(let recent) = self { recent } else { nil } }
}

extension [Gateway: GatewayStatus] {
  /// Further names and addresses of gateways: those that their probes found.
  var addresses: [Gateway: Set<String>] {
    mapValues { status in
      Set(status.addresses.flatMap { [$0.address, $0.host].compactMap(\.self) })
    }
  }
}
