// Colours as a theme names them, and what a terminal with fewer of them shows instead.

/// A colour of a theme.
package enum Colour: Hashable, Sendable {
  /// The terminal's own foreground or background.
  case terminal
  /// One of the terminal's 16 named colours, from 0: what the person has set up counts.
  case ansi(Int)
  /// One of xterm's 256.
  case palette(Int)
  case rgb(red: Int, green: Int, blue: Int)

  static let names = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
    "bright-black", "bright-red", "bright-green", "bright-yellow",
    "bright-blue", "bright-magenta", "bright-cyan", "bright-white",
  ]

  /// `default`, one of the 16 names, 0-255 or `#rrggbb`; nil for anything else.
  package init?(_ text: String) {
    if text == "default" {
      self = .terminal
    } else if let index = Self.names.firstIndex(of: text) {
      self = .ansi(index)
    } else if let number = Int(text), (0...255).contains(number), text.utf8.allSatisfy({ $0 != 0x2B }) {
      self = .palette(number)
    } else if text.utf8.count == 7, text.hasPrefix("#"), let value = UInt32(text.dropFirst(), radix: 16) {
      self = .rgb(red: Int(value >> 16), green: Int(value >> 8 & 0xFF), blue: Int(value & 0xFF))
    } else {
      return nil
    }
  }
}

/// How many colours a terminal has.
package enum ColourDepth: Hashable, Sendable {
  /// None, or none wanted.
  case none
  case ansi8, ansi16, palette256
  /// Direct colour: a number is a colour's red, green and blue (terminfo's RGB).
  case direct

  /// The number by which ncurses knows `colour` at this depth, and whether bold has to replace a
  /// bright colour that it lacks. -1 is the terminal's own.
  func number(of colour: Colour) -> (number: Int, bold: Bool) {
    switch (self, colour) {
    case (.none, _), (_, .terminal): return (-1, false)
    case (.ansi8, _):
      let index = colour.nearestAnsi
      return (index % 8, index >= 8)
    case (.ansi16, _): return (colour.nearestAnsi, false)
    case (.palette256, .ansi(let index)), (.palette256, .palette(let index)): return (index, false)
    case (.palette256, .rgb(let red, let green, let blue)):
      return (Colour.nearestPalette(red, green, blue), false)
    // The first eight numbers stay the named colours there, even in direct colour.
    case (.direct, .ansi(let index)) where index < 8: return (index, false)
    case (.direct, _):
      let (red, green, blue) = colour.components
      return (max(8, red << 16 | green << 8 | blue), false)
    }
  }
}

extension Colour {
  /// xterm's red, green and blue of the 16 named colours.
  private static let ansiComponents: [(Int, Int, Int)] = [
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205),
    (229, 229, 229), (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255),
    (255, 0, 255), (0, 255, 255), (255, 255, 255),
  ]

  /// The steps of xterm's 6x6x6 cube.
  private static let cube = [0, 95, 135, 175, 215, 255]

  var components: (red: Int, green: Int, blue: Int) {
    switch self {
    case .terminal: return (0, 0, 0)
    case .rgb(let red, let green, let blue): return (red, green, blue)
    case .ansi(let index): return Self.ansiComponents[index]
    case .palette(let index):
      if index < 16 { return Self.ansiComponents[index] }
      if index >= 232 {
        let grey = 8 + (index - 232) * 10
        return (grey, grey, grey)
      }
      let place = index - 16
      return (Self.cube[place / 36], Self.cube[place / 6 % 6], Self.cube[place % 6])
    }
  }

  /// The nearest of the 16 named colours.
  var nearestAnsi: Int {
    switch self {
    case .ansi(let index): return index
    case .palette(let index) where index < 16: return index
    default: return Self.nearest(to: components, among: Array(Self.ansiComponents.enumerated()))
    }
  }

  /// The nearest of xterm's colours 16-255: those that a person's own palette does not change.
  static func nearestPalette(_ red: Int, _ green: Int, _ blue: Int) -> Int {
    nearest(to: (red, green, blue), among: (16...255).map { ($0, Colour.palette($0).components) })
  }

  private static func nearest(
    to wanted: (Int, Int, Int), among candidates: [(offset: Int, element: (Int, Int, Int))]
  ) -> Int {
    func distance(_ colour: (Int, Int, Int)) -> Int {
      let (red, green, blue) = (colour.0 - wanted.0, colour.1 - wanted.1, colour.2 - wanted.2)
      // The eye tells greens apart best, blues worst.
      return 3 * red * red + 6 * green * green + 2 * blue * blue
    }
    return candidates.min { distance($0.element) < distance($1.element) }?.offset ?? 0
  }
}
