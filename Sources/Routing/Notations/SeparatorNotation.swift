// `randmap:!a!b`: the items follow in their place, each after the separator.

import PostfixFiles

package struct SeparatorNotation: PoolNotation {
  let separator: UInt8

  package let name = "separator"
  package let words = "in-line"
  package let needsAgent = true
  package let mayBeNamed = true
  package var layout: ItemLayout { ItemLayout(lead: [separator]) }

  /// The characters that may separate, the usual one first.
  private static let choices = Bytes("!|;+^~%&@*=".utf8)

  /// A separator that occurs in none of `results`; nil where none is left.
  package static func free(in results: some Sequence<String>) -> UInt8? {
    let used = Set(results.lazy.flatMap(\.utf8))
    return choices.first { !used.contains($0) }
  }

  /// Whatever is in no other notation. Where nothing follows, the separator is the usual one.
  package static func read(
    _ body: SourcedText, _ whole: Range<Int>
  ) -> (notation: Notation, items: [Range<Int>])? {
    let separator = whole.isEmpty ? choices[0] : body.bytes[whole.lowerBound]
    let items = body.itemRanges(in: whole, where: { $0 == separator }, keepingBraces: false)
      .map { body.bytes.trimmed($0) }.filter { !$0.isEmpty }
    return (.separator(separator), items)
  }
}
