// How a list is sorted: by one of its columns, or as it comes; either way also from the end.

struct Sorting: Hashable, Sendable {
  /// What the column is called; nil: as the rows come.
  var column: String?
  var isReversed = false

  /// For the rule above the keys; nil where there is nothing to say.
  var words: String? {
    guard let column else { return isReversed ? "in reverse" : nil }
    return "sorted by \(column)" + (isReversed ? ", reversed" : "")
  }

  /// `rows` by their keys, the smallest first; equals stay as they come.
  func sorted<Row, Key: Comparable>(_ rows: [Row], by key: (Row) -> Key) -> [Row] {
    let keys = rows.map(key)
    return rows.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.map { rows[$0] }
  }

  /// From the end, where that is asked for.
  func turned<Row>(_ rows: [Row]) -> [Row] { isReversed ? rows.reversed() : rows }
}

extension Binding {
  /// For the views whose list can be sorted.
  static let sorts: [Binding] = [
    Binding(
      .show, [.character("s")], "sort", "Sort by the next column, or as the list comes",
      disabled: { $0.whyNoSort },
      action: { model in
        let orders = model.views[model.shown].orders(model.facts)
        let now = model.views[model.shown].sorting.column
        let index = now.flatMap { orders.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
        model.sort(by: orders.indices.contains(index) ? orders[index] : nil)
        return []
      }),
    Binding(
      .show, [.character("S")], "reverse", "Reverse the order of the list", disabled: { $0.whyNoSort },
      action: { model in
        model.views[model.shown].sorting.isReversed.toggle()
        return []
      }),
  ]
}

extension Model {
  fileprivate var whyNoSort: String? { views[shown].count == 0 ? "there is nothing to sort" : nil }

  /// Sorts the list in front by a column; nil: as it comes.
  mutating func sort(by column: String?) {
    views[shown].sorting = Sorting(column: column)
  }
}
