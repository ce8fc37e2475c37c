// How much of a pool's mail an edit takes from the gateways that have it now.
//
// One rule for every edit: of a place with several destinations, the live share of those that its mail does not go to any more
// is counted, whether the pool is still there, is one destination now, or is gone. One destination is no pool: who replaces it
// or takes it away says all there is to say.

import Gateways
import PostfixFiles
import Routing

extension MailConfig {
  func shareGuards(against edited: MailConfig, states: GatewayStates) -> [EditGuard] {
    // A pool that another setting overrides from now on gets as little as one that is gone.
    let pairs = PoolPairs(pools(), edited.pools()).all.map { before, now in
      (before, before?.overrider == nil && now?.overrider != nil ? nil : now)
    }
    // Mail of a pool that is gone goes by what decides next: one destination in its place, or another setting.
    let isGone = pairs.contains { before, now in before?.isShared ?? false && now == nil }
    let left = isGone ? edited.gatewaysWithMail : []
    let ofEmptyClasses = isGone ? poolsOfEmptyClasses : []
    // Of very many pools that go at once, each is not followed.
    let isFollowed = isGone && pairs.count { $1 == nil } <= Self.mostFollowed
    let sites = isFollowed ? Dictionary(grouping: poolSites(), by: \.id) : [:]
    let resolver = isFollowed ? Resolver(edited, keepsKeys: true) : nil
    return pairs.compactMap { before, now in
      guard let before else { return nil }
      if let now, before.hasLiveMember(states), !now.hasLiveMember(states) {
        return .noLiveMember(pool: before.id, atRisk: now.atRisk(states))
      }
      if let now, now.hasTheMembers(of: before) { return nil }
      guard before.isShared, now != nil || !ofEmptyClasses.contains(before.id) else { return nil }
      let isKept: (Member) -> Bool
      if let now {
        // By which transport a relayhost is reached is up to others.
        let byTransport = before.kind == .destination && now.kind == .destination
        let kept = Set(now.members.filter { !$0.isDrained }.map { $0.goal(byTransport) })
        isKept = { kept.contains($0.goal(byTransport)) }
      } else if let hops = edited.hops(ofKeysOf: before) {
        isKept = {
          NextHopList($0.result, kind: before.kind).hops.first.map(hops.contains) ?? edited.names($0.result)
        }
      } else if let hops = edited.hops(ofMailOf: sites[before.id] ?? [], by: resolver) {
        let gateways = Set(hops.compactMap { Gateway($0, mailProtocol: .smtp, defaultPort: 25) })
        isKept = { member in
          let own = NextHopList(member.result, kind: before.kind).hops
          if let first = own.first, hops.contains(first) { return true }
          if let first = member.gateways.first { return gateways.contains(first) }
          // Who says only which client delivers, such as a lane, takes no gateway away.
          return member.transport.flatMap(gatewayTransport) != nil && own.isEmpty
            || edited.names(member.result)
        }
      } else {
        isKept = { member in
          guard member.gateways.isEmpty else { return member.gateways.contains(where: left.contains) }
          // Who says only which client delivers, such as a lane, takes no gateway away.
          let isClient = member.transport.flatMap(gatewayTransport) != nil
          return isClient && NextHopList(member.result, kind: before.kind).hops.isEmpty
            || edited.names(member.result)
        }
      }
      let taken = before.liveShares(states).reduce(0) { $0 + (isKept($1.member) ? 0 : $1.share) }
      return taken > 0.5 ? .takesOutLiveShare(pool: before.id, share: taken) : nil
    }
  }

  /// Those that are not drained, and not in overridden places alone.
  private var gatewaysWithMail: Set<Gateway> {
    func ofPools(_ isWanted: (Pool) -> Bool) -> Set<Gateway> {
      Set(pools().filter(isWanted).flatMap(\.members).flatMap(\.gateways))
    }
    let hidden = ofPools { $0.overrider != nil }.subtracting(ofPools { $0.overrider == nil })
    return Set(gateways().filter { !$0.isDrained }.map(\.gateway)).subtracting(hidden)
  }

  /// Where the mail goes that a pool of some keys had, by a few of these; nil where that is not known. Its gateways may have other
  /// mail, which says nothing of this.
  private func hops(ofKeysOf pool: Pool) -> Set<String>? {
    guard case .keys(let keys, of: let parameter) = pool.purpose else { return nil }
    let resolver = Resolver(self)
    var hops: Set<String> = []
    for key in keys.sorted().lazy.filter({ !$0.hasPrefix(".") && $0 != "*" }).prefix(3) {
      let name = key.hasPrefix("@") ? String(key.dropFirst()) : key
      let address = name.contains("@") ? name : "someone@\(name)"
      let answer =
        parameter == .transportMaps
        ? resolver.route(address) : resolver.route("someone@\(Self.outsideDomain)", from: address)
      guard answer.isComplete else { return nil }
      hops.formUnion(answer.hops)
    }
    return hops.isEmpty ? nil : hops
  }

  /// The same of a pool that is the value of parameters or of an entry, or answers for every address: by a message of each kind
  /// that it decided for.
  ///
  /// - Parameter sites: where it was.
  private func hops(ofMailOf sites: [PoolSite], by resolver: Resolver?) -> Set<String>? {
    guard let resolver else { return nil }
    var hops: Set<String> = []
    for site in sites.filter({ $0.keys == nil && !$0.isInDatabase }).prefix(Self.mostPlaces) {
      guard let (recipient, sender) = message(for: site),
        case let answer = resolver.route(recipient, from: sender), answer.isComplete
      else { return nil }
      hops.formUnion(answer.hops)
    }
    return hops.isEmpty ? nil : hops
  }

  private static let mostFollowed = 1_000

  /// A pool file may be that of thousands of entries.
  private static let mostPlaces = 3

  /// Recipient and sender of a message that a pool decides for; nil where none is known.
  private func message(for site: PoolSite) -> (String, String)? {
    switch site.site.place {
    case .entry(_, let key), .inlineEntry(_, let key):
      let sample =
        site.parameter.keys == .recipients
        ? Self.sample(ofRecipient: key.lowercased()) : Self.sample(ofSender: key.lowercased())
      return sample.map { ($0.recipient, $0.sender) }
    default: break
    }
    let domain: String? =
      switch site.parameter {
      case .relayTransport: relayDomain
      case .virtualTransport: domains(in: DomainClass.virtualMailboxes.list).first
      case .defaultTransport, .relayhost, .senderTransportMaps, .senderRelayhostMaps: Self.outsideDomain
      case .localTransport, .smtpFallbackRelay, .lmtpFallbackRelay, .transportMaps: nil
      }
    return domain.map { ("someone@\($0)", outsideSenders.first ?? "") }
  }

  /// The pools of classes without a domain: they have no mail of the class any more, and are to be taken away (RM331).
  private var poolsOfEmptyClasses: Set<String> {
    Set(DomainClass.allCases.filter(hasNoDomain).compactMap { classPool(of: $0)?.pool.id })
  }

  /// Whether main.cf or a table has a result.
  private func names(_ result: String) -> Bool {
    ([main.document] + files.values.compactMap(\.document)).contains { !$0.lines(containing: result).isEmpty }
  }
}

extension Pool {
  /// Whether just the members of another state of it get its mail, in the same order: nearly every edit of a large one.
  fileprivate func hasTheMembers(of other: Pool) -> Bool {
    kind == other.kind && members.count == other.members.count
      && zip(members, other.members).allSatisfy {
        // Of a row that no edit was about, the member is the same one.
        $0 === $1
          || $0.isDrained == $1.isDrained && $0.result == $1.result && $0.transport == $1.transport
            && $0.gateways == $1.gateways
      }
  }

  /// Whether several destinations get its mail.
  fileprivate var isShared: Bool { members.count(where: \.getsMail) > 1 }
}

extension Member {
  /// What it leads to, however it is written; with the transport where that is part of it.
  fileprivate func goal(_ byTransport: Bool) -> String {
    gateways.isEmpty ? result : "\(byTransport ? transport ?? "" : "") \(gateways.map(\.description))"
  }
}
