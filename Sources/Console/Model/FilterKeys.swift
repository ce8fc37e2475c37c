// The filter of a list, the search in a diff, and the two keys that go from match to match while one of them is on.

import PostfixFiles

extension Binding {
  /// For the views whose rows can be filtered.
  static let filter = Binding(
    .show, [.character("/")], "filter",
    "Show only what has all of these words in it; n and N go from one to the next", isHinted: true,
    action: { model in
      model.ask(.filter(narrows: true), text: model.views[model.shown].filter ?? "")
      return []
    })

  /// For a text that is read as a whole.
  static let search = Binding(
    .show, [.character("/")], "search", "Go to the lines that have all of these words; n and N go on",
    isHinted: true, disabled: { $0.views[$0.shown].count == 0 ? "there is no text to search" : nil },
    action: { model in
      model.ask(.filter(narrows: false), text: model.views[model.shown].filter ?? "")
      return []
    })

  /// While a filter or a search is on, these keys mean this: n shares mail again once Esc has ended it.
  static let ofFilter: [Binding] = [
    Binding(
      .show, [.character("n")], "next-match", hint: "match",
      "While a filter or a search (/) is on: go to the next match", isHinted: true,
      disabled: { $0.whyNoMatch }, action: { $0.goToMatch(1) }),
    Binding(
      .show, [.character("N")], "back-match", hint: "match",
      "While a filter or a search (/) is on: go to the match before", isHinted: true,
      disabled: { $0.whyNoMatch }, action: { $0.goToMatch(-1) }),
  ]
}

extension View {
  /// The keys of a filter, where the view has one.
  static var filterKeys: [Binding] {
    keys.contains { $0.keys.contains(.character("/")) } ? Binding.ofFilter : []
  }
}

extension Model {
  /// What the keys mean now: of two bindings of one key the first counts, and the other one has it no more.
  var bindings: [Binding] {
    let own = facts.settings.giving(Binding.all(in: shownType))
    guard views[shown].filter != nil else { return own }
    let first = facts.settings.giving(shownType.filterKeys)
    let taken = Set(first.flatMap(\.keys))
    return Binding.inOrder(first + own.map { $0.without(taken) })
  }

  fileprivate var whyNoMatch: String? {
    guard let filter = views[shown].filter else { return "no filter is set: / sets one" }
    return match(1, from: views[shown].chosen ?? 0) == nil
      ? "nothing has \"\(printable(filter))\" in it" : nil
  }

  fileprivate mutating func goToMatch(_ step: Int) -> [Effect] {
    let view = views[shown]
    guard let now = view.chosen, let next = match(step, from: now) else { return [] }
    views[shown].choose(next)
    if next == now {
      notice = Notice(text: "the only match", role: .info)
    } else if (next > now) != (step > 0) {
      notice = Notice(text: step > 0 ? "from the first again" : "from the last again", role: .info)
    }
    return []
  }

  /// The next row that has the words itself, around the ends; at last the one that it began with.
  private func match(_ step: Int, from start: Int) -> Int? {
    let view = views[shown]
    guard view.count > 0, let text = view.filter else { return nil }
    let filter = Filter(text)
    return (1...view.count).lazy.map { (start + step * $0 + view.count * 2) % view.count }
      .first { view.matches(filter, at: $0) }
  }

  /// Goes to the first match from the chosen row on, while the words are typed.
  mutating func lookForMatch() {
    guard let now = views[shown].chosen, let next = match(1, from: now - 1) else { return }
    views[shown].choose(next)
  }
}
