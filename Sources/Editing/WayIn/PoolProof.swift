// The proof of a plan, made with the resolver: the mail that is meant goes to the pool, and all other mail as before.

import Gateways
import PostfixFiles
import Routing

struct PoolProof {
  let before: MailConfig
  let after: MailConfig
  let spot: PoolSpot
  let content: PoolContent
  let wish: PoolWish
  let machine: Machine
  /// What the list of the class has come to since its pool was written.
  let keyChange: ClassKeyChange

  func plan(notes: [String]) throws(EditRefusal) -> PoolPlan {
    var notes = notes
    let resolver = Resolver(after, context: machine.context)
    for (recipient, sender) in meant {
      let answer = resolver.route(recipient, from: sender)
      if answer.isComplete {
        try check(answer)
      } else {
        let reasons = answer.unknown + answer.drawn.map(\.words)
        notes.append(
          "the route of \(recipient) cannot be worked out here: \(reasons.joined(separator: ", "))")
      }
    }
    let routes = before.routeChanges(to: after, context: machine.context, meant: samplesOfKey)
    let outside = routes.first?.before
    var guards: [EditGuard] = []
    let meant = meant
    for route in routes where route.isChanged && !isMeant(route, meant, outside: outside) {
      guards.append(route.asOtherMail)
    }
    guards += [guardForMailboxes(resolver), guardForGateways(resolver)].compactMap(\.self)
    let hops = self.hops(of: content.choices.map(\.result), kind: content.kind)
    let known =
      self.hops(of: spot.sites.flatMap { $0.content.choices.map(\.result) }, kind: spot.kind)
      + self.hops(of: [spot.single?.text].compactMap(\.self), kind: spot.kind) + hopsBefore
    guards += after.missingCredentials(hops, like: known, from: senders).map {
      .missingCredentials(hop: $0.nextHop, transport: $0.transport, words: $0.words)
    }
    let missing = after.missingPolicies(hops, like: known)
    let strict = after.policyGuards(missing, besides: known + hops)
    guards += strict
    let asked = Set(strict.map { if case .missingPolicy(let hop, _, _) = $0 { hop } else { "" } })
    notes += missing.filter { !asked.contains($0.nextHop) }.map(\.words)
    return PoolPlan(config: after, notes: notes.map { printable($0) }, guards: guards, routes: routes)
  }

  /// Mail that a program of this host puts into mailboxes would go to gateways.
  private func guardForMailboxes(_ after: Resolver) -> EditGuard? {
    let resolver = Resolver(before, context: machine.context)
    for (recipient, sender) in meant {
      let (old, new) = (resolver.route(recipient, from: sender), after.route(recipient, from: sender))
      if before.losesMailboxes(old, to: new, in: self.after, on: machine) {
        return .takesMailboxes(address: recipient, before: old.words, after: new.words)
      }
    }
    return nil
  }

  /// Lanes in the place of gateways: where these have no next hop, none is left.
  private func guardForGateways(_ after: Resolver) -> EditGuard? {
    guard wish.members.contains(where: \.isLane) else {
      return nil
    }
    let resolver = Resolver(before, context: machine.context)
    for (recipient, sender) in meant {
      let domain = recipient.split(separator: "@").last.map(String.init) ?? ""
      func isDirect(_ hop: String) -> Bool { hop.isEmpty || hop == domain }
      let old = resolver.route(recipient, from: sender)
      let new = after.route(recipient, from: sender)
      if !old.hops.isEmpty, !old.hops.contains(where: isDirect), new.hops.contains(where: isDirect) {
        return .leavesGateways(address: recipient, before: old.words)
      }
    }
    return nil
  }

  /// Where the mail that is meant went, whatever decided that.
  private var hopsBefore: [(transport: String, hop: String)] {
    let resolver = Resolver(before, context: machine.context)
    return meant.flatMap { recipient, sender in
      resolver.route(recipient, from: sender).firstHops.keys
        .map { (transport: $0.transport, hop: $0.nextHop) }
        .sorted { $0.hop < $1.hop }
    }
  }

  private func hops(of results: [String], kind: ResultKind) -> [(transport: String, hop: String)] {
    results.flatMap { result in
      let list = NextHopList(result, kind: kind)
      let transport = list.transport.isEmpty ? spot.transport : String(list.transport.dropLast())
      return list.hops.map { (transport, $0) }
    }
  }

  // MARK: - The mail that is meant

  /// Messages of it: recipient and sender.
  private var meant: [(String, String)] {
    let outside = "someone@\(MailConfig.outsideDomain)"
    switch scope {
    case .outbound: return before.outsideSenders.map { (outside, $0) }
    case .to: return [scope.address].compactMap { $0.map { ($0, "") } }
    case .from: return [scope.address].compactMap { $0.map { (outside, $0) } }
    case .relayDomains:
      return messages(ofClass: .relay, else: before.relayDomain)
    case .virtualMailboxes:
      return messages(
        ofClass: .virtualMailboxes, else: before.domains(in: DomainClass.virtualMailboxes.list).first)
    case .named: return []
    }
  }

  /// - Parameter first: shown where each of the domains that are looked at has an entry of its own.
  private func messages(ofClass domainClass: DomainClass, else first: String?) -> [(String, String)] {
    let shown = before.domainsToShow(of: domainClass)
    return (shown.isEmpty ? [first].compactMap(\.self) : shown).map { ("someone@\($0)", "") }
      + messages(toDomainsOf: keyChange.new)
  }

  /// The keys of the senders that are meant; empty where all are.
  private var senders: [String] {
    guard case .from(let name) = scope else { return [] }
    if case .named = wish.scope, let keys = spot.sites.first?.ownKeys, !keys.isEmpty { return keys }
    return [name.contains("@") ? name : "@\(name)"]
  }

  private func messages(toDomainsOf keys: [String]) -> [(String, String)] {
    keys.lazy.filter { !$0.hasPrefix(".") }.prefix(3).map { ("someone@\($0)", "") }
  }

  /// The mail that is meant, where it is that of one key: it is shown, however many keys the table has.
  private var samplesOfKey: [RouteSample] {
    switch scope {
    case .relayDomains, .virtualMailboxes:
      messages(toDomainsOf: keyChange.new + keyChange.former).map { recipient, sender in
        RouteSample(
          recipient: recipient, sender: sender, what: "mail for \(recipient.dropFirst("someone@".count))",
          scope: nil, addressClass: nil)
      }
    case .to, .from:
      meant.map {
        RouteSample(recipient: $0.0, sender: $0.1, what: scope.words, scope: scope, addressClass: nil)
      }
    default: []
    }
  }

  /// The scope, and for a name that of the place that it means.
  private var scope: Scope {
    guard case .named = wish.scope else { return wish.scope }
    switch spot.place {
    case .parameter(.relayTransport): return .relayDomains
    case .parameter(.virtualTransport): return .virtualMailboxes
    case .parameter: return .outbound
    case .key(let key, of: .transportMaps):
      return key == "*" ? wish.scope : .to(key)
    case .key(let key, of: _): return .from(key.hasPrefix("@") ? String(key.dropFirst()) : key)
    }
  }

  /// Whether the wish means a message, or mail that goes the same way by the same setting.
  private func isMeant(_ route: RouteChange, _ meant: [(String, String)], outside: RouteAnswer?) -> Bool {
    if meant.contains(where: { $0.0 == route.sample.recipient && $0.1 == route.sample.sender }) {
      return true
    }
    let classes = route.before.classes
    if keyChange.former.contains(where: { key in
      route.sample.recipient.hasSuffix(key.hasPrefix(".") ? key : "@\(key)")
    }) {
      return true
    }
    switch scope {
    case .relayDomains: return classes.contains(.relay)
    case .virtualMailboxes: return classes.contains(.virtual)
    case .outbound:
      // relayhost holds for the relay domains too.
      let isRelayhost = spot.parameter == .relayhost || spot.sites.count == 2
      if isRelayhost, classes.contains(.relay) { return route.before.hops == outside?.hops }
      // Lanes in front of the relays of some senders change where this mail comes from, and not where it goes.
      if classes == [.other], !route.sample.sender.isEmpty,
        route.before.transports == outside?.transports, route.before.hops == route.after.hops
      {
        return true
      }
      // A host that only sends has its own name's mail outside.
      return route.sample.addressClass == .other && route.before.goals == outside?.goals
    default:
      // Of a pool that is named, all keys.
      let domain = route.sample.recipient.split(separator: "@").last.map(String.init) ?? ""
      let names =
        [route.sample.recipient, domain]
        + domain.indices.filter { domain[$0] == "." }.map { String(domain[$0...]) }
      if case .named = wish.scope, spot.parameter == .transportMaps,
        names.contains(where: { spot.sites.first?.ownKeys.contains($0) ?? false })
      {
        return true
      }
      // An entry such as .example.com or *: the mail that it decided for.
      guard case .entry? = spot.entry?.place else { return false }
      let holder = spot.holder(in: before)
      return route.before.trail.contains { $0.file == holder.file && $0.line == holder.line }
    }
  }

  /// Refuses where something else decides for the mail that is meant.
  private func check(_ answer: RouteAnswer) throws(EditRefusal) {
    if isPool(answer) { return }
    if answer.firstHops.isEmpty {
      let reasons = answer.outcomes.compactMap(\.value.reason).joined(separator: ", and ")
      throw .cannotPool(
        "\(wish.scope)",
        reason: "mail for \(answer.recipient) is not delivered as it is: \(reasons); correct that first")
    }
    if let service = before.rewriteService,
      let own = service.overrides.first(where: { override in
        guard let parameter = RoutingParameter(rawValue: override.name), !parameter.isFallback else {
          return false
        }
        return answer.deciding?.parameter == override.name
          || after.main[override.name]?.value.text != before.main[override.name]?.value.text
      })
    {
      throw .cannotPool(
        "\(wish.scope)",
        reason: "service \(service.name) of master.cf sets \(own.name): take that -o out first")
    }
    let place =
      answer.deciding.map { step in
        // The line as the file has it now, and not as the plan would have it.
        let now = step.file == before.main.document.path ? before.main[step.parameter]?.line.number : nil
        return "\(step.parameter) (\(step.file ?? ""):\(now ?? step.line ?? 0)) decides first"
      } ?? "another setting decides first"
    let ofEntry = scope == .outbound ? after.adviceOnEntryForAllMail(machine.context) : nil
    let advice =
      ofEntry
      ?? after.adviceOnPatterns(answering: answer.recipient, for: names) { config in
        let resolver = Resolver(config, context: machine.context)
        return meant.allSatisfy { isPool(resolver.route($0.0, from: $0.1)) }
      }
    throw .cannotPool(
      "\(wish.scope)",
      reason:
        "\(place): mail for \(answer.recipient) would go to \(answer.words); \(advice ?? "change that first")"
    )
  }

  /// The domains, or the address, that the wish is for; empty where it is for mail to anywhere, and where there are too many
  /// to name.
  private var names: [String] {
    let names: [String] =
      switch scope {
      case .to(let address): [address]
      case .relayDomains: (try? before.transportKeys(of: .relay)) ?? []
      case .virtualMailboxes: (try? before.transportKeys(of: .virtualMailboxes)) ?? []
      case .outbound, .from, .named: []
      }
    return names.count > 20 ? [] : names
  }

  /// Whether a message goes to the pool, with the shares that were asked for.
  private func isPool(_ answer: RouteAnswer) -> Bool {
    let total = Double(content.choices.reduce(0) { $0 + $1.weight })
    let found = answer.firstHops
    return content.choices.allSatisfy { choice in
      let list = NextHopList(choice.result, kind: content.kind)
      // Without a next hop of its own it may take one of several, such as those of a relayhost that is a pool.
      let own = found.filter { hop, _ in
        (list.transport.isEmpty || hop.transport == list.transport.dropLast())
          && (list.hops.isEmpty || hop.nextHop == list.hops[0])
      }
      return abs(own.values.reduce(0, +) - Double(choice.weight) / total) < 1e-6
    }
  }
}

extension RouteAnswer {
  struct FirstHop: Hashable {
    let transport: String
    let nextHop: String
  }

  /// Transports with their first next hops, and their shares.
  var firstHops: [FirstHop: Double] {
    var found: [FirstHop: Double] = [:]
    for (outcome, share) in outcomes {
      guard case .destination(let transport, let nextHop) = outcome else { continue }
      // As a member of a pool is read: "inet:" is no part of the first one.
      let first = NextHopList(nextHop.text, kind: .nextHop).hops.first ?? ""
      found[FirstHop(transport: transport.text, nextHop: first), default: 0] += share
    }
    return found
  }

  /// The transports alone.
  var transports: Set<String> { Set(firstHops.keys.map(\.transport)) }

  /// The first next hops alone.
  var hops: Set<String> { Set(firstHops.keys.map(\.nextHop)) }
}
