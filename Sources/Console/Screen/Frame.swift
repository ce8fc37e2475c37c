// A screen as a value: a grid of styled cells. Views make one, tests read it as text, and the terminal
// draws it.

/// One cell of a frame.
struct Cell: Hashable, Sendable {
  /// A base scalar with its marks; empty in the second cell of a wide character.
  var text: String
  var style: Style
}

/// A piece of text in one style.
package struct Span: Hashable, Sendable {
  package var text: String
  package var style: Style
  /// Whether it says what comes after it.
  var isLabel = false

  package init(_ text: String, _ style: Style) {
    self.text = text
    self.style = style
  }

  package init(_ text: String, _ role: Role = .text, _ attributes: Attributes = []) {
    self.init(text, Style(role, on: nil, attributes))
  }
}

/// How a text is aligned in its area.
package enum Alignment: Hashable, Sendable { case left, right, centre }

/// A grid of styled cells.
package struct Frame: Equatable, Sendable {
  package let size: Size
  package let symbols: Symbols
  /// Where the terminal's cursor shows; nil hides it.
  package var cursor: Point?
  /// What the terminal's window is called meanwhile; nil leaves it as it is.
  package var title: String?
  /// Where the mouse means something; of two that overlap, the later one counts.
  private(set) var regions: [Region] = []
  private(set) var cells: [Cell]

  /// An empty screen.
  package init(_ size: Size, symbols: Symbols = .unicode) {
    self.size = Size(max(0, size.columns), max(0, size.rows))
    self.symbols = symbols
    cells = Array(repeating: Cell(text: " ", style: .text), count: self.size.columns * self.size.rows)
  }

  package var bounds: Rect { Rect(size) }

  /// Writes `spans` one after the other from (`x`, `y`), in at most `width` cells (by default, to the
  /// right edge). What does not fit is cut, with an ellipsis; what lies outside the screen is not drawn.
  ///
  /// - Returns: the number of cells that were written.
  @discardableResult
  package mutating func put(
    _ spans: [Span], x: Int, y: Int, width: Int? = nil, align: Alignment = .left
  ) -> Int {
    guard y >= 0, y < size.rows else { return 0 }
    let limit = min(width ?? .max, size.columns - x)
    guard limit > 0 else { return 0 }
    let line = GlyphLine(spans, width: limit, ellipsis: symbols.ellipsis)
    let used = line.width
    var column =
      switch align {
      case .left: x
      case .right: x + (width ?? used) - used
      case .centre: x + ((width ?? used) - used) / 2
      }
    for (glyphs, style) in line.parts {
      for glyph in glyphs {
        set(glyph, style, x: column, y: y)
        column += glyph.width
      }
    }
    return used
  }

  /// Draws one symbol over and over, in `width` cells from (`x`, `y`).
  mutating func draw(_ symbol: String, x: Int, y: Int, width: Int, _ style: Style) {
    guard y >= 0, y < size.rows, let glyph = glyphs(of: symbol).first else { return }
    let end = min(x + width, size.columns)
    for column in stride(from: x, through: end - glyph.width, by: glyph.width) {
      set(glyph, style, x: column, y: y)
    }
  }

  /// Writes one text; see `put(_:x:y:width:align:)`.
  @discardableResult
  package mutating func put(
    _ text: String, x: Int, y: Int, width: Int? = nil, align: Alignment = .left, _ style: Style = .text
  ) -> Int {
    put([Span(text, style)], x: x, y: y, width: width, align: align)
  }

  /// Empties `rect` and gives it a style.
  package mutating func fill(_ rect: Rect, _ style: Style = .text) {
    for y in max(0, rect.y)..<max(0, rect.y, min(rect.maxY, size.rows)) {
      for x in max(0, rect.x)..<max(0, rect.x, min(rect.maxX, size.columns)) {
        set(Glyph(text: " ", width: 1), style, x: x, y: y)
      }
    }
  }

  /// Lays the cells of `rect` on another ground: the row under the cursor, say.
  package mutating func lay(_ rect: Rect, on ground: Role) {
    for y in max(0, rect.y)..<max(0, rect.y, min(rect.maxY, size.rows)) {
      for x in max(0, rect.x)..<max(0, rect.x, min(rect.maxX, size.columns)) {
        cells[y * size.columns + x].style.ground = ground
      }
    }
  }

  /// What a click in `rect` means.
  mutating func mark(_ rect: Rect, as target: Region.Target) {
    regions.append(Region(rect: rect, target: target))
  }

  private mutating func set(_ glyph: Glyph, _ style: Style, x: Int, y: Int) {
    guard x >= 0, x + glyph.width <= size.columns else { return }
    let index = y * size.columns + x
    // Half of a wide character cannot stay: blank the other half.
    if cells[index].text.isEmpty, x > 0 { cells[index - 1].text = " " }
    let after = index + glyph.width
    if x + glyph.width < size.columns, cells[after].text.isEmpty { cells[after].text = " " }
    cells[index] = Cell(text: glyph.text, style: style)
    if glyph.width == 2 { cells[index + 1] = Cell(text: "", style: style) }
  }

  /// The cells of row `y`.
  func row(_ y: Int) -> ArraySlice<Cell> { cells[y * size.columns..<(y + 1) * size.columns] }
}

extension Frame {
  /// The screen as lines of text, without the spaces at their ends.
  package var text: String {
    (0..<size.rows).map { y in trimmed(row(y).map(\.text).joined()) }.joined(separator: "\n")
  }

  /// The screen as text that shows roles: `‹up:+ up›`, `‹up/selection:+ up›` on a ground; plain text
  /// stays as it is.
  package var styled: String {
    (0..<size.rows).map { y in
      var line = ""
      var open: Style = .text
      for cell in row(y) {
        let style = Style(cell.style.role, on: cell.style.ground)
        if style != open {
          if open != .text { line += "›" }
          if style != .text {
            line += "‹" + style.role.rawValue + (style.ground.map { "/" + $0.rawValue } ?? "") + ":"
          }
          open = style
        }
        line += cell.text
      }
      return trimmed(line) + (open == .text ? "" : "›")
    }.joined(separator: "\n")
  }

  private func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
