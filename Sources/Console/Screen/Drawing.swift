// Shapes that several views need, drawn into a frame: rules, boxes, columns, bars.

extension Frame {
  /// A horizontal rule across `rect`'s first row, or across the screen.
  package mutating func rule(y: Int, x: Int = 0, width: Int? = nil) {
    draw(symbols.horizontal, x: x, y: y, width: width ?? size.columns - x, Style(.border))
  }

  /// Empties `rect` and draws a frame around it, with a title in its upper edge.
  ///
  /// - Returns: the area inside, one cell away from the frame on the left and the right.
  @discardableResult
  package mutating func box(_ rect: Rect, title: String = "", ground: Role = .border) -> Rect {
    fill(rect)
    guard rect.width >= 2, rect.height >= 2 else { return rect }
    let style = Style(ground)
    let edge = String(repeating: symbols.horizontal, count: rect.width - 2)
    put(symbols.topLeft + edge + symbols.topRight, x: rect.x, y: rect.y, style)
    put(symbols.bottomLeft + edge + symbols.bottomRight, x: rect.x, y: rect.maxY - 1, style)
    for y in rect.y + 1..<max(rect.y + 1, rect.maxY - 1) {
      put(symbols.vertical, x: rect.x, y: y, style)
      put(symbols.vertical, x: rect.maxX - 1, y: y, style)
    }
    if !title.isEmpty {
      put(" \(title) ", x: rect.x + 2, y: rect.y, width: rect.width - 4, Style(.title))
    }
    return rect.inset(left: 2, top: 1, right: 2, bottom: 1)
  }

  /// A box in the middle of the screen, for at most `size` cells of content.
  ///
  /// - Returns: the area for the content.
  package mutating func modal(_ content: Size, title: String, ground: Role = .border) -> Rect {
    let outer = bounds.centred(Size(max(content.columns, cellWidth(title) + 4) + 4, content.rows + 2))
    // An empty column around it, if there is space, separates it from what is below.
    fill(Rect(x: outer.x - 1, y: outer.y, width: outer.width + 2, height: outer.height))
    return box(outer, title: title, ground: ground)
  }

  /// A share as a bar in `width` cells.
  package mutating func bar(_ fraction: Double, x: Int, y: Int, width: Int, _ style: Style = Style(.bar)) {
    put(symbols.bar(fraction, width: width), x: x, y: y, width: width, style)
  }
}

/// One column of a table: how wide it is, and how its text is aligned.
package struct Column: Hashable, Sendable {
  package var title: String
  package var width: Int
  package var align: Alignment
  /// What the list is sorted by where it is sorted by this column; nil where it cannot be.
  var order: String?

  package init(_ title: String, width: Int, align: Alignment = .left, order: String? = nil) {
    self.title = title
    self.width = width
    self.align = align
    self.order = order
  }
}

extension Frame {
  /// One row of a table; columns are `gap` cells apart, those of width 0 are left out.
  ///
  /// - Returns: the column after the last cell.
  @discardableResult
  package mutating func row(
    _ cells: [[Span]], in columns: [Column], x: Int, y: Int, gap: Int = 2
  ) -> Int {
    var x = x
    for (column, spans) in zip(columns, cells) where column.width > 0 {
      put(spans, x: x, y: y, width: column.width, align: column.align)
      x += column.width + gap
    }
    return x
  }

  /// The headings of a table, with an arrow at the one that it is sorted by.
  mutating func header(_ columns: [Column], x: Int, y: Int, gap: Int = 2, sorting: Sorting = Sorting()) {
    let titles = columns.map { column -> [Span] in
      guard let order = column.order, order == sorting.column else { return [Span(column.title, .header)] }
      let title = String(column.title.reversed().drop { $0 == " " }.reversed())
      return [Span(title + (sorting.isReversed ? symbols.moreAbove : symbols.moreBelow), .header)]
    }
    row(titles, in: columns, x: x, y: y, gap: gap)
    var x = x
    for column in columns where column.width > 0 {
      if let order = column.order {
        mark(Rect(x: x, y: y, width: column.width, height: 1), as: .order(order))
      }
      x += column.width + gap
    }
  }
}
