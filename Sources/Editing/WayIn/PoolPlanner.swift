// The way in: from what a person means to a configuration in which it is true, worked out from what is there.

import Gateways
import PostfixFiles
import Routing
import System

extension MailConfig {
  /// What has to change so that `wish` is true; nothing on disk changes.
  package func planning(_ wish: PoolWish, on machine: Machine) throws(EditRefusal) -> PoolPlan {
    var planner = PoolPlanner(before: self, wish: wish, machine: machine)
    return try planner.plan()
  }
}

private struct PoolPlanner {
  let before: MailConfig
  var wish: PoolWish
  let machine: Machine
  var config: MailConfig
  var notes: [String] = []
  /// Why the pool that is there cannot be changed in its own notation.
  private var refusal: EditRefusal?
  /// Whether lanes come in front of a pool of next hops, or of relays of some senders: Postfix takes the next hop from there.
  private var isInFrontOfPool = false
  /// The next hop of the entry for all mail that the pool takes the place of: lanes go on to it.
  private var hopOfEntry: String?

  init(before: MailConfig, wish: PoolWish, machine: Machine) {
    self.before = before
    self.wish = wish
    self.machine = machine
    config = before
  }

  mutating func plan() throws(EditRefusal) -> PoolPlan {
    try before.guardReadableDatabases(for: wish)
    try before.guardOnlyDatabase(wish.database, for: "\(wish.scope)")
    try before.guardMail(of: wish.scope)
    guard !wish.members.isEmpty else { return try planForList() }
    var lanes: [String: String] = [:]
    for case .lane(let address) in wish.members.map(\.goal) where lanes[address] == nil {
      if config.lane(from: address) == nil { config = try config.addingLane(from: address, on: machine) }
      lanes[address] = config.lane(from: address)
    }
    if let bare = try config.takingEntryAway(for: wish, machine.context) {
      (config, wish, hopOfEntry) = (bare.config, bare.wish, bare.hop)
    }
    if let bare = try config.takingLanesAway(for: wish) {
      config = bare.config
      notes += bare.notes
    }
    var spot = try currentSpot()
    if spot.sites.isEmpty {
      config = try config.lettingDomainsPass(wish.scope, of: spot.parameter)
      spot = try currentSpot()
    }
    let keyChange = config.classKeyChange(at: spot)
    if !keyChange.isEmpty {
      config = try config.followingList(keyChange, at: spot)
      if wish.members.count > 1 {
        notes += keyChange.notes(list: DomainClass(spot.parameter)?.list ?? "its list")
      }
      spot = try currentSpot()
    }
    let choice = try WeightChoice(
      wish.members.map(\.weight), areRows: notation(there: spot.sites.first) == .database)
    let results = try WantedResults(config: config, scope: wish.scope, spot: spot, lanes: lanes).texts(
      of: wish.members)
    let content = PoolContent(
      kind: spot.kind,
      choices: zip(results, choice.weights).map { PoolContent.Choice(result: $0, weight: $1) })
    let oldTransports = Set(before.pools().flatMap(\.members).compactMap(\.transport))
    if results.count == 1 {
      config = try config.writing(results[0], at: spot, keys: severalKeys(of: spot), scope: wish.scope)
        .removingAgentMark(of: before)
      notes += config.notes(onFilesOf: spot.sites)
    } else {
      try guardShared(spot)
      if let member = spot.sites.lazy.flatMap(\.pool.members).first(where: { $0.ramp != nil }) {
        throw .isRamped(member.result)
      }
      if let changed = try changing(spot, to: content) {
        config = changed
      } else {
        config = try making(content, at: spot)
        if notation(there: spot.sites.first) != .file { notes += config.notes(onFilesOf: spot.sites) }
      }
    }
    config = config.removingUnusedLanes(oldTransports).keepingRest(since: before)
    let limited = config.carryingLimits(since: before)
    config = limited.config
    notes += limited.notes
    notes += before.notes(onDatabasesLeftBy: config) + before.notes(onLanesLeftBy: config)
    say(choice)
    saySubdomains(of: spot)
    if results.count > 1 { sayFallback(of: spot) }
    if notation(there: nil) != .stock, wish.members.allSatisfy(\.isLane),
      before.leavesRelaysToSenders(before.valueSpot(.defaultTransport)), spot.parameter == .defaultTransport
    {
      notes.append("as stock Postfix runs it, with --notation stock, lanes leave senders their own relays")
    }
    return try PoolProof(
      before: before, after: config, spot: spot, content: content, wish: wish, machine: machine,
      keyChange: keyChange
    )
    .plan(notes: notes)
  }

  /// Without gateways: the pool of a class gets the domains that its list has now.
  private mutating func planForList() throws(EditRefusal) -> PoolPlan {
    let spot = try currentSpot()
    let change = config.classKeyChange(at: spot)
    guard let site = spot.sites.first, let domainClass = DomainClass(spot.parameter), !change.isEmpty else {
      throw .badScope("\(wish.scope)", reason: whyGateways(at: spot))
    }
    return try PoolProof(
      before: before, after: try config.followingList(change, at: spot), spot: spot, content: site.content,
      wish: wish, machine: machine, keyChange: change
    )
    .plan(notes: change.notes(list: domainClass.list))
  }

  /// Why a wish without gateways is none.
  private func whyGateways(at spot: PoolSpot) -> String {
    let words = "need the gateways too, such as '[gw1.example]:587=70' '[gw2.example]:587=30'"
    guard let domainClass = DomainClass(spot.parameter), spot.sites.first?.parameter == .transportMaps else {
      return words
    }
    do throws(ClassKeysProblem) {
      _ = try config.transportKeys(of: domainClass)
      return "its pool has the domains of \(domainClass.list) already; to change the gateways, \(words)"
    } catch {
      return error.message
    }
  }

  /// What a percentage came to.
  private mutating func say(_ choice: WeightChoice) {
    guard wish.members.count > 1 else { return }
    for (index, member) in wish.members.enumerated() {
      guard case .share(let share) = member.weight, abs(choice.share(index) - choice.asked[index]) > 0.00005
      else {
        continue
      }
      let exact = choice.exactTotal.map { "; \($0) parts would be exact" } ?? ""
      notes.append(
        "\(member.description): asked for \(percent(share)), got \(percent(choice.share(index)))\(exact)")
    }
  }

  /// The key of a domain matches more than it says in such a configuration.
  private mutating func saySubdomains(of spot: PoolSpot) {
    guard case .key(let key, of: .transportMaps) = spot.place, !key.contains("@"), key != "*",
      before.matchesSubdomains
    else { return }
    notes.append(
      "mail for subdomains of \(key) goes there too: parent_domain_matches_subdomains names transport_maps")
  }

  /// That a dead gateway keeps its mail waiting, where nothing has said so.
  private mutating func sayFallback(of spot: PoolSpot) {
    guard !notes.contains(where: { $0.contains("has no fallback") }), let pool = poolMade else { return }
    // Of all mail it is the fallback that was meant.
    let isAllMail = [.parameter(.relayhost), .parameter(.defaultTransport)].contains(spot.place)
    if !isAllMail, let note = config.noteOnOthersFallback(of: pool) { notes.append(note) }
    if let note = config.noteOnFallback(of: pool) { notes.append(note) }
  }

  private var poolMade: Pool? {
    let spot = try? config.spot(
      for: wish.scope, nextHopsOnly: true, prefersAgent: notation(there: nil) != .stock)
    return spot?.sites.first?.pool
  }

  private mutating func currentSpot() throws(EditRefusal) -> PoolSpot {
    let own = Destination(SourcedText(builtIn: config.parameters.text(.defaultTransport))).transport.text
    let isNextHops = wish.members.allSatisfy { member in
      guard case .text(let text) = member.goal else { return false }
      return text.hasPrefix("\(own):") || !config.namesDestination(text)
    }
    let spot = try config.spot(
      for: wish.scope, nextHopsOnly: isNextHops, prefersAgent: notation(there: nil) != .stock)
    if let hopOfEntry, spot.parameter == .defaultTransport { return spot.withHop(hopOfEntry) }
    // randmap(8) takes no next hop from a table.
    isInFrontOfPool =
      wish.scope == .outbound && wish.members.allSatisfy(\.isLane) && [nil, .stock].contains(wish.notation)
      && (spot.parameter == .relayhost && spot.sites.first?.isTable ?? false
        || config.leavesRelaysToSenders(spot))
    guard isInFrontOfPool else {
      let takesRelayhost =
        wish.notation != nil && wish.notation != .stock && config.leavesRelaysToSenders(spot)
      return takesRelayhost ? spot.withHop(config.parameters.text(.relayhost)) : spot
    }
    return (spot.parameter == .defaultTransport ? spot : config.valueSpot(.defaultTransport)).withHop("")
  }

  // MARK: - Writing

  /// The keys that are meant where a pool of several is named by its id.
  private func severalKeys(of spot: PoolSpot) -> [String] {
    guard case .named(let name) = wish.scope, case .key = spot.place, let site = spot.sites.first,
      site.id == before.pool(name)?.id, site.ownKeys.count > 1
    else { return [] }
    return site.ownKeys
  }

  /// The notation that is wanted, or works here.
  private func notation(there site: PoolSite?) -> PoolWish.Notation {
    if let wanted = wish.notation { return wanted }
    if isInFrontOfPool { return .stock }
    if let site, site.isTable || config.usesAgent { return Self.notation(of: site) }
    return config.isServedByAgent ? .agent : .stock
  }

  private static func notation(of site: PoolSite) -> PoolWish.Notation {
    site.isInDatabase ? .database : site.isTable ? .stock : site.isInFile ? .file : .agent
  }

  /// A pool that other mail uses too is not changed for this mail.
  private func guardShared(_ spot: PoolSpot) throws(EditRefusal) {
    if case .named = wish.scope { return }
    for site in spot.sites {
      let others = config.poolSites().filter { $0.id == site.id && $0.index != site.index }
      // In a database each name of a class is a route.
      let isOfClass = site.isInDatabase && DomainClass(spot.parameter) != nil
      if let other = others.first(where: { !isOfClass || $0.parameter != site.parameter }) {
        throw .cannotPool(
          "\(wish.scope)",
          reason:
            "its pool \(site.id) decides for \(other.words) too: change the pool for both, with randmap pool \(site.id.asArgument)"
        )
      }
    }
  }

  /// The members of the pool that is there, changed in its own notation; nil where it has to be written anew.
  private mutating func changing(_ spot: PoolSpot, to content: PoolContent) throws(EditRefusal) -> MailConfig?
  {
    guard let first = spot.sites.first, notation(there: first) == Self.notation(of: first) else { return nil }
    // Of a pool that other keys use too, only all of it is changed in its place.
    if case .key = spot.place, first.ownKeys.count > 1, severalKeys(of: spot).isEmpty { return nil }
    var edited = config
    for (index, site) in spot.sites.enumerated() {
      let own = index == 0 ? content : content.withTransport("relay:", for: "smtp:")
      guard site.text.transport == nil else { return nil }
      do throws(EditRefusal) { edited = try edited.changing(site.id, to: own) } catch {
        switch error {
        // Where the members are keys of another table, a gateway that is asked for may be one of them.
        case .safetyNet, .notInOnePlace, .cannotConvert, .alreadyMember:
          refusal = error
          return nil
        default: throw error
        }
      }
    }
    return edited
  }

  /// Whether another notation would do what this one cannot.
  private func works(in notation: PoolWish.Notation) -> Bool {
    guard wish.notation == nil else { return false }
    var other = wish
    other.notation = notation
    return (try? before.planning(other, on: machine)) != nil
  }

  private mutating func making(_ content: PoolContent, at spot: PoolSpot) throws(EditRefusal) -> MailConfig {
    let notation = notation(there: spot.sites.first)
    let keys = severalKeys(of: spot)
    if !keys.isEmpty {
      if let refusal { throw refusal }
      // A stock pool goes into files by way of the agent's notation.
      let target = notation == .file ? PoolWish.Notation.agent : notation
      throw .cannotPool(
        "\(wish.scope)",
        reason:
          "it decides for \(keys.count) keys: change its notation first, with randmap convert --to \(target) \("\(wish.scope)".asArgument)"
      )
    }
    do throws(EditRefusal) {
      return try config.making(
        content, at: spot, wish.scope, in: notation, database: wish.database, notes: &notes)
    } catch {
      guard case .cannotConvert(_, let reason) = error else { throw error }
      let advice =
        switch notation {
        case .stock where works(in: .agent):
          "; where randmap(8) serves this Postfix: \(wish.words(choosing: .agent))"
        case .agent where works(in: .stock): "; as stock Postfix runs it: \(wish.words(choosing: .stock))"
        default: ""
        }
      throw .cannotPool(
        "\(wish.scope)", reason: reason + advice + (before.adviceForOneDomain(of: wish, on: machine) ?? ""))
    }
  }
}
