// The keys of the Pools view.

import Editing
import Routing

extension PoolsView {
  static let keys: [Binding] =
    Binding.members + [
      Binding(
        .change, [.character("a")], "add", "Add a member to the pool", isHinted: true,
        disabled: { model in
          let view = model[PoolsView.self]
          return model.whyReadOnly ?? (view.chosenRow == nil ? "no pool is chosen; n makes one" : nil)
        },
        action: { model in
          if let row = model[PoolsView.self].chosenRow { model.add(to: row.pool) }
          return []
        }),
      Binding(
        .change, [.character("x"), .delete], "remove", "Remove the member from the pool", isHinted: true,
        disabled: { $0.whyNoMember },
        action: { model in
          if let row = model[PoolsView.self].chosenRow, let member = row.member {
            model.confirmRemoval(.remove(pool: row.pool.id, member: member.result))
          }
          return []
        }),
      Binding(
        .change, [.character("e"), .enter], "edit", "Edit the member's text", isHinted: true,
        disabled: { model in
          let isDrained = model[PoolsView.self].chosenRow?.member?.isDrained == true
          return model.whyNoMember ?? (isDrained ? "drained: restore (r) it first" : nil)
        },
        action: { model in
          if let row = model[PoolsView.self].chosenRow, let member = row.member {
            model.ask(
              .renamedMember(pool: row.pool.id, member: member.result, weight: member.weight),
              text: member.result)
          }
          return []
        }),
      .filter, .window,
    ] + Binding.sorts
}
