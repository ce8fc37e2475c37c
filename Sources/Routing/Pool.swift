// A pool and its members, with weights and shares.

import Gateways
import PostfixFiles

/// One distinct result of a pool. A class, since a table may have 100,000 of them and every question goes over all.
package final class Member: Sendable {
  /// As it is written.
  package let result: String
  /// How often it is listed; of a drained member: how often it would be.
  package let weight: Int
  package var isDrained: Bool { drain != nil }
  /// Until when it gets no mail, and why; nil where it gets mail.
  package let drain: Drain?
  /// The plan by which its share moves.
  package let ramp: Ramp?
  /// Why the agent leaves it out; nil where it does not, and where the pool is not the agent's.
  package let problem: String?
  /// The transport that delivers; nil where the result names none.
  package let transport: String?
  /// Where it delivers to, in the order in which they are tried; empty where that is no gateway, or nothing
  /// that Postfix could parse.
  package let gateways: [Gateway]
  /// The same as it is written, item by item: what `smtp_tls_policy_maps` is asked for.
  package let nextHops: [String]
  /// After the listed gateways: `smtp_fallback_relay`. What else there may be, `Pool.safetyNet(of:)` knows.
  package let fallback: [Gateway]
  /// Whether it names a transport that delivers to gateways, and no next hop: `Pool.onward` says what decides that.
  package let isLane: Bool
  /// The indices of its items in the pool's text.
  package let items: [Int]

  init(
    result: String, weight: Int, drain: Drain?, ramp: Ramp?, problem: String?, transport: String?,
    gateways: [Gateway], nextHops: [String], fallback: [Gateway], isLane: Bool, items: [Int]
  ) {
    self.result = result
    self.weight = weight
    self.drain = drain
    self.ramp = ramp
    self.problem = problem
    self.transport = transport
    self.gateways = gateways
    self.nextHops = nextHops
    self.fallback = fallback
    self.isLane = isLane
    self.items = items
  }

  /// Whether it has a share of the mail.
  package var getsMail: Bool { !isDrained && problem == nil }
}

/// A list of results to choose from at random; a result that is listed twice is taken twice as often.
package struct Pool: Sendable, Identifiable {
  private let written: WrittenPool
  /// The main.cf parameters that name it or its file, where that is how it is reached.
  package internal(set) var aliases: [String] = []
  /// The setting that overrides it for all mail, so that none comes to it; of a table its own parameter, where another
  /// table of the list answers first. Nil where that is not so, or not known.
  package internal(set) var overrider: RoutingParameter?

  /// Where the mail of its lanes goes; nil where it has none.
  package internal(set) var onward: Onward?
  /// Of a pool of relays: the transports without a next hop by which mail may come to them.
  var carriers: [String] = []

  init(_ written: WrittenPool) { self.written = written }

  /// Its name for people and scripts (docs/scripts.md): the parameter, `table:key`, or the path of its file; `#2` after
  /// it for a further pool in the same place.
  package var id: String { written.id }
  package var place: Place { written.place }
  package var kind: ResultKind { written.kind }
  package var text: PoolText { written.text }
  /// In the order of their first places; drained ones last.
  package var members: [Member] { written.members }
  /// Its logical line, up to the next one, so that comments after it belong to it; of a pool file
  /// the whole file. Nil if it is in no file.
  package var anchor: FileRange? { written.anchor }
  /// Which pool of that line it is, from 1.
  package var ordinal: Int { written.ordinal }
  /// What is added to its results, or says what they mean; nil where nothing does.
  package var net: StockNet? { written.net }
  /// The mail that it decides for, as far as its own place says it.
  package var purpose: PoolPurpose { written.purpose }
  /// The sum of the weights of the members that get mail.
  package var totalWeight: Int { written.totalWeight }
  /// See `WrittenPool.peers`.
  var peers: [String: [Int]] { written.peers }
  /// Whether the agent randmap(8) delivers its mail.
  package var isAgents: Bool { written.isAgents }

  package var notation: Notation { text.notation }

  /// Whether mail can come to it, it has members for that, and no other pool shares that mail out once more: it counts in
  /// shares of all mail.
  package var counts: Bool { totalWeight > 0 && overrider == nil && !handsOn }

  /// Whether it is one destination to which no mail comes.
  var isIdle: Bool { notation == .single && overrider != nil }

  /// Whether its shares move by plans while its text stays as it is.
  package var followsPlans: Bool { written.planned != nil }

  /// Weight / total, or what a plan says; 0 for a member that gets no mail.
  package func share(_ member: Member) -> Double {
    guard member.getsMail else { return 0 }
    if let planned = written.planned { return planned[member.result] ?? 0 }
    return totalWeight == 0 ? 0 : Double(member.weight) / Double(totalWeight)
  }

  /// Of the gateways that its members name first, in thousandths.
  fileprivate var sharesByGateway: [Gateway: Int] {
    var shares: [Gateway: Double] = [:]
    for member in members {
      if let first = member.gateways.first { shares[first, default: 0] += share(member) }
    }
    return shares.mapValues { Int(($0 * 1000).rounded()) }.filter { $0.value > 0 }
  }

  /// What takes the mail of `member` when the gateways that it lists do not: the other members of its transport where
  /// the agent passes them on, then the fallback relay.
  package func safetyNet(of member: Member) -> some Collection<Gateway> {
    let others = member.isDrained ? [] : peers[member.transport ?? ""] ?? []
    return (0...others.count).lazy.flatMap { place -> [Gateway] in
      guard place < others.count else { return member.isDrained ? [] : member.fallback }
      let other = members[others[place]]
      return other.result == member.result ? [] : other.gateways
    }
  }

  /// Where its text begins, to point at.
  package var start: FileRange? {
    text.items.first.flatMap { text.text.span($0) } ?? text.text.span() ?? anchor
  }
}

/// What a pool that the agent delivers by needs more of, as it is one destination to the queue manager: each member should
/// have what a destination of its own would have (postconf(5); measured).
package enum SharedLimit: String, CaseIterable, Sendable {
  /// How many deliveries there are at once.
  case concurrency = "randmap_destination_concurrency_limit"
  /// How many there are at first, when mail comes after a rest; from there the queue manager feels its way up.
  case initialConcurrency = "randmap_initial_destination_concurrency"

  /// What one destination has where its transport has no limit of its own.
  private var usual: String {
    switch self {
    case .concurrency: "default_destination_concurrency_limit"
    case .initialConcurrency: "initial_destination_concurrency"
    }
  }

  /// What the members of a pool would have together on their own; 0: no limit.
  ///
  /// - Parameter transports: That of each member.
  package func total(of transports: [String], in parameters: Parameters) -> Int {
    let limits = transports.map { transport in
      let own = transport + rawValue.dropFirst("randmap".count)
      return Int(parameters.text(parameters.isSet(own) ? own : usual)) ?? 0
    }
    return limits.contains(0) ? 0 : limits.reduce(0, +)
  }

  package func setting(_ value: Int) -> String { "\(rawValue) = \(value)" }
}

extension Sequence<Pool> {
  /// Whether shares of all their mail are a mean of them, since it is not known how much comes to which. It does not matter
  /// where each gateway has the same share of all.
  package var sharesAreMeans: Bool {
    let counted = filter(\.counts).eachTextOnce
    guard let first = counted.first else { return false }
    return counted.dropFirst().contains { $0.sharesByGateway != first.sharesByGateway }
  }

  /// Each text once: after `default_transport = $relay_transport` the two are one pool with two names, and an edit of
  /// one is an edit of the other.
  package var eachTextOnce: [Pool] {
    var seen: Set<FileRange> = []
    return filter { pool in pool.start.map { seen.insert($0).inserted } ?? true }
  }
}

extension Sequence<Int> {
  /// The greatest number that divides all of them; 0 without numbers.
  package var commonDivisor: Int {
    reduce(0) { divisor, number in
      var (left, right) = (divisor, number)
      while right != 0 { (left, right) = (right, left % right) }
      return left
    }
  }
}
