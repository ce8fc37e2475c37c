// What a key does: it goes to the dialog that is open, otherwise to the bindings of the view.

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
    case .help(let line, let top):
      help(key, line, top)
      return []
    case .detail(let top):
      scrollDetail(key, from: top)
      return []
    case nil: break
    }
    if key == .escape, work == .check {
      stopCheck()
      return []
    }
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
      guard let command = facts.settings.bindings[key], command != Settings.noCommand else { return [] }
      return run(command: command)
    }
    return run(binding)
  }

  private mutating func run(_ binding: Binding) -> [Effect] {
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
    // Words after the command would be ignored, and the command would act on something else.
    guard words.count == 1 else {
      notice = Notice(text: "\"\(name)\" takes nothing after it: it acts on what is chosen", role: .warning)
      return []
    }
    let matches = Binding.commands(matching: name)
    let own = facts.settings.giving(Binding.all(in: shownType) + shownType.filterKeys)
    let here = own.first { $0.command == name }
    let exact = here ?? matches.first { $0.command == name }
    guard let binding = exact ?? matches.first, exact != nil || matches.count == 1 else {
      notice = Notice(
        text: matches.isEmpty
          ? LineCommand.all.first { $0.name == name }.map { "need \($0.usage)" } ?? "no command \"\(name)\""
          : "\"\(name)\" could be any of "
            + matches.map(\.command).joined(separator: ", "), role: .warning)
      return []
    }
    guard let inView = own.first(where: { $0.command == binding.command }) else {
      notice = Notice(text: "\(binding.command): not in \(shownType.title)", role: .warning)
      return []
    }
    return run(inView)
  }

  private mutating func help(_ key: Key, _ line: LineEditor, _ top: Int) {
    var line = line
    let filter = Filter(line.text)
    let count = facts.settings.giving(Binding.all).count { $0.matches(filter) }
    switch key {
    case .escape, .enter, .control("c"), .character("?"): dialog = nil
    case .down, .pageDown: dialog = .help(line, from: min(max(0, count - 1), top + (key == .down ? 1 : 10)))
    case .up, .pageUp: dialog = .help(line, from: max(0, top - (key == .up ? 1 : 10)))
    default:
      if line.handle(key) { dialog = .help(line, from: 0) }
    }
  }

  private mutating func scrollDetail(_ key: Key, from top: Int) {
    let last = max(0, (views[shown].detail(facts)?.lines.count ?? 0) - 1)
    let step: Int
    switch key {
    case .down, .character("j"): step = 1
    case .up, .character("k"): step = -1
    case .pageDown, .character(" "), .control("f"): step = 10
    case .pageUp, .control("b"): step = -10
    case .home, .character("g"): step = -top
    case .end, .character("G"): step = last
    case .escape, .enter, .control("c"), .character("i"), .character("q"):
      dialog = nil
      return
    default: return
    }
    dialog = .detail(from: min(last, max(0, top + step)))
  }
}
