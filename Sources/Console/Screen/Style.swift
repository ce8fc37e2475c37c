// What a cell means, not how it looks: views name roles, and the theme says which colours they have.

/// What a piece of text on the screen is. Raw values are the names in a theme file.
public enum Role: String, Hashable, Sendable, CaseIterable {
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
  case up, degraded, down, refused, drained, unknown
  case added, removed, changed
  case error, warning, info
}

/// What a terminal can do to text besides colour.
public struct Attributes: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let bold = Attributes(rawValue: 1)
  public static let reverse = Attributes(rawValue: 2)
  public static let underline = Attributes(rawValue: 4)
  public static let dim = Attributes(rawValue: 8)
}

/// The meaning of a cell: its role, what it lies on (the selected row, say), and attributes of its own.
public struct Style: Hashable, Sendable {
  public var role: Role
  /// The role whose background shows through, or nil for the screen's own.
  public var ground: Role?
  public var attributes: Attributes

  public init(_ role: Role, on ground: Role? = nil, _ attributes: Attributes = []) {
    self.role = role
    self.ground = ground
    self.attributes = attributes
  }

  public static let text = Style(.text)
}
