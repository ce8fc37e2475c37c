// What each edit makes of a configuration.

import Gateways
import PostfixFiles
import Routing

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
      + edited.notesOnLastMember(of: edits, context) + notesOnUnreadLines(of: edited, context)).map {
        printable($0)
      }
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
