// Keys by the names that the hint bar and the help show them with: `x`, `F5`, `Ctrl-R`, `PgDn`.

extension Key {
  /// The keys with a name of their own.
  private static let named: [Key] =
    [
      .character(" "), .up, .down, .left, .right, .wordLeft, .wordRight, .home, .end, .pageUp, .pageDown,
      .enter, .tab, .backTab, .escape, .backspace, .delete,
    ] + (1...12).map { .function($0) } + "abcdefghijklmnopqrstuvwxyz".map { .control($0) }

  /// The key of that name, in any case; nil where there is none.
  init?(label: String) {
    if label.count == 1, let character = label.first, !character.isWhitespace {
      self = .character(character)
    } else if let key = Self.named.first(where: { $0.label.lowercased() == label.lowercased() }) {
      self = key
    } else {
      return nil
    }
  }

  /// Whether a person may give it another meaning. These lead out of where one is, whatever is set; `=` cannot be written in
  /// a name.
  var canBeBound: Bool {
    ![
      .character("="), .escape, .enter, .control("c"), .control("z"), .character(":"), .character("?"),
      .character("q"),
    ]
    .contains(self)
  }
}
