// What a view is: rows, a filter, a selection, keys, and how it draws them. Each view is a value in a folder of its own.

import Editing
import Routing

/// One view of the console. It knows its own rows; everything else comes in as `Facts`.
protocol View: Sendable {
  /// The name on its tab; in lower case it is the command that shows the view.
  static var title: String { get }
  /// The keys that work here and not in every view.
  static var keys: [Binding] { get }

  init()

  /// Which row is chosen; nil until one was.
  var selection: Selection? { get set }
  /// Whether the filter hides rows; otherwise it is a search in a text that is read as a whole.
  static var isNarrowed: Bool { get }
  /// The words that rows must have; nil where all rows show.
  var filter: String? { get set }
  /// Whether a row has the words itself, and does not only belong to what has them.
  func matches(_ filter: Filter, at index: Int) -> Bool
  /// How the list is sorted.
  var sorting: Sorting { get set }
  /// What it can be sorted by, as columns are called; empty where that is nothing.
  func orders(_ facts: Facts) -> [String]
  /// How many rows there are.
  var count: Int { get }

  /// Makes the rows again. `dialog` may hold an edit that is being typed, or a write to look at.
  mutating func refresh(_ facts: Facts, _ dialog: Dialog?)
  /// What a thread has to do for the rows, asked for after each event; nil where there is nothing.
  mutating func work(_ facts: Facts) -> ViewWork?
  /// Whether the rows are still to come, or are those from before the last edit.
  func isReading(_ facts: Facts) -> Bool
  func draw(in frame: inout Frame, _ area: Rect, _ facts: Facts)

  /// What its tab shows after the title; nil where there is nothing to look at.
  func badge(_ facts: Facts) -> Badge?
  /// What the rule above the keys says about the list, such as its order.
  var remark: String? { get }
  /// Whether the rule above the keys says which row is chosen.
  var showsPosition: Bool { get }
  /// All that is known of the chosen row, for the key `i`; nil where there is no more than the row.
  func detail(_ facts: Facts) -> Detail?
  /// The chosen row as text, for the clipboard; nil where nothing is chosen.
  func clipping(_ facts: Facts) -> String?
  /// A row as names and values, what matters most first: for a screen reader, or for reading line by line.
  func rowWords(at index: Int, _ facts: Facts) -> [RowWord]
  /// Where the chosen row is written; nil where that is nowhere.
  func place(_ facts: Facts) -> FilePlace?
  /// Called when the view comes to the front.
  mutating func appear()
  /// Chooses the row that `edit` has made.
  ///
  /// - Returns: whether there is one.
  mutating func choose(madeBy edit: Edit) -> Bool
}

/// Work for a thread that takes longer than a key press may: reading, searching a million rows. Its result is how the
/// model changes.
typealias ViewWork = @Sendable () -> ViewUpdate

typealias ViewUpdate = @Sendable (inout Model) -> Void

/// A view whose chosen row means members of pools: the keys in `Binding.members` act on them.
protocol MemberView: View {
  /// The members that the chosen row means, each with its pool.
  func memberships(_ facts: Facts) -> [PoolMembership]
  /// Why nothing can be done to the chosen row; nil where something can.
  func whyNoMember(_ facts: Facts) -> String?
}

/// One member in one pool.
typealias PoolMembership = (pool: Pool, member: Member)

/// A value of a row with its name.
struct RowWord: Hashable, Sendable {
  let name: String
  let value: String

  init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// `share: 33.3%`.
  var text: String { name.isEmpty ? value : "\(name): \(value)" }
}

/// A line of a file, from 1.
struct FilePlace: Hashable, Sendable {
  var path: String
  var line: Int
}

/// A few characters on a tab.
struct Badge: Hashable, Sendable {
  var text: String
  var role: Role
}

/// What is shown in place of the list, under a title.
struct Detail: Sendable {
  var title: String
  var lines: [[Span]]
}

extension View {
  static var isNarrowed: Bool { true }
  func matches(_ filter: Filter, at index: Int) -> Bool { true }
  var sorting: Sorting {
    get { Sorting() }
    set {}
  }
  func orders(_ facts: Facts) -> [String] { [] }
  mutating func work(_ facts: Facts) -> ViewWork? { nil }
  func isReading(_ facts: Facts) -> Bool { false }
  func badge(_ facts: Facts) -> Badge? { nil }
  var remark: String? { sorting.words }
  var showsPosition: Bool { true }
  func detail(_ facts: Facts) -> Detail? { nil }
  func clipping(_ facts: Facts) -> String? { nil }
  func place(_ facts: Facts) -> FilePlace? { nil }
  mutating func appear() {}
  mutating func choose(madeBy edit: Edit) -> Bool { false }

  /// The index of the chosen row; nil where there are no rows.
  var chosen: Int? { (selection ?? Selection()).index(of: count) }

  mutating func choose(_ index: Int) {
    var selection = selection ?? Selection()
    selection.choose(index)
    self.selection = selection
  }

  mutating func move(by step: Int) {
    var selection = selection ?? Selection()
    selection.move(by: step, of: count)
    self.selection = selection
  }
}
