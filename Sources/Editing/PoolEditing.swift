// Editing a pool in its notation.

import Gateways
import PostfixFiles
import Routing

/// The largest total of the weights that a percentage comes to: a list of more is no longer readable.
private let usualTotal = 100

/// How far a share may be from the requested one by default: half a percentage point.
package let usualTolerance = 0.005

/// A share that is further off than this, or than half of what was asked for, is not what was asked for.
let largestError = 0.05

/// The largest total weight of a pool that is written as a list.
package let largestTotal = 1000

extension MailConfig {
  /// The configuration with `edit` made; a value, nothing is written.
  package func applying(_ edit: Edit) throws(EditError) -> MailConfig {
    let edited = try naming { () throws(EditError) in try applyingAlone(edit) }
    return (edit.changesTransports ? edited.carryingLimits(since: self).config : edited).keepingRest(
      since: self)
  }

  /// What a person should know of edits that came to `edited`, beside the diff; safe to show.
  package func remarks(
    on edited: MailConfig, after edits: [Edit] = [], context: RouteContext = RouteContext(isCopy: true)
  ) -> [String] {
    (notesOnWhatDecidesFirst(of: edits, in: edited, context) + notes(onDirectoriesOf: edited)
      + notes(onLanesLeftBy: edited) + notes(onLimitsOf: edited) + edited.notesOnExchangers(of: edits)
      + edited.notesOnLastMember(of: edits, context)).map { printable($0) }
  }

  /// The same without the limits that go with the transports of a pool: a part of a larger edit, which sees to them.
  func applyingAlone(_ edit: Edit) throws(EditError) -> MailConfig {
    let ready = try settingReturned()
    if case .restore(let pool, let member) = edit, hasReturned(member, to: pool) { return ready }
    var config = ready
    for edit in try ready.editsOfPools(edit) {
      if let wish = try PoolWish(edit, in: config) {
        config = try config.granting(wish)
      } else {
        do throws(EditError) { config = try config.changing(edit) } catch {
          throw error.spelling(edit.member, in: config)
        }
      }
    }
    return config
  }

  private func changing(_ edit: Edit) throws(EditError) -> MailConfig {
    switch edit {
    case .setWeight(let pool, let member, let weight):
      try editing(pool) { pool throws(EditError) in
        let member = try pool.unplanned(try pool.active(member, weight: "\(weight)"))
        return try pool.setting([(member, try checked(weight, for: pool.pool, instead: member.weight))])
      }
    case .setShare(let pool, let member, let share, let tolerance):
      try editing(pool) { pool throws(EditError) in
        let member = try pool.unplanned(try pool.active(member, weight: Ramp.percent(share)))
        return try pool.setting(try pool.weights(giving: share, to: member, within: tolerance))
      }
    case .reduce(let pool):
      try editing(pool) { pool throws(EditError) in try pool.setting(pool.reducedWeights) }
    case .add(let name, let member, let weight):
      try adding(member, weight: try checked(weight, for: poolNamed(name)), to: name)
    case .remove(let pool, let member):
      try editing(pool) { pool throws(EditError) in try pool.removing(try pool.member(member)) }
        .reducing(pool, since: self).removingLanes(usedBy: self)
    case .drain(let pool, let member, let drain):
      try editing(pool) { pool throws(EditError) in try pool.draining(member, drain) }
    case .restore(let pool, let member):
      try editing(pool) { pool throws(EditError) in try pool.restoring(try pool.member(member)) }
    case .ramp(let pool, let member, let ramp): try ramping(pool, member, ramp)
    case .endRamp(let pool, let member): try endingRamp(pool, member)
    case .setRoute(let key, let value, let table):
      try settingRoute(key, to: value, table: table).removingStalePlaceMarks(since: self)
        .removingLanes(usedBy: self).numberingComments(asIn: self)
    case .removeRoute(let key, let table):
      try removingRoute(key, table: table).removingStalePlaceMarks(since: self)
        .endingToLetDomainsPass(since: self).removingLanes(usedBy: self)
        .numberingComments(asIn: self)
    case .pool(let wish): try granting(wish)
    case .fix(let name): try fixing(try finding(name)).numberingComments(asIn: self)
    case .ignore(let name): try ignoring(try finding(name))
    }
  }

  func editing(
    _ name: String, _ change: (PoolEditor) throws(EditError) -> [Splice]
  ) throws(EditError) -> MailConfig {
    try editing(PoolEditor(name, in: self), change)
  }

  func editing(
    _ editor: PoolEditor, _ change: (PoolEditor) throws(EditError) -> [Splice]
  ) throws(EditError) -> MailConfig {
    var edited = self
    edited.update(editor.layout.document.applying(try change(editor)))
    return edited
  }

  /// The new member comes after the last one. If it contains the pool's separator, the pool gets another one first.
  private func adding(_ text: String, weight: Int, to name: String) throws(EditError) -> MailConfig {
    let editor = try PoolEditor(name, in: self)
    let result = String(
      decoding: Bytes(text.utf8)[Bytes(text.utf8).trimmed(0..<text.utf8.count)], as: UTF8.self)
    if let reason = problem(with: result, in: editor.pool) { throw .badText(text, reason: reason) }
    if let same = editor.pool.members.first(where: { $0.result == result }) {
      throw same.isDrained ? .isDrained(result) : .alreadyMember(result, pool: name)
    }
    let kind = editor.pool.kind
    let gateway = gatewayName(of: result, kind: kind, transport: "smtp")
    let twin = editor.pool.members.first {
      gatewayName(of: $0.result, kind: kind, transport: "smtp") == gateway
    }
    if let twin {
      throw twin.isDrained
        ? .isDrained(twin.result)
        : .otherSpelling(result, of: twin.result, pool: name, weight: twin.weight + weight)
    }
    if editor.hasRows {
      return try editing(editor) { editor throws(EditError) in
        try editor.addingRow(result, weight: weight)
      }
    }
    let layout = editor.pool.notation.form.layout
    guard !editor.layout.units.isEmpty || layout.isByLine else { throw .notInOnePlace(name) }
    if result.utf8.contains(where: layout.lead.contains) {
      return try separating(editor, for: [result]).adding(result, weight: weight, to: name)
    }
    return try editing(editor) { editor throws(EditError) in
      if editor.layout.units.isEmpty {
        let line = Bytes("\(result)\n".utf8)
        let end = editor.layout.document.count
        return [Splice(range: end..<end, bytes: Array(repeatElement(line, count: weight).joined()))]
      }
      return [editor.layout.insertion(of: result, copies: weight, after: editor.layout.units.count - 1)]
        + (try editor.net?.joining(result, isNew: true) ?? [])
    }
  }

  /// The pool of `editor` with a separator that occurs in no member and in none of `results`.
  func separating(_ editor: PoolEditor, for results: [String]) throws(EditError) -> MailConfig {
    guard let free = SeparatorNotation.free(in: editor.pool.members.map(\.result) + results) else {
      throw .badText(
        results.joined(separator: ", "), reason: "its members use every possible separator: use a pool file")
    }
    var edited = self
    edited.update(
      editor.layout.document.applying(
        editor.layout.units.map {
          Splice(range: $0.range.lowerBound..<$0.range.lowerBound + 1, bytes: [free])
        }))
    return edited
  }

  private func checked(_ weight: Int, for pool: Pool?, instead former: Int = 0) throws(EditError) -> Int {
    if weight == 0 { throw .zeroWeight }
    let maximum = pool?.notation.form.largestWeight ?? largestTotal
    guard (1...maximum).contains(weight) else { throw .badWeight(weight, maximum: maximum) }
    let before = pool?.totalWeight ?? 0
    let total = before - former + weight
    // A pool that has more parts already may keep them. A new member comes with one part, and gets its share after that.
    guard weight <= max(former, 1) || max(maximum, before) > largestTotal || total <= largestTotal else {
      throw .badTotal(total, maximum: largestTotal)
    }
    return weight
  }
}

/// A pool that can be edited, and what each edit comes to in splices.
struct PoolEditor {
  let pool: Pool
  let layout: PoolLayout
  let config: MailConfig
  /// What surrounds a stock pool and has to follow its edits.
  let net: NetEditor?

  init(_ name: String, in config: MailConfig) throws(EditError) {
    try self.init(try config.poolToEdit(name), in: config)
  }

  /// - Parameters:
  ///   - pool: one of `config`.
  ///   - line: see PoolLayout.
  init(_ pool: Pool, in config: MailConfig, line: Range<Int>? = nil) throws(EditError) {
    guard pool.notation != .single else {
      throw .onlyOneDestination(pool.id, destination: pool.text.text.text)
    }
    guard let layout = PoolLayout(pool, in: config, line: line) else { throw .notInOnePlace(pool.id) }
    self.pool = pool
    self.layout = layout
    self.config = config
    net = NetEditor(pool, in: layout.document, of: config)
  }

  /// The member that `name` means: as it is written, or any spelling of its gateway if only one member matches.
  func member(_ name: String) throws(EditError) -> Member {
    let matches = pool.members(matching: name, in: config)
    guard let first = matches.first else {
      throw .unknownMember(name, pool: pool.id, known: pool.members.map(\.result))
    }
    guard matches.count == 1 else { throw .ambiguousMember(name, matches: matches.map(\.result)) }
    return first
  }

  func active(_ name: String) throws(EditError) -> Member {
    let member = try member(name)
    if member.isDrained { throw .isDrained(name) }
    return member
  }

  /// The same for an edit that gives it a weight, which a new member gets with `add`.
  func active(_ name: String, weight: String) throws(EditError) -> Member {
    do throws(EditError) { return try active(name) } catch {
      guard case .unknownMember(let name, let id, let known, _) = error else { throw error }
      let spellings = [name] + (pool.onlyTransport.map { ["\($0):\(name)"] } ?? [])
      let call = spellings.first { config.problem(with: $0, in: pool) == nil }.map {
        "randmap add \(id.asArgument) \($0.asArgument) \(weight)"
      }
      throw .unknownMember(name, pool: id, known: known, call: call)
    }
  }

  /// Gives members weights: missing copies come after the last one, spare ones are removed from the end.
  func setting(_ weights: [(Member, Int)]) throws(EditError) -> [Splice] {
    if hasRows { return settingRows(weights) }
    return weights.flatMap { member, weight -> [Splice] in
      guard let last = member.items.last else { return [] }
      if weight > member.weight {
        return [layout.insertion(of: member.result, copies: weight - member.weight, after: last)]
      }
      return layout.removals(of: layout.spare(member.items, member.weight - weight))
    }
  }

  func removing(_ member: Member) throws(EditError) -> [Splice] {
    if hasRows {
      if !member.isDrained { try guardLast(member) }
      return removingRow(member)
    }
    let own: [Splice]
    if member.isDrained {
      own = try drainedItem(member).map { [Splice(range: layout.wholeLine($0.line.range), bytes: [])] } ?? []
    } else {
      try guardLast(member)
      own = layout.removals(of: member.items)
    }
    let plan = try rampItem(member).map { [Splice(range: layout.wholeLine($0.line.range), bytes: [])] } ?? []
    return own + plan + (try net?.leaving(member, forGood: true) ?? [])
  }

  func guardLast(_ member: Member) throws(EditError) {
    // A member that the agent leaves out may go: those that get mail stay.
    let isLast =
      member.getsMail
      ? pool.totalWeight <= member.weight : pool.members.filter { !$0.isDrained }.count <= 1
    guard !isLast else { throw .wouldEmpty(pool.id) }
  }

  /// The weights of all members, divided by their common divisor.
  var reducedWeights: [(Member, Int)] {
    let active = pool.members.filter { !$0.isDrained }
    let divisor = active.map(\.weight).commonDivisor
    return divisor > 1 ? active.map { ($0, $0.weight / divisor) } : []
  }

  /// The smallest weights that give `member` its share within `tolerance`, the others keeping their ratios: with a total of at
  /// most 100 where that is enough, otherwise of at most 1000; if none does, those that come nearest;
  /// refused where these are more than 5 percentage points off, or more than half of what was asked for.
  func weights(
    giving share: Double, to member: Member, within tolerance: Double
  ) throws(EditError) -> [(Member, Int)] {
    // The plans of rows hold shares, whatever the weights are: the others divide the rest.
    let others = pool.members.filter {
      !$0.isDrained && $0.result != member.result && !(hasRows && $0.ramp != nil)
    }
    let share = hasRows ? share / (1 - plannedShare(without: member)) : share
    guard share > 0, share < 1, !others.isEmpty else { throw .badShare }
    if hasRows, let weights = rowWeights(giving: share, to: member, beside: others) { return weights }
    let divisor = others.map(\.weight).commonDivisor
    let rest = others.reduce(0) { $0 + $1.weight } / divisor
    // An edit of rows makes no text longer.
    let most =
      hasRows
      ? max(largestTotal, min(1_000 * rest, pool.notation.form.largestWeight))
      : rest < largestTotal ? largestTotal : 2 * rest
    let usual = tolerance < usualTolerance || pool.totalWeight > usualTotal || hasRows ? most : usualTotal
    var best = Self.nearest(to: share, beside: rest, within: tolerance, total: usual)
    if best?.error ?? 1 > tolerance + 1e-9 {
      best = Self.nearest(to: share, beside: rest, within: tolerance, total: most)
    }
    guard let best, best.error <= max(tolerance, min(largestError, share / 2)) else {
      let nearest = best.map { Double($0.weight) / Double($0.weight + $0.factor * rest) }
      throw .shareOutOfReach(nearest: nearest, others: rest * divisor, maximum: most)
    }
    return others.map { ($0, $0.weight / divisor * best.factor) } + [(member, best.weight)]
  }

  /// How often the others, of `rest` parts, and how often one member comes, for its share.
  private static func nearest(
    to share: Double, beside rest: Int, within tolerance: Double, total maximum: Int
  ) -> (factor: Int, weight: Int, error: Double)? {
    var best: (factor: Int, weight: Int, error: Double)?
    for factor in 1...max(1, maximum / rest) {
      let free = maximum - factor * rest
      guard free > 0 else { break }
      let weight = min(max(1, Int((share * Double(factor * rest) / (1 - share)).rounded())), free)
      let error = abs(Double(weight) / Double(weight + factor * rest) - share)
      if let best, best.error <= tolerance {
        // The weight stays, and the others may come nearer: 1% is 99:1, not 90:1.
        guard weight == best.weight, error < best.error else { break }
      }
      if error < best?.error ?? .infinity { best = (factor, weight, error) }
      if error < 1e-9 { break }
    }
    return best
  }
}

extension Pool {
  /// The smallest total weight with which `member` would have just this share, also where it is more than a list has.
  package func exactTotal(giving share: Double, to member: Member) -> Int? {
    let others = members.filter { !$0.isDrained && $0.result != member.result }
    let divisor = max(1, others.map(\.weight).commonDivisor)
    let rest = others.reduce(0) { $0 + $1.weight } / divisor
    guard rest > 0, share > 0, share < 1 else { return nil }
    let most = 100 * largestTotal
    for factor in 1...max(1, most / rest) {
      let weight = share * Double(factor * rest) / (1 - share)
      let whole = weight.rounded()
      if whole >= 1, abs(weight - whole) < 1e-9 * max(1, weight), factor * rest + Int(whole) <= most {
        return factor * rest + Int(whole)
      }
    }
    return nil
  }
}
