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

  /// The key as the hint bar and the help show it.
  package var label: String {
    switch self {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .paste: "paste"
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
