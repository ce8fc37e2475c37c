// What is different about the ways to write a pool. Each of them is a file here; the rest of the program asks these
// questions and never which notation it is.

import PostfixFiles

/// One way to write a pool.
package protocol PoolNotation: Sendable {
  /// The word of docs/scripts.md.
  var name: String { get }
  /// For people.
  var words: String { get }
  /// Whether such a pool works only where the agent randmap(8) is in use.
  var needsAgent: Bool { get }
  /// Whether Postfix itself runs it, as a lookup table.
  var isTable: Bool { get }
  /// Whether the value of a parameter that others name may be written so.
  var mayBeNamed: Bool { get }
  /// Whether the others of a member's transport follow it as a next-hop list, with the agent or without.
  var passesOthersOn: Bool { get }
  /// The largest weight of one member.
  var largestWeight: Int { get }
  /// How its items are laid out.
  var layout: ItemLayout { get }

  /// Why `result` cannot be an item; nil where it can. What is true of all notations is not looked at.
  func problem(withItem result: String) -> String?

  /// Reads the text after `randmap:`; nil where it is not in this notation. `whole` leaves out white space at its ends.
  static func read(_ body: SourcedText, _ whole: Range<Int>) -> (notation: Notation, items: [Range<Int>])?
}

extension PoolNotation {
  package var needsAgent: Bool { false }
  package var isTable: Bool { false }
  package var mayBeNamed: Bool { false }
  package var passesOthersOn: Bool { false }
  /// A pool is a list, and Postfix was seen to carry one of so many parts (docs/pools.md).
  package var largestWeight: Int { 1_000 }
  package var layout: ItemLayout { ItemLayout() }
  package func problem(withItem result: String) -> String? { nil }
  package static func read(
    _ body: SourcedText, _ whole: Range<Int>
  ) -> (notation: Notation, items: [Range<Int>])? { nil }
}

/// What is written around the items of a pool.
package struct ItemLayout: Hashable, Sendable {
  /// In front of each item.
  package var lead: Bytes = []
  /// Between two items, right after the first.
  package var comma: Bytes = []
  /// Between two items on one line, if no others show the person's own style.
  package var gap: Bytes = []
  /// Whether each item is a line, which may begin in its first column.
  package var isByLine = false
}

/// How a pool is written.
package enum Notation: Hashable, Sendable {
  /// `randmap:!a!b`; the first character is the separator.
  case separator(UInt8)
  /// `randmap:/file`, one result per line; the path as it is written.
  case file(String)
  /// `randmap:my_pool`: that parameter contains the pool.
  case named(String)
  /// `randmap:{a, b}`, a lookup table of Postfix 3.0 and later.
  case stock
  /// The rows of a pool in a database, which Postfix asks itself.
  case database(path: String, pool: String)
  /// One destination where a pool could be.
  case single

  package var form: any PoolNotation {
    switch self {
    case .separator(let byte): SeparatorNotation(separator: byte)
    case .file: FileNotation()
    case .named: NamedNotation()
    case .stock: StockNotation()
    case .database: DatabaseNotation()
    case .single: SingleNotation()
    }
  }

  /// Those that may follow `randmap:`, in the order in which they are tried.
  static let written: [any PoolNotation.Type] = [
    FileNotation.self, StockNotation.self, NamedNotation.self, SeparatorNotation.self,
  ]

  /// The word of docs/scripts.md.
  package var name: String { form.name }
  /// For people.
  package var words: String { form.words }
  /// Whether such a pool works only where the agent randmap(8) is in use.
  package var needsAgent: Bool { form.needsAgent }
  /// Whether Postfix itself runs it, as a lookup table.
  package var isTable: Bool { form.isTable }
}
