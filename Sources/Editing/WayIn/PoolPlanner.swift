// The way in: from what a person means to a configuration in which it is true, worked out from what is there.

import Gateways
import PostfixFiles
import Routing
import System

extension MailConfig {
  /// What has to change so that `wish` is true; nothing on disk changes.
  package func planning(_ wish: PoolWish, on machine: Machine) throws(EditError) -> PoolPlan {
    var planner = PoolPlanner(before: self, wish: wish, machine: machine)
    return try planner.plan()
  }
}

struct PoolPlanner {
  let before: MailConfig
  var wish: PoolWish
  let machine: Machine
  var config: MailConfig
  var notes: [EditNote] = []
  /// Why the pool that is there cannot be changed in its own notation.
  var refusal: EditError?
  /// Whether lanes come in front of a pool of next hops, or of relays of some senders: Postfix takes the next hop from there.
  private(set) var isInFrontOfPool = false
  /// The next hop of the entry for all mail that the pool takes the place of: lanes go on to it.
  private var hopOfEntry: String?

  init(before: MailConfig, wish: PoolWish, machine: Machine) {
    self.before = before
    self.wish = wish
    self.machine = machine
    config = before
  }

  mutating func plan() throws(EditError) -> PoolPlan {
    try before.guardReadableDatabases(for: wish)
    try before.guardOnlyDatabase(wish.database, for: "\(wish.scope)")
    try before.guardMail(of: wish.scope)
    guard !wish.members.isEmpty else { return try planForList() }
    let lanes = try makingLanes()
    if let bare = try config.takingEntryAway(for: wish, machine.context) {
      (config, wish, hopOfEntry) = (bare.config, bare.wish, bare.hop)
    }
    if let bare = try config.takingLanesAway(for: wish) {
      config = bare.config
      notes += bare.notes.asNotes
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
        notes += keyChange.notes(list: DomainClass(spot.parameter)?.list ?? "its list").asNotes
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
      let keys = severalKeys(of: spot)
      var one = try config.writing(results[0], at: spot, keys: keys, scope: wish.scope)
      if keys.isEmpty, let bare = try config.leavingNoEntry(of: one, at: spot, machine.context) {
        one = bare
        notes.append(
          "this mail goes there without its entry too, so the entry that randmap wrote is removed")
      }
      config = one.removingAgentMark(of: before)
      notes += config.notes(onFilesOf: spot.sites).asNotes
    } else {
      try guardShared(spot)
      if let member = spot.sites.lazy.flatMap(\.pool.members).first(where: { $0.ramp != nil }) {
        throw .isRamped(member.result)
      }
      if let changed = try changing(spot, to: content) {
        config = changed
      } else {
        config = try making(content, at: spot)
        if notation(there: spot.sites.first) != .file { notes += config.notes(onFilesOf: spot.sites).asNotes }
      }
    }
    try before.guardReadableLists(in: config, for: wish.scope)
    config = config.removingUnusedLanes(oldTransports).keepingRest(since: before)
    let limited = config.carryingLimits(since: before)
    config = limited.config
    notes += limited.notes.asNotes
    notes +=
      (before.notes(onDatabasesLeftBy: config) + before.notes(onLanesLeftBy: config)
      + before.notes(onTablesLeftBy: config) + before.notes(onAgentLeftBy: config)
      + config.notes(onExchangersBeside: results, kind: spot.kind)).asNotes
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
    .plan(notes: notes.map(\.words))
  }

  /// Without gateways: the pool of a class gets the domains that its list has now.
  private mutating func planForList() throws(EditError) -> PoolPlan {
    let spot = try currentSpot()
    let change = config.classKeyChange(at: spot)
    // As a finding asks for it (RM331), again: there is nothing left to do.
    if change.isEmpty, wish.notation == nil, let note = noteOnListThatFits(at: spot) {
      return PoolPlan(config: before, notes: [note], guards: [], routes: [])
    }
    guard let site = spot.sites.first, let domainClass = DomainClass(spot.parameter), !change.isEmpty else {
      throw .badScope("\(wish.scope)", reason: whyGateways(at: spot))
    }
    return try PoolProof(
      before: before, after: try config.followingList(change, at: spot), spot: spot, content: site.content,
      wish: wish, machine: machine, keyChange: change
    )
    .plan(notes: change.notes(list: domainClass.list))
  }

  private mutating func currentSpot() throws(EditError) -> PoolSpot {
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
}
