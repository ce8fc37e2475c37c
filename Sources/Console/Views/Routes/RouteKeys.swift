// The keys of the Routes view.

import Editing
import Routing

extension RoutesView {
  static let keys: [Binding] =
    [
      Binding(
        .change, [.character("x"), .delete], "remove", "Remove the route", isHinted: true,
        disabled: { $0.whyNoRoute },
        action: { model in
          if let route = model[RoutesView.self].chosenRoute {
            model.confirmRemoval(.removeRoute(key: route.name, table: route.table))
          }
          return []
        }),
      Binding(
        .change, [.character("e"), .enter], "edit", "Edit the route's value", isHinted: true,
        disabled: { model in
          let isSpread = model[RoutesView.self].isSpread(model.facts)
          return model.whyNoRoute
            ?? (isSpread
              ? "in several lines: edit its members in 2 Pools, or the file (o)" : nil)
        },
        action: { model in
          if let route = model[RoutesView.self].chosenRoute {
            model.ask(.routeValue(key: route.name, table: route.table), text: route.value.text)
          }
          return []
        }),
      Binding(
        .change, [.character("a")], "add",
        "Give another gateway a part of the mail of this one; on a list of tables, add an entry",
        isHinted: true, disabled: { $0.whyReadOnly },
        action: { model in
          let view = model[RoutesView.self]
          // The row under the cursor may be another one in a moment.
          let chosen = view.isWaiting ? nil : view.chosenRoute
          if let pool = chosen.flatMap({ view.poolToJoin($0, model.facts) }) {
            model.add(to: pool)
          } else if let scope = chosen.flatMap({ view.mail($0, model.facts) }) {
            model.share(scope)
          } else {
            model.askForRoute(after: view.chosenRoute)
          }
          return []
        }),
      .address,
      .filter,
    ] + Binding.sorts
}

extension Model {
  /// Why nothing can be done to the chosen route.
  fileprivate var whyNoRoute: String? {
    if let reason = whyReadOnly { return reason }
    let view = self[RoutesView.self]
    // The row under the cursor may be another one in a moment.
    if view.isWaiting { return "still \(view.remark ?? "searching")" }
    return view.chosenRoute == nil ? "no route is chosen" : nil
  }
}
