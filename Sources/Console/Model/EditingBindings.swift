// The keys that change something or send something out.

import Editing
import PostfixFiles
import Routing

extension Binding {
  static let editing: [Binding] = [
    Binding(
      [.character("+")], "more", hint: "weight", "List the member once more: a larger share of the mail",
      in: [.pools, .gateways], isHinted: true, disabled: { $0.whyNoWeight(by: 1) },
      action: { $0.changeWeight(by: 1) }),
    Binding(
      [.character("-")], "less", hint: "weight", "List the member once less", in: [.pools, .gateways],
      isHinted: true, disabled: { $0.whyNoWeight(by: -1) }, action: { $0.changeWeight(by: -1) }),
    Binding(
      [.character("=")], "percent", "Give the member a percentage; the others keep their ratios",
      in: [.pools, .gateways], isHinted: true, disabled: { $0.whyNoWeight(by: 0) },
      action: { console in
        if let (pool, member) = console.onlyMembership {
          console.ask(.share(pool: pool.id, member: member.result))
        }
        return []
      }),
    Binding(
      [.character("d")], "drain",
      "Send no mail to the member, or to the gateway in all its pools",
      in: [.pools, .gateways],
      isHinted: true, disabled: { $0.whyNoEdits($0.drains, else: "already drained") },
      action: { $0.makeAll($0.drains) }),
    Binding(
      [.character("r")], "restore", "Take a drained member or gateway back",
      in: [.pools, .gateways], isHinted: true, disabled: { $0.whyNoEdits($0.restores, else: "not drained") },
      action: { $0.makeAll($0.restores) }),
    Binding(
      [.character("a")], "add", "Add a member to the pool", in: [.pools], isHinted: true,
      disabled: { console in
        console.whyReadOnly ?? (console.chosenPoolRow == nil ? "no pool is chosen" : console.whySingle)
      },
      action: { console in
        if let row = console.chosenPoolRow { console.ask(.newMember(pool: row.pool.id)) }
        return []
      }),
    Binding(
      [.character("x"), .delete], "remove", "Remove the member from the pool, or the route",
      in: [.pools, .routes],
      isHinted: true, disabled: { $0.whyNoRemoval }, action: { $0.confirmRemoval() }),
    Binding(
      [.character("e"), .enter], "edit", "Edit the member's text, or the route's value",
      in: [.pools, .routes],
      isHinted: true, disabled: { $0.whyNoTextEdit }, action: { $0.editText() }),
    Binding(
      [.character("a")], "add", "Add an entry to the table", in: [.routes], isHinted: true,
      disabled: { $0.whyReadOnly },
      action: { console in
        console.ask(.newRoute)
        return []
      }),
    Binding(
      [.character("p")], "probe", "Probe the chosen gateway now", in: [.gateways], isHinted: true,
      disabled: { $0.chosenGateway == nil ? "no gateway is chosen" : nil },
      action: { console in
        guard let use = console.chosenGateway else { return [] }
        console.notice = Notice(text: "probing \(printable(use.gateway.description))", role: .info)
        return [.probe(use.gateway)]
      }),
    Binding(
      [.character("P")], "probe-all", "Probe all gateways now",
      disabled: { $0.gateways.isEmpty ? "there is no gateway" : nil },
      action: { console in
        console.notice = Notice(text: "probing all gateways", role: .info)
        return [.probe(nil)]
      }),
    Binding(
      [.character("u")], "undo", "Take the last edit back", isHinted: true,
      disabled: {
        if let work = $0.work { return "still \(work.ongoing)" }
        return $0.session.undoSummary == nil ? "no edit to take back (W takes the last write back)" : nil
      },
      action: { console in
        console.notice = console.session.undoSummary.map { Notice(text: "undone: \($0)", role: .changed) }
        console.session.undo()
        return []
      }),
    Binding(
      [.character("U"), .control("r")], "redo", "Make the edit again that was taken back",
      disabled: {
        if let work = $0.work { return "still \(work.ongoing)" }
        return $0.session.redoSummary == nil ? "nothing was taken back" : nil
      },
      action: { console in
        console.notice = console.session.redoSummary.map { Notice(text: "again: \($0)", role: .changed) }
        console.session.redo()
        return []
      }),
    Binding(
      [.character("w")], "write", "Show what changes in the files, then write it", isHinted: true,
      disabled: { $0.whyNoWrite }, action: { $0.confirmWrite() }),
    Binding(
      [.character("W")], "undo-write",
      "Show what taking the last write back changes in the files, then do it",
      disabled: {
        $0.whyReadOnly
          ?? ($0.session.isEdited ? "edits are not written yet: undo (u) or write (w) them first" : nil)
      },
      action: { console in
        console.begin(.previewUndo)
        return [.previewUndo]
      }),
  ]
}

extension Console {
  /// Why nothing can be edited at all.
  var whyReadOnly: String? {
    if identity.isReadOnly { return "read-only: started with --read-only" }
    if let work { return "still \(work.ongoing)" }
    return hasFiles ? nil : "the tables are still being read"
  }

  var whyNoWrite: String? {
    if let reason = whyReadOnly { return reason }
    return session.isEdited ? nil : "nothing is edited"
  }

  /// The pool and the member that a change of weight means: the chosen one, or the only membership of the chosen
  /// gateway.
  var onlyMembership: (pool: Pool, member: Member)? {
    if view == .pools { return chosenPoolRow.flatMap { row in row.member.map { (row.pool, $0) } } }
    return memberships.count == 1 ? memberships.first : nil
  }

  /// Every place of what is chosen: one member, or all members that name the chosen gateway.
  var memberships: [(pool: Pool, member: Member)] {
    if view == .pools { return onlyMembership.map { [$0] } ?? [] }
    guard let gateway = chosenGateway?.gateway else { return [] }
    return session.pools.filter { $0.notation != .single }.eachTextOnce.flatMap { pool in
      pool.members.filter { $0.gateways.first == gateway }.map { (pool, $0) }
    }
  }

  var drains: [Edit] {
    memberships.filter { !$0.member.isDrained }.map { .drain(pool: $0.pool.id, member: $0.member.result) }
  }

  var restores: [Edit] {
    memberships.filter { $0.member.isDrained }.map { .restore(pool: $0.pool.id, member: $0.member.result) }
  }

  /// Why nothing can be done to what is chosen, whatever it is.
  private var whyNoMember: String? {
    if let reason = whyReadOnly { return reason }
    switch view {
    case .gateways:
      if chosenGateway == nil { return "no gateway is chosen" }
      return memberships.isEmpty ? "no pool has this gateway as a member" : nil
    default:
      switch chosenPoolRow {
      case nil: return "no pool is chosen"
      case .pool: return "choose one of its members"
      case .removed: return "removed: undo (u) brings it back"
      case .member: return whySingle
      }
    }
  }

  /// Why a pool of one cannot be edited as a pool.
  var whySingle: String? {
    chosenPoolRow?.pool.notation == .single ? "one destination, not a pool: edit it in 3 Routes" : nil
  }

  func whyNoWeight(by step: Int) -> String? {
    if let reason = whyNoMember { return reason }
    guard let (_, member) = onlyMembership else {
      return "in \(memberships.count) pools: choose one in 2 Pools"
    }
    if member.isDrained { return "drained: restore (r) it first" }
    if member.weight + step < 1 { return "weight 1 is the least: drain (d) or remove (x) it" }
    return member.weight + step > maximumWeight ? "weight \(maximumWeight) is the most" : nil
  }

  func whyNoEdits(_ edits: [Edit], else reason: String) -> String? {
    whyNoMember ?? (edits.isEmpty ? reason : nil)
  }

  mutating func changeWeight(by step: Int) -> [Effect] {
    guard let (pool, member) = onlyMembership else { return [] }
    make([.setWeight(pool: pool.id, member: member.result, weight: member.weight + step)])
    return []
  }

  mutating func makeAll(_ edits: [Edit]) -> [Effect] {
    make(edits)
    return []
  }

  var whyNoRemoval: String? {
    view == .routes ? whyReadOnly ?? (chosenRoute == nil ? "no route is chosen" : nil) : whyNoMember
  }

  var whyNoTextEdit: String? {
    if view == .routes {
      return whyNoRemoval
        ?? (isSpread ? "in several lines: edit its members in 2 Pools, or the file with an editor" : nil)
    }
    if let reason = whyNoMember { return reason }
    return chosenPoolRow?.member?.isDrained == true ? "drained: restore (r) it first" : nil
  }

  /// Whether the value of the chosen route goes on in further lines: typed anew, it would lose what stands between them.
  private var isSpread: Bool {
    guard let route = chosenRoute, !route.value.isEmpty else { return false }
    guard let span = route.value.span(), let document = session.current.document(span.file) else {
      return true
    }
    return document[span.range].contains(UInt8(ascii: "\n"))
  }

  mutating func editText() -> [Effect] {
    if view == .routes, let route = chosenRoute {
      ask(.routeValue(key: route.name, table: route.table), text: route.value.text)
    } else if let row = chosenPoolRow, let member = row.member {
      ask(
        .renamedMember(pool: row.pool.id, member: member.result, weight: member.weight), text: member.result)
    }
    return []
  }
}

extension Route {
  /// The path of the table that it stands in; nil for a parameter.
  var table: String? { if case .entry(let table, _) = place { table } else { nil } }
}
