// A key binding as data: the keys, the words for it, why it is off now, and what it does. The hint bar, the help,
// the command line and the manual page all come from the tables of bindings.

/// What a key does.
public struct Binding: Sendable {
  /// Where a binding works.
  enum Scope: Hashable, Sendable {
    case everywhere
    case views(Set<ViewName>)
  }

  let keys: [Key]
  /// Its name on the command line.
  public let command: String
  /// One word for the hint bar.
  let hint: String
  /// What it does, for the help and the manual page.
  public let description: String
  let scope: Scope
  /// Whether the hint bar shows it, if there is room.
  let isHinted: Bool
  /// Why it does nothing now; nil where it works.
  let disabled: @Sendable (Console) -> String?
  let action: @Sendable (inout Console) -> [Effect]

  init(
    _ keys: [Key], _ command: String, hint: String? = nil, _ description: String,
    in views: Set<ViewName>? = nil,
    isHinted: Bool = false, disabled: @escaping @Sendable (Console) -> String? = { _ in nil },
    action: @escaping @Sendable (inout Console) -> [Effect]
  ) {
    self.keys = keys
    self.command = command
    self.hint = hint ?? command
    self.description = description
    scope = views.map(Scope.views) ?? .everywhere
    self.isHinted = isHinted
    self.disabled = disabled
    self.action = action
  }

  func works(in view: ViewName) -> Bool {
    switch scope {
    case .everywhere: true
    case .views(let views): views.contains(view)
    }
  }

  /// The keys as people read them: `+`, `x/Delete`.
  public var keyLabel: String { keys.map(\.label).joined(separator: "/") }

  /// Every binding: those of the lists first, because they are what a hint bar is for.
  public static let all: [Binding] = editing + viewing + moving

  /// The commands that begin with `text`, each name once.
  static func commands(matching text: String) -> [Binding] {
    var seen: Set<String> = []
    return all.filter { $0.command.hasPrefix(text) && seen.insert($0.command).inserted }
  }
}

extension Console {
  /// The bindings that stand behind a key here.
  func binding(for key: Key) -> Binding? {
    Binding.all.first { $0.works(in: view) && $0.keys.contains(key) }
  }

  /// Takes a key in.
  mutating func press(_ key: Key) -> [Effect] {
    switch dialog {
    case .prompt(let prompt): return type(key, in: prompt)
    case .confirm(let confirmation): return answer(key, confirmation)
    case .help(let line, let top):
      help(key, line, top)
      return []
    case .detail(let top):
      scrollDetail(key, from: top)
      return []
    case nil: break
    }
    notice = nil
    if case .paste = key {
      // Text that was meant for another window must not become commands.
      notice = Notice(text: "a paste is taken only where text is typed", role: .warning)
      return []
    }
    guard let binding = binding(for: key) else { return [] }
    return run(binding)
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
    // What is behind a command would be left out, and the command act on something else.
    guard words.count == 1 else {
      notice = Notice(text: "\"\(name)\" takes nothing behind it: it acts on what is chosen", role: .warning)
      return []
    }
    let matches = Binding.commands(matching: name)
    let here = Binding.all.first { $0.command == name && $0.works(in: view) }
    guard let binding = here ?? matches.first, here != nil || matches.count == 1 else {
      notice = Notice(
        text: matches.isEmpty
          ? "no command \"\(name)\""
          : "\"\(name)\" could be any of "
            + matches.map(\.command).joined(separator: ", "), role: .warning)
      return []
    }
    guard binding.works(in: view) else {
      notice = Notice(text: "\(binding.command): not in \(view.title)", role: .warning)
      return []
    }
    return run(binding)
  }

  /// Types the rest of a command as far as it is the only one.
  func complete(_ prompt: inout Prompt) {
    let names = Binding.commands(matching: prompt.line.text).map(\.command)
    guard var common = names.first else { return }
    for name in names { common = String(zip(common, name).prefix { $0 == $1 }.map(\.0)) }
    prompt.line = LineEditor(common)
  }

  private mutating func help(_ key: Key, _ line: LineEditor, _ top: Int) {
    var line = line
    let count = Binding.all.filter { $0.matches(Filter(line.text)) }.count
    switch key {
    case .escape, .enter, .control("c"), .character("?"): dialog = nil
    case .down, .pageDown: dialog = .help(line, from: min(max(0, count - 1), top + (key == .down ? 1 : 10)))
    case .up, .pageUp: dialog = .help(line, from: max(0, top - (key == .up ? 1 : 10)))
    default:
      if line.handle(key) { dialog = .help(line, from: 0) }
    }
  }
}

extension Console {
  private mutating func scrollDetail(_ key: Key, from top: Int) {
    let last = max(0, (chosenGateway.map { detailLines(of: $0).count } ?? 0) - 1)
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

extension Binding {
  func matches(_ filter: Filter) -> Bool { filter.matches("\(keyLabel) \(command) \(description)") }
}
