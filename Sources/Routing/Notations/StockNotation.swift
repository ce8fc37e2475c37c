// `randmap:{a, b}`: the lookup table that an unmodified Postfix has since 3.0.

import PostfixFiles

package struct StockNotation: PoolNotation {
  package let name = "stock"
  package let words = "stock randmap:{}"
  package let isTable = true
  package let layout = ItemLayout(comma: [UInt8(ascii: ",")], gap: [UInt8(ascii: " ")])

  package func problem(withItem result: String) -> String? {
    if result.utf8.contains(where: { $0.isListSeparator }) {
      return
        "white space or a comma would make it two members: need one without (randmap:{} cannot hold a list)"
    }
    if result.contains("{") || result.contains("}") {
      return "Postfix keeps braces as part of the result: need a result without braces"
    }
    return nil
  }

  package static func read(
    _ body: SourcedText, _ whole: Range<Int>
  ) -> (notation: Notation, items: [Range<Int>])? {
    guard !whole.isEmpty, body.bytes[whole.lowerBound] == .openBrace else { return nil }
    let end = body.endOfBraces(at: whole.lowerBound) ?? whole.upperBound
    let inside = whole.lowerBound + 1..<max(end - 1, whole.lowerBound + 1)
    return (.stock, body.itemRanges(in: inside, where: { $0.isListSeparator }, keepingBraces: true))
  }
}

extension TableSpec {
  /// The pool that it is; nil for any other table.
  package var pool: PoolText? {
    guard case .draw(let items) = content else { return nil }
    return PoolText(notation: .stock, text: argument, items: items)
  }

  /// Whether a pool is in it.
  package var hasPool: Bool {
    switch content {
    case .draw: true
    case .pipe(let tables), .union(let tables): tables.contains(where: \.hasPool)
    case .proxied(let table): table.hasPool
    default: false
    }
  }

  /// The pools in it, in order.
  package var pools: [PoolText] { flattened.compactMap(\.pool) }
}
