// The keys for members of pools. The views that have a member, or a gateway with all its members, share them.

import Editing
import Routing

extension Binding {
  /// For a `MemberView`.
  static let members: [Binding] = [
    Binding(
      .change, [.character("+")], "more", hint: "weight",
      "List the member once more: a larger share of the mail", isHinted: true,
      disabled: { $0.whyNoWeight(by: 1) }, action: { $0.changeWeight(by: 1) }),
    Binding(
      .change, [.character("-")], "less", hint: "weight", "List the member once less", isHinted: true,
      disabled: { $0.whyNoWeight(by: -1) }, action: { $0.changeWeight(by: -1) }),
    Binding(
      .change, [.character("#")], "weight", "Give the member a weight",
      disabled: { $0.whyNoWeight(by: 0) },
      action: { model in
        if let (pool, member) = model.onlyMembership {
          model.ask(.weight(pool: pool.id, member: member.result))
        }
        return []
      }),
    Binding(
      .change, [.character("=")], "percent", "Give the member a percentage; the others keep their ratios",
      isHinted: true, disabled: { $0.whyNoWeight(by: 0) },
      action: { model in
        if let (pool, member) = model.onlyMembership {
          model.ask(.share(pool: pool.id, member: member.result))
        }
        return []
      }),
    Binding(
      .change, [.character("d")], "drain",
      "Send no mail to it, in all its pools in 1 Gateways; it asks until when, and why",
      isHinted: true, disabled: { $0.whyNoEdits($0.drains, else: "already drained") },
      action: { model in
        // Without a screen a line names all of it.
        if model.isPlain { model.make(model.drains) } else { model.ask(.drain(model.drains)) }
        return []
      }),
    Binding(
      .change, [.character("r")], "restore", "Take a drained member or gateway back", isHinted: true,
      disabled: { $0.whyNoEdits($0.restores, else: "not drained") },
      action: { model in
        model.make(model.restores)
        return []
      }),
  ]
}

extension Model {
  /// Every member that is meant: the chosen one, or all that name the chosen gateway.
  private var memberships: [PoolMembership] {
    (views[shown] as? any MemberView)?.memberships(facts) ?? []
  }

  /// The one that a change of weight means.
  fileprivate var onlyMembership: PoolMembership? { memberships.count == 1 ? memberships.first : nil }

  /// Why nothing can be done to what is chosen; nil where something can.
  var whyNoMember: String? {
    if let reason = whyReadOnly { return reason }
    guard let view = views[shown] as? any MemberView else { return "no member is chosen" }
    return view.whyNoMember(facts)
  }

  fileprivate var drains: [Edit] {
    memberships.filter { !$0.member.isDrained }.map { .drain(pool: $0.pool.id, member: $0.member.result) }
  }

  fileprivate var restores: [Edit] {
    memberships.filter { $0.member.isDrained }.map { .restore(pool: $0.pool.id, member: $0.member.result) }
  }

  fileprivate func whyNoWeight(by step: Int) -> String? {
    if let reason = whyNoMember { return reason }
    guard let (pool, member) = onlyMembership else {
      return "in \(memberships.count) pools: choose one in 2 Pools"
    }
    if member.isDrained { return "drained: restore (r) it first" }
    if member.weight + step < 1 { return "weight 1 is the least: drain (d) or remove (x) it" }
    let most = pool.notation.form.largestWeight
    return member.weight + step > most ? "weight \(most) is the most" : nil
  }

  fileprivate func whyNoEdits(_ edits: [Edit], else reason: String) -> String? {
    whyNoMember ?? (edits.isEmpty ? reason : nil)
  }

  fileprivate mutating func changeWeight(by step: Int) -> [Effect] {
    if let (pool, member) = onlyMembership {
      make([.setWeight(pool: pool.id, member: member.result, weight: member.weight + step)])
    }
    return []
  }
}
