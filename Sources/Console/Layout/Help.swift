// The help: every key, from the tables of bindings, narrowed by what is typed. What a key does is read in full at every
// size: it goes on below where the line is too short.

/// The help on a screen of some size.
struct HelpPage {
  fileprivate let columns: [Column]
  /// The rows of each binding.
  fileprivate let entries: [[[[Span]]]]
  fileprivate let size: Size
  /// What is searched for, and a rule below it.
  fileprivate static let headHeight = 2

  init(_ model: Model, _ list: KeyList, _ screen: Size) {
    let bindings = model.bindings(in: list)
    let width = min(screen.columns - 6, 92)
    let columns = Binding.helpColumns(width: width)
    self.columns = columns
    entries = bindings.map { model.helpRows($0, in: columns) }
    size = Size(
      width,
      min(entries.reduce(Self.headHeight) { $0 + $1.count } + (entries.isEmpty ? 1 : 0), screen.rows - 4))
  }

  /// From which entry on all the rest is on the screen, so that scrolling ends there.
  var lastTop: Int {
    var left = size.rows - Self.headHeight
    let last = entries.reversed().prefix { rows in
      left -= rows.count
      return left >= 0
    }
    return max(0, min(entries.count - 1, entries.count - last.count))
  }

  /// The first entry that shows, so that the chosen one is seen whole.
  func top(of list: KeyList) -> Int {
    let top = min(list.top, lastTop)
    guard let chosen = list.chosen, entries.indices.contains(chosen) else { return top }
    if chosen <= top { return chosen }
    var left = size.rows - Self.headHeight
    let above = entries[...chosen].reversed().prefix { rows in
      left -= rows.count
      return left >= 0
    }
    return max(top, min(chosen, chosen + 1 - above.count))
  }
}

extension Model {
  func drawHelp(_ keys: KeyList, in frame: inout Frame) {
    let page = HelpPage(self, keys, frame.size)
    let area = frame.modal(page.size, title: "Keys")
    let label = keys.line.isEmpty ? "type to search, Esc leaves: " : "search: "
    let used = frame.put(label, x: area.x, y: area.y, width: area.width - 4, Style(.dim))
    keys.line.draw(in: &frame, x: area.x + used, y: area.y, width: max(2, area.width - used))

    let list = area.inset(top: HelpPage.headHeight)
    let top = page.top(of: keys)
    let entries = page.entries[top...]
    var y = list.y
    for (index, rows) in zip(entries.indices, entries) {
      let first = y
      for cells in rows where y < list.maxY {
        frame.row(cells, in: page.columns, x: list.x, y: y)
        y += 1
      }
      if index == keys.chosen {
        frame.lay(Rect(x: list.x, y: first, width: list.width, height: y - first), on: .selection)
      }
    }
    if keys.chosen != nil {
      frame.put(" Enter runs it ", x: area.x, y: area.maxY, Style(.info))
    }
    if entries.isEmpty {
      frame.put("no key or command has these words", x: list.x, y: list.y, width: list.width, Style(.dim))
    }
    var left = list.height
    let below = entries.drop { rows in
      left -= rows.count
      return left >= 0
    }.count
    if below > 0 {
      frame.put(
        " \(below) more \(facts.symbols.moreBelow) ", x: area.x, y: area.maxY, width: area.width,
        align: .right,
        Style(.info))
    }
  }

  /// The rows of one binding, each with its cells.
  fileprivate func helpRows(_ binding: Binding, in columns: [Column]) -> [[[Span]]] {
    let isHere = binding.works(in: shownType)
    let keys =
      cellWidth(binding.keyLabel) <= columns[0].width ? [binding.keyLabel] : binding.keys.map(\.label)
    let words = wrap(binding.description, width: columns[2].width)
    let why = isHere ? binding.disabled(self) : "in \(binding.places)"
    // Pressing the key also tells why it is off: that may be left out, the description may not.
    let reason = why.map { "  (\($0))" } ?? ""
    let fits = cellWidth(words.last ?? "") + cellWidth(reason) <= columns[2].width
    return (0..<max(keys.count, words.count)).map { row in
      [
        [Span(row < keys.count ? keys[row] : "", isHere ? .key : .dim)],
        [Span(row == 0 ? ":\(binding.command)" : "", .dim)],
        [
          Span(row < words.count ? words[row] : "", isHere ? .text : .dim),
          Span(fits && row == words.count - 1 ? reason : "", .dim),
        ],
      ]
    }
  }
}

extension Binding {
  /// Keys, the command's name where it fits, and what it does.
  fileprivate static func helpColumns(width: Int) -> [Column] {
    // On a narrow screen, of several keys that are too long together each has a row.
    let widest = all.map {
      width < 60 ? $0.keys.map { cellWidth($0.label) }.max() ?? 0 : cellWidth($0.keyLabel)
    }
    let keyWidth = widest.max() ?? 0
    let commandWidth = width >= 84 ? 13 : 0
    let rest = width - keyWidth - commandWidth - (commandWidth > 0 ? 4 : 2)
    return [Column("", width: keyWidth), Column("", width: commandWidth), Column("", width: rest)]
  }
}
