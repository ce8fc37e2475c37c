// What the console hands to other programs: the chosen row to the clipboard, and its file to an editor.

import PostfixFiles
import Routing

extension Binding {
  static let copy = Binding(
    .show, [.character("y")], "copy",
    "Copy what is chosen: a gateway, a member, a route, a problem, the diff",
    disabled: { $0.views[$0.shown].clipping($0.facts) == nil ? "nothing is chosen" : nil },
    action: { model in
      guard let text = model.views[model.shown].clipping(model.facts)?.withoutControls else { return [] }
      guard text.utf8.count <= Model.longestClipping else {
        model.notice = Notice(
          text: "copy: \(text.utf8.count) bytes, and terminals take \(Model.longestClipping)", role: .warning)
        return []
      }
      // Without a screen the text is said, and no more need be.
      if model.isPlain { return [.copy(text)] }
      let lines = text.split(separator: "\n").count
      model.notice = Notice(
        text: "sent to the terminal's clipboard: \(lines == 1 ? printable(text) : "\(lines) lines")",
        role: .info)
      return [.copy(text)]
    })

  static let editor = Binding(
    .change, [.character("o")], "open", "Open the file at the line of what is chosen, in $VISUAL or $EDITOR",
    disabled: { model in
      if let work = model.work { return work.whyWait }
      return model.views[model.shown].place(model.facts) == nil ? "what is chosen is in no file" : nil
    },
    action: { model in
      guard let place = model.views[model.shown].place(model.facts) else { return [] }
      model.notice = nil
      model.comesFromEditor = true
      return [.openEditor(place), .lookAtFiles]
    })
}

extension Model {
  /// What xterm takes at once.
  static let longestClipping = 74_000

  /// What an editor has left is taken at once; where there are edits it is asked how.
  mutating func takeFromEditor(_ config: MailConfig) {
    comesFromEditor = false
    guard dialog == nil, work == nil, facts.session.isEdited else { return }
    offerReading(of: config)
  }
}

extension String {
  /// As it is shown: who pastes it gets no control characters of a stranger's but the ends of lines, and tabs.
  fileprivate var withoutControls: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map { printable(String($0)) }.joined(
        separator: "\t")
    }.joined(separator: "\n")
  }
}

extension Facts {
  /// The line that a range begins on.
  func place(of range: FileRange?) -> FilePlace? {
    range.flatMap { range in
      session.current.document(range.file).map { document in
        FilePlace(path: range.file, line: document.position(at: range.range.lowerBound).line)
      }
    }
  }
}
