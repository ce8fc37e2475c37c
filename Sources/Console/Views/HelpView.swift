// The help: every key, from the tables of bindings, narrowed by what is typed. What a key does is read in full at every
// size: it goes on below where the line is too short.

import Editing

extension Console {
  func drawHelp(_ line: LineEditor, from top: Int, in frame: inout Frame) {
    let all = Binding.all.filter { $0.matches(Filter(line.text)) }
    // What works here comes first.
    let bindings = all.filter { $0.works(in: view) } + all.filter { !$0.works(in: view) }
    let width = min(frame.size.columns - 6, 92)
    let columns = Binding.helpColumns(width: width)
    let entries = bindings.map { helpRows($0, in: columns) }
    let height = min(entries.reduce(2) { $0 + $1.count }, frame.size.rows - 4)
    let room = frame.modal(Size(width, height), title: "Keys")
    let label = line.isEmpty ? "type to search, Esc leaves: " : "search: "
    let used = frame.put(label, x: room.x, y: room.y, width: room.width - 4, Style(.dim))
    line.draw(in: &frame, x: room.x + used, y: room.y, width: max(2, room.width - used))

    let list = room.inset(top: 2)
    let first = min(top, firstOfLastPage(entries, height: list.height))
    for (row, cells) in entries[first...].joined().prefix(list.height).enumerated() {
      frame.row(cells, in: columns, x: list.x, y: list.y + row)
    }
    var left = list.height
    let below = entries[first...].drop { rows in
      left -= rows.count
      return left >= 0
    }.count
    if below > 0 {
      frame.put(
        " \(below) more \(symbols.moreBelow) ", x: room.x, y: room.maxY, width: room.width, align: .right,
        Style(.info))
    }
  }

  /// From which entry on all the rest is on the screen, so that scrolling ends there.
  private func firstOfLastPage(_ entries: [[[[Span]]]], height: Int) -> Int {
    var left = height
    let last = entries.reversed().prefix { rows in
      left -= rows.count
      return left >= 0
    }
    return max(0, min(entries.count - 1, entries.count - last.count))
  }

  /// The rows of one binding, each with its cells.
  private func helpRows(_ binding: Binding, in columns: [Column]) -> [[[Span]]] {
    let isHere = binding.works(in: view)
    let keys =
      cellWidth(binding.keyLabel) <= columns[0].width ? [binding.keyLabel] : binding.keys.map(\.label)
    let words = wrap(binding.description, width: columns[2].width)
    let why = isHere ? binding.disabled(self) : "in \(binding.placeWords)"
    // Why a key is off is said when it is pressed too: it may be left out, the description may not.
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
  /// Keys, the command's name where there is room for it, and what it does.
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

  /// The views that it works in.
  var placeWords: String {
    switch scope {
    case .everywhere: "every view"
    case .views(let views):
      views.sorted { $0.rawValue < $1.rawValue }.map(\.title).joined(separator: " and ")
    }
  }
}
