// A screen of a terminal as a picture in SVG: every cell is where it was, whatever font the reader has.

/// A screen, cell by cell, as escape sequences tell it.
package struct ScreenPicture {
  /// What there are pictures of: each view in each theme.
  package static let themes = ["default", "dark", "light", "high-contrast", "colour-blind"]
  package static let views = ["gateways", "pools", "routes", "problems", "changes", "history"]

  fileprivate struct Look: Hashable {
    var foreground: String?
    var background: String?
    var isBold = false
    var isDim = false
    var isReverse = false
    var isUnderlined = false
  }

  private struct Cell {
    var character: Character
    var look: Look
  }

  private static let ink = "#d0d4dc"
  private static let paper = "#16181d"
  private static let width = 8.4
  private static let height = 18.0
  private static let margin = 12.0

  private var rows: [[Cell]] = []
  private let columns: Int
  /// The background of most cells: that of the whole picture.
  private var paper = Self.paper

  /// - Parameter screen: what `TerminalSession.colouredScreen()` says.
  package init(_ screen: String, columns: Int) {
    self.columns = columns
    var look = Look()
    for line in screen.split(separator: "\n", omittingEmptySubsequences: false) {
      var row: [Cell] = []
      var rest = line[...]
      while let character = rest.popFirst() {
        if character == "\u{1B}", rest.first == "[", let end = rest.firstIndex(where: \.isLetter) {
          if rest[end] == "m" { look.take(rest[rest.index(after: rest.startIndex)..<end]) }
          rest = rest[rest.index(after: end)...]
        } else {
          row.append(Cell(character: character, look: look))
        }
      }
      rows.append(row)
    }
    while rows.last?.isEmpty == true { rows.removeLast() }
    let grounds = Dictionary(rows.joined().map { ($0.look.background ?? Self.paper, 1) }, uniquingKeysWith: +)
    paper = grounds.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? Self.paper
  }

  /// - Parameter title: what it shows, for those who do not see it.
  package func svg(title: String) -> String {
    let size = (
      Double(columns) * Self.width + 2 * Self.margin, Double(rows.count) * Self.height + 2 * Self.margin
    )
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(size.0)) \(number(size.1))" \
      width="\(number(size.0))" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" \
      font-size="14" role="img" xml:space="preserve">
      <title>\(escaped(title))</title>
      <rect width="100%" height="100%" rx="8" fill="\(paper)"/>

      """
    for (index, row) in rows.enumerated() {
      let top = Self.margin + Double(index) * Self.height
      var column = 0
      while column < row.count {
        let look = row[column].look
        let shape = block(row[column].character)
        var end = column + 1
        while end < row.count, row[end].look == look, continues(row[end - 1].character, row[end].character) {
          end += 1
        }
        let left = Self.margin + Double(column) * Self.width
        text += ground(look, x: left, y: top, cells: end - column)
        if let shape {
          text += rectangle(
            x: left, y: top + shape.y * Self.height,
            width: (Double(end - column - 1) + shape.width) * Self.width, height: shape.height * Self.height,
            fill: look.ink)
        } else {
          text += words(String(row[column..<end].map(\.character)), look, x: left, y: top)
        }
        column = end
      }
    }
    return text + "</svg>\n"
  }

  private func ground(_ look: Look, x: Double, y: Double, cells: Int) -> String {
    guard look.paper != paper, look.isReverse || look.background != nil else { return "" }
    return rectangle(
      x: x, y: y, width: Double(cells) * Self.width, height: Self.height, fill: look.paper)
  }

  /// One run of text. Its blanks at either end need no ink, and its length is said, so that no font moves it.
  private func words(_ run: String, _ look: Look, x: Double, y: Double) -> String {
    let blanks = run.prefix { $0 == " " }.count
    var words = run.dropFirst(blanks)
    while words.last == " " { words.removeLast() }
    if words.isEmpty { return "" }
    let left = number(x + Double(blanks) * Self.width)
    let length = number(Double(words.count) * Self.width)
    let weight = look.isBold ? " font-weight=\"bold\"" : ""
    let line = look.isUnderlined ? " text-decoration=\"underline\"" : ""
    let faint = look.isDim ? " opacity=\"0.65\"" : ""
    return """
      <text x="\(left)" y="\(number(y + 13.5))" textLength="\(length)" fill="\(look.ink)"\(weight)\(line)\(faint)>\
      \(escaped(String(words)))</text>

      """
  }

  private func rectangle(x: Double, y: Double, width: Double, height: Double, fill: String) -> String {
    let size = "width=\"\(number(width))\" height=\"\(number(height))\""
    return "<rect x=\"\(number(x))\" y=\"\(number(y))\" \(size) fill=\"\(fill)\"/>\n"
  }

  /// The part of its cell that a block or a line fills: fonts leave gaps between such characters.
  private func block(_ character: Character) -> (y: Double, width: Double, height: Double)? {
    guard let value = character.unicodeScalars.first?.value, character.unicodeScalars.count == 1 else {
      return nil
    }
    switch value {
    case 0x2500: return (0.48, 1, 0.06)
    case 0x2581...0x2588:
      let part = Double(value - 0x2580) / 8
      return (1 - part, 1, part)
    case 0x2589...0x258F: return (0, Double(0x2590 - value) / 8, 1)
    default: return nil
    }
  }

  /// Whether one element draws both: words go on, and so does a bar or a line of whole cells.
  private func continues(_ first: Character, _ second: Character) -> Bool {
    switch (block(first), block(second)) {
    case (nil, nil): true
    case (let shape?, _?): first == second && shape.width == 1
    default: false
    }
  }

  private func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}

extension ScreenPicture.Look {
  fileprivate var ink: String { isReverse ? background ?? "#16181d" : foreground ?? "#d0d4dc" }
  fileprivate var paper: String { isReverse ? foreground ?? "#d0d4dc" : background ?? "#16181d" }

  /// What ESC [ ... m changes.
  fileprivate mutating func take(_ parameters: Substring) {
    var codes = parameters.split(whereSeparator: { $0 == ";" || $0 == ":" }).compactMap { Int($0) }[...]
    if codes.isEmpty { self = ScreenPicture.Look() }
    while let code = codes.popFirst() {
      switch code {
      case 0: self = ScreenPicture.Look()
      case 1: isBold = true
      case 2: isDim = true
      case 4: isUnderlined = true
      case 7: isReverse = true
      case 22: (isBold, isDim) = (false, false)
      case 24: isUnderlined = false
      case 27: isReverse = false
      case 30...37: foreground = Self.colour(code - 30)
      case 38: foreground = Self.colour(&codes)
      case 39: foreground = nil
      case 40...47: background = Self.colour(code - 40)
      case 48: background = Self.colour(&codes)
      case 49: background = nil
      case 90...97: foreground = Self.colour(code - 82)
      case 100...107: background = Self.colour(code - 92)
      default: break
      }
    }
  }

  private static func colour(_ codes: inout ArraySlice<Int>) -> String? {
    switch codes.popFirst() {
    case 5: return codes.popFirst().map { colour($0) }
    case 2:
      let parts = codes.prefix(3)
      codes = codes.dropFirst(3)
      return parts.count == 3 ? hexadecimal(Array(parts)) : nil
    default: return nil
    }
  }

  /// A colour of the palette of 256.
  private static func colour(_ number: Int) -> String {
    let named = [
      "#3b4252", "#e06c75", "#8fbf7f", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d0d4dc", "#6b7385",
      "#ff7b86",
      "#a6d994", "#f2d49b", "#82c4ff", "#dc9cf0", "#7fd5df", "#ffffff",
    ]
    switch number {
    case 0..<16: return named[number]
    case 16..<232:
      let steps = [0, 95, 135, 175, 215, 255]
      let cube = number - 16
      return hexadecimal([steps[cube / 36], steps[cube / 6 % 6], steps[cube % 6]])
    default: return hexadecimal(Array(repeating: 8 + (min(number, 255) - 232) * 10, count: 3))
    }
  }

  private static func hexadecimal(_ parts: [Int]) -> String {
    "#" + parts.map { ($0 < 16 ? "0" : "") + String(max(0, min(255, $0)), radix: 16) }.joined()
  }
}
