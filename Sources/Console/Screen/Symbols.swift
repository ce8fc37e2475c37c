// The shapes that the screen is drawn with: one set for terminals with UTF-8, one for all others.

/// The drawing characters of a screen.
package enum Symbols: Hashable, Sendable {
  case unicode, ascii
  /// The lines and full blocks that the fonts of a Linux console have, and ASCII for all else.
  case lines
  /// None: what is heard, and not seen, has words in their place.
  case words

  /// Those of the person's locale, for what is printed and not drawn.
  package static var ofLocale: Symbols { Terminal.setLocale() ? .unicode : .ascii }

  var ellipsis: String { self == .unicode ? "…" : "~" }
  var horizontal: String { hasLines ? "─" : "-" }
  var vertical: String { hasLines ? "│" : "|" }
  var topLeft: String { hasLines ? "┌" : "+" }
  var topRight: String { hasLines ? "┐" : "+" }
  var bottomLeft: String { hasLines ? "└" : "+" }
  var bottomRight: String { hasLines ? "┘" : "+" }
  private var hasLines: Bool { self == .unicode || self == .lines }
  var arrow: String { self == .unicode ? "→" : self == .words ? "to" : ">" }
  var cursor: String { self == .unicode ? "▸" : ">" }
  var bullet: String { self == .unicode ? "·" : "*" }
  /// Where a history has nothing to show.
  var nothing: String { self == .unicode ? "·" : " " }
  var moreAbove: String { self == .unicode ? "↑" : "^" }
  var moreBelow: String { self == .unicode ? "↓" : "v" }

  /// A bar of at most `width` cells. What is not nothing shows at least a sliver.
  package func bar(_ fraction: Double, width: Int) -> String {
    let fraction = min(1, max(0, fraction))
    guard width > 0, fraction > 0 else { return "" }
    switch self {
    case .unicode:
      let eighths = max(1, Int((fraction * Double(width) * 8).rounded()))
      let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
      return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    case .ascii, .lines, .words:
      return String(
        repeating: self == .lines ? "█" : "#", count: max(1, Int((fraction * Double(width)).rounded())))
    }
  }

  /// One cell of a history: how high `value` is, from 0 (lowest) to 1 (highest).
  package func level(_ value: Double) -> String {
    let steps = self == .unicode ? ["▁", "▂", "▃", "▄", "▅", "▆", "▇"] : [".", ":", "|"]
    let index = Int(min(1, max(0, value)) * Double(steps.count - 1) + 0.5)
    return steps[index]
  }
}
