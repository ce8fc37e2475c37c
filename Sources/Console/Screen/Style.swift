// What a cell means, not how it looks: views name roles, and the theme says which colours they have.

/// What a piece of text on the screen is. Raw values are the names in a theme file.
package enum Role: String, Hashable, Sendable, CaseIterable {
  /// Everything that has no other role; its background is the background of the screen.
  case text
  /// What may be overlooked: units, explanations, unchanged lines.
  case dim
  /// The program's name, the title of a box, the chosen view.
  case title
  /// The heading of a column.
  case header
  /// A key that can be pressed.
  case key
  /// Rules and frames of boxes.
  case border
  /// The row that keys act on.
  case selection
  /// The text that is being typed.
  case input
  /// A bar that shows a share.
  case bar
  /// The configuration directory, where it is the one that mail runs on.
  case live
  /// The configuration directory, where it is a sample.
  case demo
  /// The first line, where a write needs the name of the host.
  case production
  case up, degraded, down, refused, drained, unknown
  case added, removed, changed
  case error, warning, info
}

/// What a terminal can do to text besides colour.
package struct Attributes: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let bold = Attributes(rawValue: 1)
  package static let reverse = Attributes(rawValue: 2)
  package static let underline = Attributes(rawValue: 4)
  package static let dim = Attributes(rawValue: 8)
  /// Drawn with blocks: where the role has a background for its words, the blocks have that colour. In that of the words they would
  /// not be seen on the screen's own.
  package static let block = Attributes(rawValue: 16)
}

/// The meaning of a cell: its role, what it lies on (the selected row, say), and attributes of its own.
package struct Style: Hashable, Sendable {
  package var role: Role
  /// The role whose background shows through, or nil for the screen's own.
  package var ground: Role?
  package var attributes: Attributes

  package init(_ role: Role, on ground: Role? = nil, _ attributes: Attributes = []) {
    self.role = role
    self.ground = ground
    self.attributes = attributes
  }

  package static let text = Style(.text)
}
