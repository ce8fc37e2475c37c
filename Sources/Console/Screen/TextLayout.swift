// How many cells a text takes. glibc's wcwidth is asked for each scalar, because that is what ncurses
// lays out by: any other table would draw one thing and count another.

import CLinux
import PostfixFiles

/// The contents of one cell, or of two for a wide character.
struct Glyph: Hashable, Sendable {
  /// A base scalar with its combining marks.
  var text: String
  /// 1 or 2 cells.
  var width: Int
}

/// ncurses keeps at most five scalars in a cell; more marks than that are dropped.
private let marksPerCell = 4

/// `text` as glyphs, one after the other. Control characters and what the locale cannot show become `?`.
func glyphs(of text: String) -> [Glyph] {
  var result: [Glyph] = []
  result.reserveCapacity(text.utf8.count)
  var marks = 0
  for scalar in printable(text).unicodeScalars {
    let width = scalar.isASCII ? 1 : Int(wcwidth(wchar_t(scalar.value)))
    switch width {
    case 0:
      marks += 1
      if !result.isEmpty, marks <= marksPerCell {
        result[result.count - 1].text.unicodeScalars.append(scalar)
      }
    case 1, 2:
      result.append(Glyph(text: String(scalar), width: width))
      marks = 0
    default:
      result.append(Glyph(text: "?", width: 1))
      marks = 0
    }
  }
  return result
}

/// The number of cells that `text` takes.
package func cellWidth(_ text: String) -> Int {
  if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
  return glyphs(of: text).reduce(0) { $0 + $1.width }
}

/// Spans as glyphs that fit into a width.
struct GlyphLine {
  private(set) var parts: [(glyphs: [Glyph], style: Style)] = []
  /// The cells that it takes.
  private(set) var width = 0

  /// - Parameter limit: at least one cell; if something does not fit, the last cell says so with `ellipsis`.
  init(_ spans: [Span], width limit: Int, ellipsis: String) {
    for span in spans {
      let glyphs = glyphs(of: span.text)
      parts.append((glyphs, span.style))
      width += glyphs.reduce(0) { $0 + $1.width }
      if width > limit {
        cut(to: limit - 1, ellipsis)
        return
      }
    }
  }

  /// Leaves `limit` cells and the ellipsis, in the style of the first glyph that is left out.
  private mutating func cut(to limit: Int, _ ellipsis: String) {
    width = 0
    for (index, part) in parts.enumerated() {
      for (place, glyph) in part.glyphs.enumerated() {
        guard width + glyph.width <= limit else {
          parts.removeSubrange((index + 1)...)
          parts[index].glyphs.replaceSubrange(place..., with: [Glyph(text: ellipsis, width: 1)])
          width += 1
          return
        }
        width += glyph.width
      }
    }
  }
}

/// `text` broken at spaces into lines of at most `width` cells; a longer word is broken where it must be.
package func wrap(_ text: String, width: Int) -> [String] {
  guard width > 0 else { return [] }
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ") {
    var rest = String(word)
    if !line.isEmpty, cellWidth(line) + 1 + cellWidth(rest) <= width {
      line += " " + rest
      continue
    }
    if !line.isEmpty { lines.append(line) }
    while cellWidth(rest) > width {
      var used = 0
      let head = glyphs(of: rest).prefix { glyph in
        used += glyph.width
        return used <= width
      }
      // A wide character in a column of one cell: nothing fits, so nothing is shown.
      guard !head.isEmpty else {
        rest = ""
        break
      }
      let taken = head.map(\.text).joined()
      lines.append(taken)
      rest = String(rest.unicodeScalars.dropFirst(taken.unicodeScalars.count))
    }
    line = rest
  }
  if !line.isEmpty { lines.append(line) }
  return lines
}
