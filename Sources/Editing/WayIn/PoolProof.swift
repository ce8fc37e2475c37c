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

  /// Of what is there today, and no plan.
  static func ofToday(
    _ config: MailConfig, at spot: PoolSpot, _ wish: PoolWish, on machine: Machine
  ) -> PoolProof {
    PoolProof(
      before: config, after: config, spot: spot, content: PoolContent(kind: spot.kind, choices: []),
      wish: wish, machine: machine, keyChange: ClassKeyChange())
  }

  func plan(notes: [String]) throws(EditError) -> PoolPlan {
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
    guards += guardsForTransports
    guards += guardsOfGateways(resolver, &notes)
    return PoolPlan(config: after, notes: notes.map { printable($0) }, guards: guards, routes: routes)
  }

  /// Members that deliver to no gateway, and were not there before.
  private var guardsForTransports: [EditGuard] {
    guard content.kind == .destination else { return [] }
    let old = Set(
      spot.sites.flatMap { $0.content.choices.map(\.result) } + [spot.single?.text].compactMap(\.self))
    let transports = IdleTransports(after)
    return content.choices.map(\.result).filter { !old.contains($0) }.compactMap {
      transports.question(SourcedText(builtIn: $0), in: spot.parameter)
    }
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

  /// Refuses where something else decides for the mail that is meant.
  private func check(_ answer: RouteAnswer) throws(EditError) {
    try guardClient(answer)
    if isPool(answer) { return }
    if answer.firstHops.isEmpty {
      // What a lookup says where it fails, with its place, says more than that it fails.
      let failures = answer.trail.filter(\.isFailure).map { "\($0.parameter): \($0.detail)" }
      let outcomes = answer.outcomes.compactMap(\.value.reason)
      let reasons = (failures.isEmpty ? outcomes : failures).joined(separator: ", and ")
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
    let location = answer.deciding.flatMap { step in
      // The line as the file has it now, and not as the plan would have it.
      let now = step.file == before.main.document.path ? before.main[step.parameter]?.line.number : nil
      return step.file.map { "\($0):\(now ?? step.line ?? 0)" }
    }
    let place =
      "\(answer.deciding?.parameter ?? "another setting")\(location.map { " (\($0))" } ?? "") decides first"
    let ofEntry =
      (scope == .outbound ? after.adviceOnEntryForAllMail(machine.context) : nil) ?? adviceOnMail(of: scope)
    let advice =
      ofEntry
      ?? after.adviceOnPatterns(answering: answer.recipient, for: names) { config in
        let resolver = Resolver(config, context: machine.context)
        return meant.allSatisfy { isPool(resolver.route($0.0, from: $0.1)) }
      }
    let ofTable = before.advice(onTableDeciding: answer, adding: memberToAdd, machine.context)
    let way =
      advice ?? adviceOnOwnEntries(of: answer) ?? adviceOnEntryBeforeSenders
      ?? (ofTable.isEmpty ? "edit \(location ?? "that setting") first" : ofTable.joined(separator: "; "))
    throw .cannotPool(
      "\(wish.scope)",
      reason: "\(place): mail for \(answer.recipient) would go to \(answer.words); \(way)")
  }

  /// Next hops go to gateways only where a client has them.
  private func guardClient(_ answer: RouteAnswer) throws(EditError) {
    guard content.kind == .nextHop,
      let hop = answer.firstHops.keys.first(where: { hop in
        after.gatewayTransport(hop.transport) == nil && content.choices.contains { $0.result == hop.nextHop }
      })
    else { return }
    var other = wish
    other.scope = scope
    let plan = other.scope == wish.scope ? nil : try? before.planning(other, on: machine)
    let advice = plan.map { ": \($0.call(of: other))" } ?? ""
    throw .cannotPool(
      "\(wish.scope)",
      reason:
        "\(spot.parameter) holds next hops, and \(hop.transport) has them: no client of gateways. Mail for \(answer.recipient) would go to \(answer.words); need members with the transport of a client, such as smtp:\(hop.nextHop)\(advice)"
    )
  }

  /// Where a parameter is named, and lanes or another pool decide before it: what does it for the mail that it is for.
  private func adviceOnMail(of scope: Scope) -> String? {
    guard case .named = wish.scope, scope == .outbound || scope.domainClass != nil else { return nil }
    var other = wish
    other.scope = scope
    if let plan = try? before.planning(other, on: machine) {
      return "for \(scope.words): \(plan.call(of: other))"
    }
    guard let bare = try? before.removingDecision(of: scope), (try? bare.planning(wish, on: machine)) != nil
    else {
      return nil
    }
    return "take that away first, with \(before.forcing("randmap remove-route \(scope)", to: bare))"
  }

  /// A gateway of the wish that the pool of another place does not have.
  private var memberToAdd: String? {
    let known = Set(before.pools().flatMap(\.members).map(\.result))
    return content.choices.map(\.result).first { !known.contains($0) && !known.contains("smtp:\($0)") }
  }

  /// An entry `*` is asked before what some senders have: as a line for all mail that leaves it comes after that.
  private var adviceOnEntryBeforeSenders: String? {
    guard case .from = scope else { return nil }
    if let single = before.entryForAllMail(machine.context)?.single?.text {
      let moved = PoolWish(.outbound, [WantedMember(.text(single))])
      if let plan = try? before.planning(moved, on: machine),
        (try? plan.config.planning(wish, on: machine)) != nil
      {
        return "to make that entry a line that comes after the senders: \(plan.call(of: moved))"
      }
    }
    guard let bare = try? before.removingDecision(of: .outbound),
      (try? bare.planning(wish, on: machine)) != nil
    else { return nil }
    return "take that away first, with \(before.forcing("randmap remove-route outbound", to: bare))"
  }

  /// Where the domains of a class have entries of their own: these decide before the pool of the class.
  private func adviceOnOwnEntries(of answer: RouteAnswer) -> String? {
    guard let domainClass = scope.domainClass, before.domainsToShow(of: domainClass).isEmpty,
      let domain = answer.recipient.split(separator: "@").last.map(String.init),
      let spot = try? before.keySpot(domain, of: .transportMaps, .to(domain)),
      !spot.sites.isEmpty || spot.single != nil
    else { return nil }
    return
      "the domains of \(domainClass.list) have entries of their own: change those, such as with randmap pool to:\(domain)"
  }

  /// Whether a message goes to the pool, with the shares that were asked for.
  private func isPool(_ answer: RouteAnswer) -> Bool {
    let total = Double(content.choices.reduce(0) { $0 + $1.weight })
    let found = answer.firstHops
    let lists = content.choices.map { NextHopList($0.result, kind: content.kind) }
    func has(_ list: NextHopList, _ hop: ClientHop) -> Bool {
      list.transport.isEmpty || hop.transport == list.transport.dropLast()
    }
    return zip(content.choices, lists).allSatisfy { choice, list in
      // Without a next hop of its own it may take one of several, such as those of a relayhost that is a pool: what is no other
      // member's.
      let own = found.filter { hop, _ in
        has(list, hop)
          && (list.hops.first.map { hop.nextHop == $0 }
            ?? !lists.contains { has($0, hop) && $0.hops.first == hop.nextHop })
      }
      return abs(own.values.reduce(0, +) - Double(choice.weight) / total) < 1e-6
    }
  }
}
