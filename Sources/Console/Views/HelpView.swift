// The help: every key, from the tables of bindings, narrowed by what is typed.

import Editing

extension Console {
  func drawHelp(_ line: LineEditor, from top: Int, in frame: inout Frame) {
    let all = Binding.all.filter { $0.matches(Filter(line.text)) }
    // What works here comes first.
    let bindings = all.filter { $0.works(in: view) } + all.filter { !$0.works(in: view) }
    let width = min(frame.size.columns - 6, 92)
    let height = min(bindings.count + 2, frame.size.rows - 4)
    let room = frame.modal(Size(width, height), title: "Keys")
    let label = line.isEmpty ? "type to search, Esc leaves: " : "search: "
    let used = frame.put(label, x: room.x, y: room.y, width: room.width - 4, Style(.dim))
    line.draw(in: &frame, x: room.x + used, y: room.y, width: max(2, room.width - used))
    let list = room.inset(top: 2)
    let keyWidth = min(14, bindings.map { cellWidth($0.keyLabel) }.max() ?? 0)
    let commandWidth = room.width >= 84 ? 13 : 0
    let columns = [
      Column("", width: keyWidth), Column("", width: commandWidth),
      Column("", width: room.width - keyWidth - commandWidth - (commandWidth > 0 ? 4 : 2)),
    ]
    let first = min(top, max(0, bindings.count - list.height))
    for (row, binding) in bindings.dropFirst(first).prefix(list.height).enumerated() {
      let isHere = binding.works(in: view)
      let why = isHere ? binding.disabled(self) : "in \(binding.placeWords)"
      // Why a key is off is said when it is pressed too: it may be left out, the description may not.
      let reason = why.map { "  (\($0))" } ?? ""
      let fits = cellWidth(binding.description) + cellWidth(reason) <= columns[2].width
      frame.row(
        [
          [Span(binding.keyLabel, isHere ? .key : .dim)], [Span(":\(binding.command)", .dim)],
          [Span(binding.description, isHere ? .text : .dim), Span(fits ? reason : "", .dim)],
        ], in: columns, x: list.x, y: list.y + row)
    }
    if first + list.height < bindings.count {
      frame.put(
        " \(bindings.count - first - list.height) more \(symbols.moreBelow) ", x: room.x, y: room.maxY,
        width: room.width, align: .right, Style(.info))
    }
  }
}

extension Binding {
  /// The views that it works in.
  var placeWords: String {
    switch scope {
    case .everywhere: "every view"
    case .views(let views):
      views.sorted { $0.rawValue < $1.rawValue }.map(\.title).joined(separator: " and ")
    }
  }
}
