// The mouse: a click chooses a row, shows a view, sorts by a column or does what a hint says; the wheel scrolls. It never
// answers a question: a click that was meant for the line before could.

extension Binding {
  /// Terminals select text only while no program takes the mouse.
  static let mouse = Binding(
    .show, [.character("M")], "mouse",
    "Let the terminal select text with the mouse, or use the mouse here again",
    action: { model in
      model.facts.settings.mouse.toggle()
      let words =
        model.facts.settings.mouse
        ? "the mouse chooses and scrolls" : "the terminal has the mouse, to select text"
      model.notice = Notice(text: words, role: .info)
      return [.useSettings(model.facts.settings)]
    })
}

extension Model {
  /// How many rows the wheel goes.
  private static let notch = 3

  mutating func take(_ mouse: Mouse) -> [Effect] {
    // What a terminal still had to say when the mouse was taken from it.
    guard facts.settings.mouse else { return [] }
    switch mouse.action {
    case .wheelUp: return scroll(.up)
    case .wheelDown: return scroll(.down)
    case .click: return click(mouse.place)
    }
  }

  private mutating func scroll(_ key: Key) -> [Effect] {
    let step = key == .down ? Self.notch : -Self.notch
    switch dialog {
    case nil: views[shown].move(by: step)
    case .confirm(let confirmation):
      if confirmation.writesFiles { views[shown].move(by: step) }
    // There, up and down choose another place.
    case .prompt: break
    case .help, .detail, .answer, .address, .sharing:
      var effects: [Effect] = []
      for _ in 0..<Self.notch { effects += press(key) }
      return effects
    }
    return []
  }

  private mutating func click(_ place: Point) -> [Effect] {
    guard let target = view(screen).target(at: place) else { return [] }
    switch (dialog, target) {
    case (.detail, .key(let key)), (.answer, .key(let key)): return press(key)
    case (nil, .key(let key)): return press(key)
    case (nil, .row(let index)): views[shown].choose(index)
    case (nil, .view(let index)): show(ViewList.all[index])
    case (nil, .order(let column)):
      if views[shown].sorting.column == column {
        views[shown].sorting.isReversed.toggle()
      } else {
        sort(by: column)
      }
    default: return []
    }
    notice = work.map { Notice(text: $0.ongoing, role: .info) }
    return []
  }
}
