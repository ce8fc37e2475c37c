// What a key does in the help: it searches, chooses a key, and runs what that does.

extension Model {
  /// The keys that the help shows: what works here comes first.
  func bindings(in list: KeyList) -> [Binding] {
    let here = Binding.inOrder(Binding.all(in: shownType) + shownType.filterKeys)
    let elsewhere = Binding.all.filter { !$0.works(in: shownType) }
    let filter = Filter(list.line.text)
    return facts.settings.giving(here + elsewhere).filter { $0.matches(filter) }
  }

  mutating func press(_ key: Key, in list: KeyList) -> [Effect] {
    var list = list
    let count = bindings(in: list).count
    func go(_ step: Int) {
      let next = list.chosen.map { $0 + step } ?? (step > 0 ? step - 1 : 0)
      list.chosen = count == 0 ? nil : min(count - 1, max(0, next))
    }
    switch key {
    case .escape, .control("c"), .character("?"):
      dialog = nil
      return []
    case .enter: return run(chosenIn: list)
    case .down: go(1)
    case .up: go(-1)
    case .pageDown: go(10)
    case .pageUp: go(-10)
    default:
      let before = list.line.text
      guard list.line.handle(key) else { return [] }
      if list.line.text != before {
        list.top = 0
        list.chosen = list.line.isEmpty || bindings(in: list).isEmpty ? nil : 0
      }
    }
    dialog = .help(list)
    return []
  }

  private mutating func run(chosenIn list: KeyList) -> [Effect] {
    dialog = nil
    let all = bindings(in: list)
    guard let chosen = list.chosen, all.indices.contains(chosen) else { return [] }
    let binding = all[chosen]
    notice = nil
    guard binding.works(in: shownType) else {
      sayNotHere(binding.command)
      return []
    }
    return run(binding)
  }
}
