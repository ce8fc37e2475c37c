// A key binding as data: the keys, the words for it, why it is off now, and what it does. The hint bar, the help and
// the command line all come from the tables of bindings.

/// What a key does.
struct Binding: Sendable {
  /// The order in the hint bar and in the help.
  enum Group: Int, Hashable, Sendable {
    /// Changes something, or sends something out.
    case change
    /// Shows something else, or leaves.
    case show
    /// Moves about.
    case move
  }

  let group: Group
  private(set) var keys: [Key]
  /// Its name on the command line.
  let command: String
  /// One word for the hint bar.
  let hint: String
  /// What it does, for the help.
  let description: String
  /// What a person may look for who knows it from elsewhere.
  let synonyms: String
  /// Whether the hint bar shows it, if it fits.
  let isHinted: Bool
  /// Whether something in the view can be done with it now, whatever is chosen. Otherwise the hint bar leaves it out.
  let isOffered: @Sendable (Model) -> Bool
  /// Why it does nothing now; nil where it works.
  let disabled: @Sendable (Model) -> String?
  let action: @Sendable (inout Model) -> [Effect]

  init(
    _ group: Group, _ keys: [Key], _ command: String, hint: String? = nil, _ description: String,
    synonyms: String = "", isHinted: Bool = false,
    isOffered: @escaping @Sendable (Model) -> Bool = { _ in true },
    disabled: @escaping @Sendable (Model) -> String? = { _ in nil },
    action: @escaping @Sendable (inout Model) -> [Effect]
  ) {
    self.group = group
    self.keys = keys
    self.command = command
    self.hint = hint ?? command
    self.description = description
    self.synonyms = synonyms
    self.isHinted = isHinted
    self.isOffered = isOffered
    self.disabled = disabled
    self.action = action
  }

  /// The keys as people read them: `+`, `x/Delete`.
  var keyLabel: String { keys.map(\.label).joined(separator: "/") }

  func matches(_ filter: Filter) -> Bool {
    filter.matches("\(keyLabel) \(command) \(description) \(synonyms)")
  }

  /// Views share a binding where they mean the same by it.
  private struct Meaning: Hashable {
    let command: String
    let description: String
  }

  private var meaning: Meaning { Meaning(command: command, description: description) }

  private static let everywhere = Set((common + ofFilter).map(\.meaning))
  /// The help asks for each binding in each view, at each key.
  private static let worksIn = Dictionary(
    uniqueKeysWithValues: ViewList.all.map { view in
      (ObjectIdentifier(view), Set((common + view.filterKeys + view.keys).map(\.meaning)))
    })

  /// Whether it is what edits that are not written wait for.
  var isForEdits: Bool { ["undo", "write"].contains(command) }
  var worksEverywhere: Bool { Self.everywhere.contains(meaning) }

  /// Whether the key works in this view.
  func works(in view: any View.Type) -> Bool {
    Self.worksIn[ObjectIdentifier(view)]?.contains(meaning) ?? false
  }

  /// The views that it works in, for people.
  var places: String {
    if worksEverywhere { return "every view" }
    return ViewList.all.filter { works(in: $0) }.map { $0.title }.joined(separator: " and ")
  }

  // MARK: Tables

  /// The keys that work in a view: first those that change something, and of these its own before the common ones.
  static func all(in view: any View.Type) -> [Binding] { inOrder(view.keys + common) }

  /// Every binding once.
  static let all: [Binding] = {
    var seen: Set<Meaning> = []
    return inOrder(
      (ViewList.all.flatMap { $0.keys } + ofFilter + common).filter { seen.insert($0.meaning).inserted })
  }()

  static func inOrder(_ bindings: [Binding]) -> [Binding] {
    [Group.change, .show, .move].flatMap { group in bindings.filter { $0.group == group } }
  }

  /// The same without keys that mean something else now, and with others.
  func without(_ taken: Set<Key>, with more: [Key] = []) -> Binding {
    var binding = self
    binding.keys.removeAll { taken.contains($0) }
    binding.keys += more
    return binding
  }

  /// The commands that begin with `text`, each name once.
  static func commands(matching text: String) -> [Binding] {
    var seen: Set<String> = []
    return all.filter { $0.command.hasPrefix(text) && seen.insert($0.command).inserted }
  }
}
