// The keys of the History view.

import PostfixFiles

extension HistoryView {
  static let keys: [Binding] =
    [
      Binding(
        .change, [.character("t")], "take-back", hint: "take back",
        "Show what taking the chosen write back changes in the files, then do it", isHinted: true,
        disabled: { model in
          if let reason = model.whyNoUndo { return reason }
          guard let write = model[HistoryView.self].chosenWrite else { return "no write is chosen" }
          return write.undone == nil ? nil : "it was taken back already"
        },
        action: { model in
          guard let write = model[HistoryView.self].chosenWrite else { return [] }
          return model.askToUndo(write.number)
        }),
      Binding(
        .show, [.enter, .character("i")], "detail", "Show all of the write: who, when, its diff",
        isHinted: true,
        disabled: { $0[HistoryView.self].chosenWrite == nil ? "no write is chosen" : nil },
        action: { model in
          model.dialog = .detail(from: 0)
          return []
        }),
      .filter,
    ] + Binding.sorts
}

extension Model {
  /// Why no write can be taken back; nil where one can.
  var whyNoUndo: String? {
    whyNoWrite
      ?? (facts.session.isEdited
        ? "edits are not written yet: undo (u) or write (w) them first" : nil)
  }

  /// Looks up what taking a write back would change; nil: the last one.
  mutating func askToUndo(_ number: Int?) -> [Effect] {
    begin(.previewUndo)
    return [.previewUndo(number, work: works)]
  }

  /// A write cannot be taken back, because later writes, or others, changed the lines that it changed.
  mutating func show(conflict lines: [String], of number: Int, by author: String, because reason: String) {
    work = nil
    notice = Notice(text: "undo-write: \(reason)", role: .warning)
    guard dialog == nil else { return }
    if shownType != HistoryView.self { show(HistoryView.self) }
    self[HistoryView.self].take(conflict: lines, of: number, by: author)
    dialog = .detail(from: 0)
  }
}
