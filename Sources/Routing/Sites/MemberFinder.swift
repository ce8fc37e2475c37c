// The members of a pool: the distinct results of its text and of the comments beside it, with where they deliver to.

import PostfixFiles
import Store

struct MemberFinder {
  private let config: MailConfig
  /// Seconds since 1970.
  private let now: Int
  private let transports: Transports
  /// What the first results mean: thousands of pools may have the same few gateways. Where each has its own, more of them
  /// would cost more than they save.
  private var meanings: [WrittenResult: ResultMeaning] = [:]
  private static let keptMeanings = 1_000

  init(config: MailConfig, now: Int) {
    self.config = config
    self.now = now
    transports = Transports(config)
  }

  /// Of a pool in a database in which no member is there twice.
  ///
  /// - Parameter former: those that its rows had before an edit of rows alone.
  mutating func members(ofRows text: PoolText, former: [Member], kind: ResultKind) -> [Member] {
    var members: [Member] = []
    members.reserveCapacity(text.rows.count)
    var drained: [Member] = []
    for row in text.rows.lazy.map(\.member) {
      let isDrained = row.isDrained(at: Int64(now))
      let place = members.count
      // Nearly every row is where it was.
      if !isDrained, place < former.count, former[place].isSame(as: row), former[place].items == [place] {
        members.append(former[place])
        continue
      }
      let result = row.result
      let meaning = meaning(
        of: WrittenResult(text: result, kind: kind, transport: text.transport, isAgents: false), row)
      let member = Member(
        result: result, weight: row.weight, drain: isDrained ? Drain(row.drain) : nil,
        ramp: Ramp(row.ramp), problem: nil, transport: meaning.route.transport,
        gateways: meaning.route.gateways, nextHops: meaning.route.nextHops,
        fallback: meaning.route.fallback, isLane: meaning.route.isLane, items: isDrained ? [] : [place])
      if isDrained { drained.append(member) } else { members.append(member) }
    }
    return members + drained
  }

  mutating func members(
    of text: PoolText, kind: ResultKind, comments: MemberComments, net: StockNet? = nil,
    isAgents: Bool = false
  ) -> [Member] {
    let results = DistinctResults(text.results).all
    var plans = comments.plans
    for row in text.rows { plans[row.member.result] = Ramp(row.member.ramp) }
    let entries = net?.meanings(in: config) ?? [:]
    func known(_ result: String) -> ResultMeaning {
      meaning(
        of: WrittenResult(
          text: entries[result.lowercased()]?.text ?? result, kind: kind, transport: text.transport,
          isAgents: isAgents))
    }
    let meanings = results.map { known($0.result) }
    var following = NetGateways(net, first: meanings.map(\.route), transports)
    func member(
      _ result: String, _ meaning: ResultMeaning, weight: Int, drain: Drain?, items: [Int]
    ) -> Member {
      let route = meaning.route
      let (listed, fallback) = following.split(route)
      return Member(
        result: result, weight: weight, drain: drain, ramp: plans[result], problem: meaning.problem,
        transport: route.transport,
        gateways: route.gateways.start(listed), nextHops: route.nextHops.start(listed),
        fallback: fallback, isLane: route.isLane, items: items)
    }
    var members: [Member] = []
    members.reserveCapacity(results.count + comments.drained.count)
    for ((result, items), meaning) in zip(results, meanings) {
      let weight = text.weights.isEmpty ? items.count : items.reduce(0) { $0 + text.weights[$1] }
      members.append(member(result, meaning, weight: weight, drain: nil, items: items))
    }
    for row in text.rows.map(\.member) where row.isDrained(at: Int64(now)) {
      members.append(
        member(row.result, known(row.result), weight: row.weight, drain: Drain(row.drain), items: []))
    }
    for item in comments.drained {
      members.append(
        member(item.result, known(item.result), weight: item.weight, drain: item.drain, items: []))
    }
    return members
  }

  /// - Parameter row: The row of a database that says it.
  private mutating func meaning(of written: WrittenResult, _ row: MemberRow? = nil) -> ResultMeaning {
    if let known = meanings[written] { return known }
    let plain = row.flatMap { DestinationGateways($0, kind: written.kind, by: transports) }
    let found =
      plain.map { ResultMeaning(route: $0, problem: nil) }
      ?? ResultMeaning(written, transports, config.environment.version)
    if meanings.count < Self.keptMeanings { meanings[written] = found }
    return found
  }
}

extension Member {
  /// Whether a row that is not drained says just this.
  fileprivate func isSame(as row: MemberRow) -> Bool {
    guard weight == row.weight, drain == nil, ramp == nil, row.ramp == nil else { return false }
    let (name, nextHop) = (row.transport.utf8, row.nextHop.utf8)
    if name.isEmpty { return result == row.nextHop }
    let text = result.utf8
    return text.count == name.count + 1 + nextHop.count && text.starts(with: name)
      && text.dropFirst(name.count).first == UInt8(ascii: ":")
      && text.dropFirst(name.count + 1).elementsEqual(nextHop)
  }
}

/// A result as it is written, and all that says what it means.
private struct WrittenResult: Hashable {
  let text: String
  let kind: ResultKind
  /// Of the whole pool.
  let transport: String?
  let isAgents: Bool
}

private struct ResultMeaning {
  let route: DestinationGateways
  /// Why the agent leaves it out.
  let problem: String?

  init(route: DestinationGateways, problem: String?) {
    self.route = route
    self.problem = problem
  }

  init(_ written: WrittenResult, _ transports: Transports, _ version: PostfixVersion) {
    route = DestinationGateways(
      SourcedText(builtIn: written.text), kind: written.kind, defaultTransport: written.transport,
      by: transports)
    guard written.isAgents else {
      problem = nil
      return
    }
    do throws(AgentResultError) {
      _ = try AgentResult(
        written.text, fixedTransport: written.transport, kind: written.kind, version: version
      ) { transports[$0] }
      problem = nil
    } catch {
      problem = error.message
    }
  }
}

extension Array {
  /// The first `count` elements; itself where these are all.
  fileprivate func start(_ count: Int) -> Self { count == self.count ? self : Array(prefix(count)) }
}
