// The mail that an edit moves, whatever the edit is: that of the pools it changes, of the entries it writes, and of the parameters it
// sets. It asks where that mail would have less than today, and where a parameter would take mail that others decide for.

import PostfixFiles
import Routing

extension MailConfig {
  /// What a person has to say yes to of the mail that goes elsewhere.
  func guardsOfMail(against edited: MailConfig, _ context: RouteContext) -> [EditGuard] {
    let values = valuesChanged(in: edited)
    let isSafe = hasSafeClients || edited.hasSafeClients
    guard isSafe || !values.isEmpty else { return [] }
    let routes = routesMoved(to: edited, context)
    let others = otherMail(movedBy: values, routes).map(\.asOtherMail)
    guard isSafe else { return others }
    let guards = SafetyGuards(from: self, to: edited, context)
    let ofRoutes = mailOfRoutes(routes, values, in: edited, context).flatMap { guards.questions(on: $0) }
    return others + (ofPools(against: edited, guards) + ofRoutes).oncePerGateway
  }

  // MARK: Pools

  private func ofPools(against edited: MailConfig, _ guards: SafetyGuards) -> [EditGuard] {
    PoolPairs(pools(), edited.pools()).all.flatMap { before, pool -> [EditGuard] in
      guard let before, let pool, pool.overrider == nil, !isFollowedByRoutes(pool, in: edited),
        !pool.firstHops(newSince: before).isEmpty
      else { return [] }
      var mail = MovedMail(
        before: before.overrider == nil ? before.firstHops : [], after: pool.firstHops)
      // Whose mail it is takes a look at all pools: nearly every edit has no use for that.
      if guards.asksForSenders(of: mail) { mail.senders = edited.senders(of: pool) }
      return guards.questions(on: mail)
    }
  }

  /// Whether samples show all of its mail: that is so of one destination of a parameter.
  private func isFollowedByRoutes(_ pool: Pool, in edited: MailConfig) -> Bool {
    pool.notation == .single && isFollowed(in: edited)
  }

  // MARK: Routes

  private func mailOfRoutes(
    _ routes: [RouteChange], _ values: [RoutingParameter], in edited: MailConfig, _ context: RouteContext
  ) -> [MovedMail] {
    let hasOtherFallback = values.contains { $0.isFallback }
    let (old, new) = (GatewayLines(self, context), GatewayLines(edited, context))
    let inside = MailOfClasses(self, context)
    return routes.compactMap { route in
      guard route.isChanged || hasOtherFallback else { return nil }
      let (before, after) = (route.before.hopsByShare, route.after.hopsByShare)
      return MovedMail(
        before: before + (hasOtherFallback ? old.fallbacks(of: before) : []),
        after: after + (hasOtherFallback ? new.fallbacks(of: after) : []),
        senders: route.sample.sendersMeant, domain: route.sample.domain,
        ofClass: inside.hops(like: route.before))
    }
  }

  /// The samples that are shown with each edit, and those of the entries that this one writes. Where thousands of tables are asked, the
  /// entries alone.
  private func routesMoved(to edited: MailConfig, _ context: RouteContext) -> [RouteChange] {
    let samples = samples(ofEntriesChangedIn: edited)
    if isFollowed(in: edited), isRouted(elsewhereBy: edited) {
      return routeChanges(to: edited, context: context, meant: samples)
    }
    guard !samples.isEmpty else { return [] }
    let (old, new) = (Resolver(self, context: context), Resolver(edited, context: context))
    return samples.map { sample in
      RouteChange(
        sample: sample, before: old.route(sample.recipient, from: sample.sender),
        after: new.route(sample.recipient, from: sample.sender))
    }
  }

  private func isFollowed(in edited: MailConfig) -> Bool {
    max(sites.count, edited.sites.count) < Self.mostSites
  }

  private static let mostSites = 500

  /// Whether an edit may move more than the mail of entries and of the members of pool files.
  private func isRouted(elsewhereBy edited: MailConfig) -> Bool {
    let own = Set([main.document.path, master?.document.path].compactMap(\.self) + tablePaths)
    return edited.editedDocuments.contains { own.contains($0.path) }
  }

  /// The mail of the entries that come, go or change.
  private func samples(ofEntriesChangedIn edited: MailConfig) -> [RouteSample] {
    var samples: [RouteSample] = []
    let tables = Dictionary(
      grouping: (edited.tableSites + tableSites).filter { $0.table?.isAnswer ?? false }, by: \.source)
    for document in edited.editedDocuments where document.storage == .file {
      let kinds = Set((tables[document.path] ?? []).map(\.parameter.keys))
      guard !kinds.isEmpty else { continue }
      let before = Self.values(of: self.document(document.path))
      let after = Self.values(of: document)
      let keys =
        before.filter { after[$0.key] != $0.value }.map(\.key) + after.keys.filter { before[$0] == nil }
      // Each kind of change comes before a second one of it.
      var seen: Set<[String?]> = []
      var (first, more): ([String], [String]) = ([], [])
      for key in keys.sorted() {
        if seen.insert([before[key], after[key]]).inserted { first.append(key) } else { more.append(key) }
      }
      for key in (first + more).prefix(Self.mostEntries) {
        samples += kinds.compactMap { kind in
          kind == .recipients ? Self.sample(ofRecipient: key) : Self.sample(ofSender: key)
        }
      }
    }
    return samples
  }

  /// Each is looked up twice.
  private static let mostEntries = 100

  // MARK: Mail of others

  /// The parameters that have another destination, both times one that is no pool. None where a list of tables changes too: then the
  /// plan says which mail is meant.
  private func valuesChanged(in edited: MailConfig) -> [RoutingParameter] {
    func texts(_ config: MailConfig, _ parameter: RoutingParameter) -> String {
      config.parameters.text(parameter)
    }
    func isPool(_ text: String) -> Bool { PoolText(value: SourcedText(builtIn: text)) != nil }
    if RoutingParameter.maps.contains(where: { texts(self, $0) != texts(edited, $0) }) { return [] }
    return RoutingParameter.values.filter { parameter in
      let (old, new) = (texts(self, parameter), texts(edited, parameter))
      return old != new && !isPool(old) && !isPool(new)
    }
  }

  /// Mail that other settings decide for, and that these parameters would take.
  private func otherMail(movedBy values: [RoutingParameter], _ routes: [RouteChange]) -> [RouteChange] {
    if values.isEmpty { return [] }
    let names = Set(values.map(\.rawValue))
    let scopes = Set(values.map { Scope.named($0.rawValue).ofMail })
    let outside = routes.first { $0.sample.scope == .outbound }?.before
    return routes.filter { route in
      // By another transport to the same gateways: mail has its way.
      guard route.isChanged, route.before.hops != route.after.hops else { return false }
      if let scope = route.sample.scope, scopes.contains(scope) { return false }
      if let deciding = route.before.deciding, names.contains(deciding.parameter) { return false }
      // A host that only sends has its own name's mail outside.
      return !(route.sample.addressClass == .other && route.before.goals == outside?.goals)
    }
  }
}

/// Where the mail of relay domains and of mailbox domains goes today, whatever decides for each domain.
final class MailOfClasses {
  private let config: MailConfig
  private let context: RouteContext
  private var known: [DomainClass: [ClientHop]] = [:]

  init(_ config: MailConfig, _ context: RouteContext) { (self.config, self.context) = (config, context) }

  /// Of the class that an answer is for; empty for other mail.
  func hops(like answer: RouteAnswer) -> [ClientHop] {
    switch answer.classes {
    case [.relay]: hops(of: .relay)
    case [.virtual]: hops(of: .virtualMailboxes)
    default: []
    }
  }

  func hops(of domainClass: DomainClass) -> [ClientHop] {
    if let hops = known[domainClass] { return hops }
    let resolver = Resolver(config, context: context)
    let hops = config.domains(in: domainClass.list).prefix(Self.mostDomains).flatMap {
      resolver.route("someone@\($0)").hopsByShare
    }
    known[domainClass] = hops
    return hops
  }

  private static let mostDomains = 50
}

extension RouteAnswer {
  /// The first next hops with their transports, the greatest share first; then those that get mail when these do not take it.
  var hopsByShare: [ClientHop] {
    let first = firstHops.sorted {
      ($1.value, $0.key.nextHop, $0.key.transport) < ($0.value, $1.key.nextHop, $1.key.transport)
    }.map(\.key)
    var seen = Set(first)
    return first + laterHops.filter { seen.insert($0).inserted }
  }

  private var laterHops: [ClientHop] {
    outcomes.flatMap { outcome, _ -> [ClientHop] in
      guard case .destination(let transport, let nextHop) = outcome else { return [] }
      return NextHopList(nextHop.text, kind: .nextHop).hops.dropFirst().map {
        ClientHop(transport: transport.text, nextHop: $0)
      }
    }
  }
}

extension RouteSample {
  /// The key of its senders; empty where the sample is not about a sender.
  var sendersMeant: [String] {
    guard case .from(let address)? = scope else { return [] }
    return [address.contains("@") ? address : "@\(address)"]
  }

  /// That of the recipient.
  var domain: String? { recipient.split(separator: "@").last.map(String.init) }
}

extension Pool {
  /// Those of the first hops that another state of the pool does not have.
  func firstHops(newSince before: Pool) -> [ClientHop] {
    let known = Set(before.firstHops)
    return firstHops.filter { !known.contains($0) }
  }

  /// The transports and next hops of the members that get mail.
  var firstHops: [ClientHop] {
    members.filter(\.getsMail).flatMap { member in
      transports(of: member).flatMap { transport in
        member.nextHops.map { ClientHop(transport: transport, nextHop: $0) }
      }
    }
  }
}

extension [EditGuard] {
  /// Of several about the login at one gateway, or about its TLS, the first.
  var oncePerGateway: [EditGuard] {
    var said: Set<[String]> = []
    return filter { stop in
      switch stop {
      case .missingCredentials(let hop, let transport, _): said.insert(["login", transport, hop]).inserted
      case .missingPolicy(let hop, let transport, _): said.insert(["TLS", transport, hop]).inserted
      default: true
      }
    }
  }
}
