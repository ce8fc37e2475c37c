// Names that are too long for their column, shortened so that what tells them apart stays: two lanes differ in the middle, and
// two hosts at the end.

import Editing
import PostfixFiles
import Routing

/// The texts of the rows near the chosen one, as a column shows them.
struct DistinctNames {
  private let names: [Int: String]
  private let text: (Int) -> String

  /// - Parameters:
  ///   - rows: how many rows above and below the chosen one may show.
  ///   - width: of the column, without what stands before the name in it.
  init(
    around chosen: Int?, of count: Int, rows: Int, width: Int, _ symbols: Symbols,
    text: @escaping (Int) -> String
  ) {
    self.text = text
    let chosen = min(chosen ?? 0, max(0, count - 1))
    let rows = max(0, rows)
    let near = Array(max(0, chosen - rows)..<max(0, min(count, chosen + rows + 1)))
    let texts = near.map(text)
    let shown = distinct(texts, width: width, ellipsis: symbols.ellipsis)
    names = Dictionary(uniqueKeysWithValues: zip(near, shown))
  }

  subscript(index: Int) -> String { names[index] ?? text(index) }
}

extension Prompt {
  /// The label in so many cells. Where it would look like that of another member, the name is worth more than the words before
  /// it.
  func label(_ facts: Facts, width: Int, _ symbols: Symbols) -> String {
    let whole = label(facts)
    guard cellWidth(whole) > width else { return whole }
    switch purpose {
    case .share(let pool, let member), .weight(let pool, let member):
      let results = facts.session.pools.first { $0.id == pool }?.members.map(\.result) ?? []
      let names = results.map { printable($0) }
      guard let index = results.firstIndex(of: member), whole.hasSuffix(names[index]) else { return whole }
      let words = String(whole.dropLast(names[index].count))
      let looks = names.map { (words + $0).prefix(max(0, width - 1)) }
      guard looks.count(where: { $0 == looks[index] }) > 1 else { return whole }
      return distinct(names, width: width, ellipsis: symbols.ellipsis)[index]
    default: return whole
    }
  }
}

/// `texts`, of which those that would look alike in `width` cells begin later, with an ellipsis. The others are as they were, and
/// what is still too long is cut at its end where it is drawn.
func distinct(_ texts: [String], width: Int, ellipsis: String) -> [String] {
  // Names are ASCII, nearly all of them; no other text is cut here.
  let long = texts.indices.filter { texts[$0].utf8.count > width && texts[$0].utf8.allSatisfy { $0 < 0x80 } }
  guard long.count > 1, width > 4 else { return texts }
  var result = texts
  /// What shows of each: with its ellipsis at the end it is one cell less.
  func looks(_ index: Int) -> String {
    result[index].count <= width ? result[index] : String(result[index].prefix(width - 1))
  }
  // What one group begins with may be what another one shows: a few rounds settle that.
  for _ in 0..<6 {
    let alike = Dictionary(grouping: long, by: looks).values.filter { Set($0.map { texts[$0] }).count > 1 }
    if alike.isEmpty { break }
    for group in alike {
      let same = commonPrefix(group.map { Array(texts[$0].utf8) })
      for index in group {
        let text = texts[index]
        // All of what is left, if that fits; otherwise some of what is before the difference, to know it by.
        let tail = text.utf8.count - (width - 1)
        let start = max(1, min(tail, same - (width - 2) / 3))
        result[index] = ellipsis + text.dropFirst(start)
      }
    }
  }
  return result
}

/// How many bytes all texts have in common at their beginning.
private func commonPrefix(_ texts: [[UInt8]]) -> Int {
  guard let first = texts.first else { return 0 }
  return texts.dropFirst().reduce(first.count) { length, text in
    zip(first.prefix(length), text).prefix { $0 == $1 }.count
  }
}
