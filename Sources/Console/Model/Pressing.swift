// What a key does: it goes to the dialog that is open, otherwise to the bindings of the view.

import PostfixFiles

extension Model {
  /// Takes a key in.
  mutating func press(_ key: Key) -> [Effect] {
    if case .mouse(let mouse) = key { return take(mouse) }
    switch dialog {
    case .prompt(let prompt): return type(key, in: prompt)
    case .confirm(let confirmation): return answer(key, confirmation)
    case .sharing(let dialogue): return press(key, in: dialogue)
    case .address(let line):
      press(key, in: line)
      return []
    case .help(let list): return press(key, in: list)
    case .detail(let top):
      dialog = scrolled(key, from: top, of: views[shown].detail(facts)).map { .detail(from: $0) }
      return []
    case .answer(let detail, let top):
      dialog = scrolled(key, from: top, of: detail).map { .answer(detail, from: $0) }
      return []
    case nil: break
    }
    if key == .escape, let work, work.canBeStopped {
      stopWork()
      return []
    }
    // The editor changed nothing. If a file changes after this key, somebody else changed it.
    comesFromEditor = false
    notice = work.map { Notice(text: $0.ongoing, role: .info) }
    if case .paste = key {
      // Text that was meant for another window must not become commands.
      notice = Notice(text: "a paste is taken only where text is typed", role: .warning)
      return []
    }
    // Esc is pressed to be sure that nothing is open: that needs no answer.
    if key == .escape, views[shown].filter == nil { return [] }
    guard let binding = bindings.first(where: { $0.keys.contains(key) }) else {
      // A key that the person has bound to a command of another view says so.
      guard let command = facts.settings.bindings[key], command != Settings.noCommand else {
        sayNothingOn(key)
        return []
      }
      return run(command: command)
    }
    return run(binding)
  }

  /// Says why a key does nothing: it is one of other views, or none.
  private mutating func sayNothingOn(_ key: Key) {
    var places: [(command: String, views: [String])] = []
    for view in ViewList.all {
      for binding in facts.settings.giving(view.keys) where binding.keys.contains(key) {
        if let index = places.firstIndex(where: { $0.command == binding.command }) {
          places[index].views.append(view.title)
        } else {
          places.append((binding.command, [view.title]))
        }
      }
    }
    let words = places.map { "\($0.command) in \($0.views.joined(separator: " and "))" }
    let elsewhere = words.isEmpty ? "?, the help, has all keys" : words.joined(separator: ", ")
    notice = Notice(
      text: "\(printable(key.label)) does nothing in \(shownType.title): \(elsewhere)", role: .warning)
  }

  mutating func run(_ binding: Binding) -> [Effect] {
    if let reason = binding.disabled(self) {
      notice = Notice(text: "\(binding.hint): \(reason)", role: .warning)
      return []
    }
    return binding.action(&self)
  }

  /// Runs a command by its name, or by the beginning of one that no other command shares.
  mutating func run(command text: String) -> [Effect] {
    let words = text.split(separator: " ").map(String.init)
    guard let name = words.first else { return [] }
    if let address = problem(ofAddress: text) {
      notice = Notice(text: address, role: .warning)
      return []
    }
    // Words after the command would be ignored, and the command would act on something else.
    guard words.count == 1 else {
      notice = Notice(text: "\"\(name)\" takes nothing after it: it acts on what is chosen", role: .warning)
      return []
    }
    let matches = Binding.commands(matching: name)
    let own = facts.settings.giving(Binding.all(in: shownType) + shownType.filterKeys)
    let here = own.first { $0.command == name }
    let exact = here ?? matches.first { $0.command == name }
    let withWords = LineCommand.all.first { $0.name == name }?.usage
    guard let binding = exact ?? (withWords == nil ? matches.first : nil), exact != nil || matches.count == 1
    else {
      let unknown =
        matches.isEmpty
        ? "no command \"\(shortened(name))\""
        : "\"\(name)\" could be any of \(matches.map(\.command).joined(separator: ", "))"
      notice = Notice(text: withWords.map { "need \($0)" } ?? unknown, role: .warning)
      return []
    }
    guard let inView = own.first(where: { $0.command == binding.command }) else {
      sayNotHere(binding.command, withWords: withWords)
      return []
    }
    return run(inView)
  }

  /// Says where a command works that does not work here.
  mutating func sayNotHere(_ command: String, withWords usage: String? = nil) {
    let views = ViewList.all.filter { view in view.keys.contains { $0.command == command } }
    let places = views.map { $0.title }.joined(separator: " and ")
    let elsewhere = [places.isEmpty ? nil : "it works in \(places)", usage.map { "anywhere: \($0)" }]
    let words = ["not in \(shownType.title)"] + elsewhere.compactMap(\.self)
    notice = Notice(text: "\(command): \(words.joined(separator: "; "))", role: .warning)
  }

  /// What was typed may be a whole file.
  private func shortened(_ text: String) -> String { text.count > 60 ? text.prefix(60) + "…" : text }

  /// The first line that shows after a key; nil where the key leaves the detail.
  private func scrolled(_ key: Key, from top: Int, of detail: Detail?) -> Int? {
    let last = max(0, (detail?.lines.count ?? 0) - 1)
    let step: Int
    switch key {
    case .down, .character("j"): step = 1
    case .up, .character("k"): step = -1
    case .pageDown, .character(" "), .control("f"): step = 10
    case .pageUp, .control("b"): step = -10
    case .home, .character("g"): step = -top
    case .end, .character("G"): step = last
    case .escape, .enter, .control("c"), .character("i"), .character("q"): return nil
    default: step = 0
    }
    return min(last, max(0, top + step))
  }
}
