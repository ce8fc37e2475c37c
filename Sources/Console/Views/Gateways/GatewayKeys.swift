// The keys of the Gateways view.

import PostfixFiles
import Routing

extension GatewaysView {
  static let keys: [Binding] =
    Binding.members + [
      Binding(
        .change, [.character("p")], "probe", "Probe the chosen gateway now", isHinted: true,
        disabled: { $0[GatewaysView.self].chosenUse == nil ? "no gateway is chosen" : nil },
        action: { model in
          guard let use = model[GatewaysView.self].chosenUse else { return [] }
          model.notice = Notice(text: "probing \(printable(use.gateway.description))", role: .info)
          return [.probe(use.gateway)]
        }),
      Binding(
        .change, [.character("a")], "add", "Give another gateway a part of its mail",
        disabled: { model in
          model.whyReadOnly
            ?? (model[GatewaysView.self].scope(model.facts) == nil
              ? "choose its pool in 2 Pools or its route in 3 Routes, and press a there; n makes a pool"
              : nil)
        },
        action: { model in
          if let scope = model[GatewaysView.self].scope(model.facts) { model.share(scope) }
          return []
        }),
      Binding(
        .show, [.enter], "pools-of", hint: "pools", "Show the pools that the gateway is in", isHinted: true,
        disabled: {
          ($0[GatewaysView.self].chosenUse?.pools ?? []).isEmpty
            ? "no pool has this gateway as a member" : nil
        },
        action: { model in
          guard let gateway = model[GatewaysView.self].chosenUse?.gateway else { return [] }
          model.show(PoolsView.self)
          model[PoolsView.self].choose(firstOf: gateway)
          return []
        }),
      Binding(
        .show, [.character("N")], "next", "Go to the next gateway that is not up",
        disabled: {
          $0[GatewaysView.self].nextTrouble($0.facts) == nil
            ? "nothing is wrong with any other gateway" : nil
        },
        action: { model in
          if let next = model[GatewaysView.self].nextTrouble(model.facts) {
            model[GatewaysView.self].choose(next)
          }
          return []
        }),
      .tryAddress,
      .tryAgain,
      .whatIf,
      .filter,
      .window,
      Binding(
        .show, [.character("i")], "detail",
        "Show all details of the gateway: its certificate, the dialogue of the probe", isHinted: true,
        disabled: { $0[GatewaysView.self].chosenUse == nil ? "no gateway is chosen" : nil },
        action: { model in
          model.dialog = .detail(from: 0)
          return []
        }),
    ] + Binding.sorts
}
