// What a person can press, as values.

/// One key press, or one paste.
package enum Key: Hashable, Sendable {
  /// A printable character.
  case character(Character)
  /// Text that came through the terminal's bracketed paste: it is typed, never run as keys.
  case paste(String)
  case up, down, left, right, wordLeft, wordRight
  case home, end, pageUp, pageDown
  case enter, tab, backTab, escape, backspace, delete
  /// A letter pressed with Ctrl, in lower case.
  case control(Character)
  case function(Int)
  case mouse(Mouse)

  /// The key as the hint bar and the help show it.
  package var label: String {
    switch self {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .paste: "paste"
    case .mouse: "mouse"
    case .up: "Up"
    case .down: "Down"
    case .left: "Left"
    case .right: "Right"
    case .wordLeft: "Ctrl-Left"
    case .wordRight: "Ctrl-Right"
    case .home: "Home"
    case .end: "End"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .enter: "Enter"
    case .tab: "Tab"
    case .backTab: "Shift-Tab"
    case .escape: "Esc"
    case .backspace: "Backspace"
    case .delete: "Delete"
    case .control(let letter): "Ctrl-" + letter.uppercased()
    case .function(let number): "F\(number)"
    }
  }
}

/// What a mouse did, and at which cell.
package struct Mouse: Hashable, Sendable {
  package enum Action: Hashable, Sendable { case click, wheelUp, wheelDown }

  package var action: Action
  package var place: Point

  /// No terminal has more columns or lines; cells are counted with numbers that a report must not overflow.
  private static let mostCells = 100_000

  package init(_ action: Action, at place: Point) {
    self.action = action
    self.place = place
  }

  /// The report of a terminal (SGR, mode 1006) without what it begins with: `0;10;5M`. Nil for what means nothing here: a
  /// button that is released, another button, a key held down with it.
  init?(report: String) {
    let numbers = report.dropLast().split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
    guard report.hasSuffix("M"), numbers.count == 3, let button = numbers[0], let column = numbers[1],
      let row = numbers[2], (1...Self.mostCells).contains(column),
      (1...Self.mostCells).contains(row)
    else { return nil }
    switch button {
    case 0: action = .click
    case 64: action = .wheelUp
    case 65: action = .wheelDown
    default: return nil
    }
    place = Point(column - 1, row - 1)
  }
}
