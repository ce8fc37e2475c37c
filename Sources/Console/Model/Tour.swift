// The tour of the demonstration: a sentence on the rule above the keys, about what one can do next.

extension Binding {
  static let tour = Binding(
    .show, [.character(".")], "tour", "End the tour of the demonstration for good, or begin it again",
    disabled: { $0.facts.identity.isDemo ? nil : "only the demonstration (--demo) has a tour" },
    action: { model in
      let before = model.facts.settings
      model.facts.settings.tour.toggle()
      let value = model.facts.settings[.tour]
      model.notice = Notice(
        text: value == "yes" ? "the tour goes on" : "the tour has ended; . begins it again", role: .info)
      return [
        model.tryingOut(
          SettingChange(
            before: before, settings: model.facts.settings, name: Setting.tour.rawValue, value: value,
            isKept: true))
      ]
    })
}

extension Model {
  /// What to do next; nil where there is no tour.
  var tourWords: String? {
    guard facts.identity.isDemo, facts.settings.tour else { return nil }
    if facts.session.isEdited {
      return "nothing is written yet: w shows the diff and asks, u takes the edit back"
    }
    let hasWritten = facts.writes > 0
    return switch views[shown] {
    case is GatewaysView: "each row is a gateway and its share; 2 shows the pools"
    case is PoolsView:
      hasWritten ? "it is written: W takes it back, 6 shows all writes" : "+ and - change a share, d drains"
    case is RoutesView: "@ says where the mail for an address goes"
    case is ProblemsView: "x explains the problem, f makes its safe fix"
    case is ChangesView: hasWritten ? "W takes the write back" : "edit a pool in 2 Pools first"
    default: hasWritten ? "t takes the chosen write back" : "what you write shows here; n shares mail anew"
    }
  }

  /// Draws it from `x` on, as far as the whole of it fits.
  func drawTour(in frame: inout Frame, x: Int, y: Int) {
    guard let words = tourWords else { return }
    // The place of the chosen row is at the end of the line.
    let space = frame.size.columns - x - 14
    let texts = [" tour: \(words)  (. ends the tour) ", " tour: \(words) "]
    if let text = texts.first(where: { cellWidth($0) <= space }) { frame.put(text, x: x, y: y, Style(.info)) }
  }
}
