// What terminals do beyond terminfo, as control sequences: brackets around a paste, reports of the mouse, titles, and
// showing what is drawn at once.

struct TerminalModes {
  /// Whether the terminal knows what xterm brought: terminfo says so of the mouse alone.
  var isLikeXterm = false
  /// Whether the mouse is ours.
  var mouse = false

  private static let pasteOn = "\u{1B}[?2004h"
  private static let pasteOff = "\u{1B}[?2004l"
  /// Presses and the wheel (1000), with columns beyond 223 (1006).
  private static let mouseOn = "\u{1B}[?1000h\u{1B}[?1006h"
  private static let mouseOff = "\u{1B}[?1006l\u{1B}[?1000l"

  /// When the screen becomes ours.
  var on: String { Self.pasteOn + (isLikeXterm && mouse ? Self.mouseOn : "") }
  /// When it is given back; the title, too.
  var off: String { (isLikeXterm ? (mouse ? Self.mouseOff : "") + oldTitle : "") + Self.pasteOff }
  /// The same where the process dies, whatever was on.
  var allOff: String { end + (isLikeXterm ? Self.mouseOff + oldTitle : "") + Self.pasteOff }

  /// After the mouse was taken or given back.
  var mouseSwitch: String { isLikeXterm ? (mouse ? Self.mouseOn : Self.mouseOff) : "" }

  /// Asks whether the terminal can show at once what comes between `beginning` and `end`. One that cannot does not answer.
  var question: String { isLikeXterm ? "\u{1B}[?2026$p" : "" }
  var beginning: String { isLikeXterm ? "\u{1B}[?2026h" : "" }
  var end: String { isLikeXterm ? "\u{1B}[?2026l" : "" }

  /// Keeps the title for later, and gives it back.
  var keepTitle: String { "\u{1B}[22;2t" }
  var oldTitle: String { "\u{1B}[23;2t" }
  /// `text` has no control characters.
  func title(_ text: String) -> String { "\u{1B}]2;\(text)\u{1B}\\" }
}
