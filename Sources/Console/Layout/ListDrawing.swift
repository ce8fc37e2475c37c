// What the lists of all views share: blocks of lines, of which one is chosen, scrolled so that it shows; and what
// is shown where a list is empty.

import Routing

/// One item of a list on the screen: as many lines as it needs, drawn by the view that knows what it is.
struct ListItem {
  var height: Int
  var draw: (inout Frame, Int) -> Void
}

extension Frame {
  /// Draws the items that fit into `area`, the chosen one among them on the ground of the selection.
  ///
  /// Items are made on demand: of a million, only those that show.
  mutating func list(count: Int, chosen: Int?, in area: Rect, item: (Int) -> ListItem) {
    guard area.height > 0, let chosen else { return }
    let middle = item(chosen)
    // Go up from the chosen item until half of the area is full, or the list begins.
    var first = chosen
    var above = 0
    while first > 0 {
      let height = item(first - 1).height
      if above + height > max(0, (area.height - middle.height) / 2) { break }
      above += height
      first -= 1
    }
    // At the end of the list the items above get the area below too.
    var below = middle.height
    var last = chosen + 1
    while last < count, above + below < area.height {
      below += item(last).height
      last += 1
    }
    while first > 0 {
      let height = item(first - 1).height
      if above + height + below > area.height { break }
      above += height
      first -= 1
    }
    var y = area.y
    for index in first..<count {
      let shown = item(index)
      // An item is never cut: its first line alone could be read as the whole. The chosen one always shows.
      if y + shown.height > area.maxY, index != first, index != chosen { break }
      if y >= area.maxY { break }
      shown.draw(&self, y)
      if index == chosen {
        let height = min(shown.height, area.maxY - y)
        lay(Rect(x: area.x, y: y, width: area.width, height: height), on: .selection)
      }
      mark(
        Rect(x: area.x, y: y, width: area.width, height: min(shown.height, area.maxY - y)), as: .row(index))
      y += shown.height
    }
  }

  /// What is shown where there are no rows: what is so, and what to do next.
  mutating func empty(_ title: String, _ advice: [String], in area: Rect) {
    let width = min(area.width - 4, 64)
    let lines = advice.flatMap { wrap($0, width: width) }
    let height = 2 + lines.count
    var y = area.y + max(0, (area.height - height) / 3)
    let x = area.x + (area.width > 90 ? (area.width - width) / 2 : 2)
    put(title, x: x, y: y, width: width, Style(.title))
    y += area.height > height ? 2 : 1
    for line in lines where y < area.maxY {
      put(line, x: x, y: y, width: width, Style(.dim))
      y += 1
    }
  }
}
