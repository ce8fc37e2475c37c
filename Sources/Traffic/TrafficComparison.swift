// Shares as they were meant and as they came out, and what may be known of a difference. What the log cannot tell apart is
// said to be so; it is never split by a guess.

import Gateways
import PostfixFiles
import Routing

struct TrafficComparison {
  /// When the first message came that counts.
  let first: Int?
  /// When the time of the report ends.
  let end: Int
  /// By channel.
  let sums: [CountCell]
  let channels: Channels
  let knowledge: TrafficReport.Knowledge
  private let numbers: [Channel: Int]
  private let tags: [String: String]
  /// By the pool's id: the share of each channel that is the first of a member.
  private let firsts: [String: [Int: Double]]
  private let rivals: Rivals
  /// The channels that are the first of some member of any pool.
  private let taken: Set<Int>
  /// Gateways that other routes than pools name too.
  private let otherRoutes: Set<Gateway>
  private let sharedAddresses: Set<Gateway>

  init(
    first: Int?, end: Int, sums: [CountCell], channels: Channels, config: MailConfig, pools: [Pool],
    knowledge: TrafficReport.Knowledge
  ) {
    self.first = first
    self.end = end
    self.sums = sums
    self.channels = channels
    self.knowledge = knowledge
    let numbers = Dictionary(
      channels.all.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let transports = pools.reduce(into: Set<String>()) { names, pool in
      for member in pool.members { names.formUnion(pool.transports(of: member)) }
    }
    let tags = Dictionary(
      uniqueKeysWithValues: transports.compactMap { name in
        config.logTag(ofTransport: name).map { (name, $0) }
      })
    self.numbers = numbers
    self.tags = tags
    // Where no mail comes to a pool, nothing is to be told from its mail.
    let live = pools.filter { $0.overrider == nil }
    let firsts = Dictionary(
      live.map { pool in
        let shares = pool.members.lazy.filter { !$0.isDrained }.flatMap { member in
          Self.numbers(of: member, in: pool, numbers, tags, channels).map { ($0, pool.share(member)) }
        }
        return (pool.id, Dictionary(shares, uniquingKeysWith: +))
      }, uniquingKeysWith: { first, _ in first })
    self.firsts = firsts
    rivals = Rivals(live.eachTextOnce, firsts)
    taken = Set(firsts.values.flatMap(\.keys))
    otherRoutes = Self.otherRoutes(knowledge.uses ?? config.gateways(in: pools), pools)
    sharedAddresses = config.environment.version < .portOfKeptSession ? channels.sharedAddresses : []
  }

  /// Whether the file of a pool was changed after the time of the report: its weights may have been others.
  func isChangedSince(_ pool: Pool) -> Bool { (knowledge.changes(pool)?.time ?? .min) > end }

  func row(of pool: Pool) -> TrafficReport.PoolTraffic {
    if let why = pool.overriddenWords { return untold(pool, why: why) }
    let own = firsts[pool.id] ?? [:]
    if let rival = rivals.first(untold: pool, own) {
      let why =
        "the log does not tell its mail from that of \(printable(rival.id)): both use the same gateway"
      return untold(pool, why: why)
    }
    let domain = pool.members.lazy.filter { !$0.isDrained }.compactMap(\.gateways.first)
      .first(where: channels.unresolved.contains)
    if let domain {
      let name = printable(domain.description)
      return untold(
        pool, why: "the mail exchangers of \(name) cannot be looked up now, and the log has their names")
    }
    let net = netChannels(of: pool)
    let byNet = net.reduce(0) { $0 + sums[$1].messages }
    let cell = net.union(own.keys).reduce(into: CountCell()) { $0 += sums[$1] }
    let open = own.keys.flatMap { channels.gateways(of: $0) }
      .compactMap { numbers[Channel(gateway: $0, tag: "")] }
    var twins: [Int: Twins] = [:]
    for member in pool.members {
      channels(of: member, in: pool).first.map { twins[$0, default: Twins()].add(member) }
    }
    let members = pool.members.map { member in
      row(of: member, in: pool, total: cell.messages, open: Set(open), twins)
    }
    let counted = rivals.countedWith(pool, own)
    return TrafficReport.PoolTraffic(
      id: pool.id, messages: cell.messages, members: members, cell: cell, countedWith: counted.ids,
      furtherCountedWith: counted.further, byNet: byNet,
      change: members.contains { $0.isDrained && $0.messages ?? 0 > 0 } ? changeWithin(pool) : nil)
  }

  private func untold(_ pool: Pool, why: String) -> TrafficReport.PoolTraffic {
    let members = pool.members.map { member in
      TrafficReport.MemberTraffic(
        result: member.result, isDrained: member.isDrained, share: pool.share(member), messages: nil,
        observed: nil, interval: nil, differs: false, why: why)
    }
    return TrafficReport.PoolTraffic(
      id: pool.id, messages: nil, members: members, cell: nil, countedWith: [], furtherCountedWith: 0,
      byNet: 0, change: nil)
  }

  private func row(
    of member: Member, in pool: Pool, total: Int, open: Set<Int>, _ twins: [Int: Twins]
  ) -> TrafficReport.MemberTraffic {
    func row(
      _ messages: Int?, _ observed: Proportion?, differs: Bool, why: String?
    ) -> TrafficReport.MemberTraffic {
      TrafficReport.MemberTraffic(
        result: member.result, isDrained: member.isDrained, share: pool.share(member), messages: messages,
        observed: observed?.fraction, interval: observed?.interval(.ninetyFive), differs: differs, why: why)
    }
    let channels = channels(of: member, in: pool)
    guard let number = channels.first else {
      return row(nil, nil, differs: false, why: "no service that delivers to a gateway takes its mail")
    }
    let twins = twins[number] ?? Twins()
    if !member.isDrained, let twin = twins.live.first(where: { $0 != member.result }) {
      return row(
        nil, nil, differs: false,
        why: "the log does not tell its mail from that of \(excerpt(twin)): both go to one gateway")
    }
    if member.isDrained, twins.all.contains(where: { $0 != member.result }) {
      return row(nil, nil, differs: false, why: nil)
    }
    let cell = channels.reduce(into: CountCell()) { $0 += sums[$1] }
    // What a drained member still gets is no part of what the others share.
    guard total > 0, !member.isDrained else { return row(cell.messages, nil, differs: false, why: nil) }
    let observed = Proportion(min(cell.messages, total), of: total)
    let share = pool.share(member)
    let differs = observed.differs(from: share)
    let cause = differs ? cause(of: observed, member, pool) : nil
    let waiting = open.reduce(0) { $0 + sums[$1].messages }
    let unknown = "\(waiting) deferred messages belong to this pool or to another: the log names no transport"
    return row(
      cell.messages, observed, differs: differs, why: cause ?? (differs && waiting > 0 ? unknown : nil))
  }

  func cell(of member: Member, in pool: Pool) -> CountCell? {
    let channels = channels(of: member, in: pool)
    return channels.isEmpty ? nil : channels.reduce(into: CountCell()) { $0 += sums[$1] }
  }

  func isNamedElsewhere(_ gateway: Gateway) -> Bool { otherRoutes.contains(gateway) }

  func isAtSharedAddress(_ gateway: Gateway) -> Bool { sharedAddresses.contains(gateway) }

  private func channels(of member: Member, in pool: Pool) -> [Int] {
    Self.numbers(of: member, in: pool, numbers, tags, channels)
  }

  /// What counts for a member: its first gateway, by each transport that mail comes to it by; or all that its lane sends.
  private static func numbers(
    of member: Member, in pool: Pool, _ numbers: [Channel: Int], _ tags: [String: String],
    _ channels: Channels
  ) -> [Int] {
    if member.isLane {
      return member.transport.flatMap { tags[$0] }.flatMap { channels.lane($0) }.map { [$0] } ?? []
    }
    guard let gateway = member.gateways.first else { return [] }
    // Services may have one name in the log.
    var found: [Int] = []
    for transport in pool.transports(of: member) {
      guard let tag = tags[transport], let number = numbers[Channel(gateway: gateway, tag: tag)],
        !found.contains(number)
      else { continue }
      found.append(number)
    }
    return found
  }

  /// Channels that take mail of the pool when a first choice does not, and are the first choice of no member.
  private func netChannels(of pool: Pool) -> Set<Int> {
    var net: Set<Int> = []
    // A lane has all of its mail.
    for member in pool.members where !member.isDrained && !member.isLane {
      for tag in pool.transports(of: member).compactMap({ tags[$0] }) {
        for gateway in member.gateways.dropFirst() + member.fallback {
          if let number = numbers[Channel(gateway: gateway, tag: tag)], !taken.contains(number) {
            net.insert(number)
          }
        }
      }
    }
    return net
  }

  /// Gateways that a table or a parameter names beside the pools. What follows the results of a pool is the pool's own.
  static func otherRoutes(_ uses: [GatewayUse], _ pools: [Pool]) -> Set<Gateway> {
    var places: [Gateway: Set<FileRange>] = [:]
    for pool in pools {
      let nets = Set(pool.net?.constants.compactMap { $0.span() } ?? [])
      for gateway in nets.isEmpty ? [] : Set(pool.members.flatMap(\.fallback)) {
        places[gateway, default: []].formUnion(nets)
      }
      for member in pool.members where !member.isDrained {
        guard let item = member.items.first, let place = pool.text.text.span(pool.text.items[item]) else {
          continue
        }
        for gateway in member.gateways { places[gateway, default: []].insert(place) }
      }
    }
    return Set(
      uses.filter {
        $0.mentions - $0.fallbackMentions > (places[$0.gateway]?.count ?? 0)
      }
      .map(\.gateway))
  }
}

/// The members of a pool that one channel is for: the first two that differ are enough to know that there is another one.
private struct Twins {
  private(set) var live: [String] = []
  private(set) var all: [String] = []

  mutating func add(_ member: Member) {
    if all.count < 2, !all.contains(member.result) { all.append(member.result) }
    if !member.isDrained, live.count < 2, !live.contains(member.result) { live.append(member.result) }
  }
}
