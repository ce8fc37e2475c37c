// A theme: the colours and attributes of each role. Flat `role = colour` lines in a file that is read as
// main.cf is.

import PostfixFiles

/// How a role looks.
package struct Look: Hashable, Sendable {
  package var foreground: Colour
  package var background: Colour
  package var attributes: Attributes

  package init(
    _ foreground: Colour = .terminal, on background: Colour = .terminal, attributes: Attributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }
}

/// What is wrong with a theme. The description has the file, the line and what is needed.
package struct ThemeError: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String
}

/// The looks of all roles.
package struct Theme: Hashable, Sendable {
  private var looks: [Role: Look]

  /// Attributes alone: what is used where colour is not wanted or not there. The words and the symbols
  /// carry the meaning.
  package static let monochrome = Theme(looks: [
    .title: Look(attributes: [.bold]), .header: Look(attributes: [.bold]), .key: Look(attributes: [.bold]),
    .selection: Look(attributes: [.reverse]), .input: Look(attributes: [.underline]),
    .live: Look(attributes: [.bold]), .production: Look(attributes: [.reverse]),
    .down: Look(attributes: [.bold]), .refused: Look(attributes: [.bold]),
    .degraded: Look(attributes: [.bold]), .error: Look(attributes: [.bold]),
    .warning: Look(attributes: [.bold]),
    .changed: Look(attributes: [.bold]), .added: Look(attributes: [.bold]),
  ])

  private init(looks: [Role: Look]) { self.looks = looks }

  /// The look of a style: its role's foreground over its ground's background, or over the screen's own.
  ///
  /// A ground that names a foreground, or is shown in reverse, imposes it: a row of reversed colours would
  /// be a row of patches.
  package func look(of style: Style) -> Look {
    let own = looks[style.role] ?? Look()
    let screen = looks[.text] ?? Look()
    var look = own
    if own.foreground == .terminal { look.foreground = screen.foreground }
    if own.background == .terminal { look.background = screen.background }
    if style.attributes.contains(.block), own.background != .terminal {
      (look.foreground, look.background) = (own.background, screen.background)
    }
    if let ground = style.ground {
      let below = looks[ground] ?? Look()
      look.attributes.formUnion(below.attributes)
      if below.background != .terminal { look.background = below.background }
      if below.attributes.contains(.reverse) { look.foreground = screen.foreground }
      if below.foreground != .terminal { look.foreground = below.foreground }
    }
    look.attributes.formUnion(style.attributes)
    return look
  }
}

extension Theme {
  /// Reads a theme: `role = [colour] [attribute ...]` and `role.bg = colour`, comments with `#`.
  ///
  /// A role that is not named looks like `text`. An unknown role, colour or attribute is an error.
  package init(_ file: MainCf) throws(ThemeError) {
    let path = file.document.path
    func fail(_ line: LogicalLine, _ words: String) -> ThemeError {
      ThemeError(description: "\(printable(path)), line \(line.number): \(words)")
    }
    if let first = file.problems.first {
      throw fail(first.line, "need \"role = colour\"")
    }
    var looks: [Role: Look] = [:]
    for assignment in file.assignments {
      let isBackground = assignment.name.hasSuffix(".bg")
      let name = isBackground ? String(assignment.name.dropLast(3)) : assignment.name
      guard let role = Role(rawValue: name) else {
        let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
        throw fail(assignment.line, "unknown role \"\(printable(name))\"; the roles are \(known)")
      }
      var look = looks[role] ?? Look()
      for word in assignment.value.text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init) {
        if let colour = Colour(word) {
          if isBackground { look.background = colour } else { look.foreground = colour }
        } else if !isBackground, let attribute = Attributes(word) {
          look.attributes.insert(attribute)
        } else {
          throw fail(
            assignment.line,
            "unknown colour \"\(printable(word))\"; need default, one of \(Colour.names.joined(separator: ", ")), "
              + "0-255 or #rrggbb" + (isBackground ? "" : ", or bold, dim, reverse, underline"))
        }
      }
      looks[role] = look
    }
    self.init(looks: looks)
  }
}

extension Attributes {
  /// The attribute of that name in a theme.
  fileprivate init?(_ name: String) {
    switch name {
    case "bold": self = .bold
    case "dim": self = .dim
    case "reverse": self = .reverse
    case "underline": self = .underline
    default: return nil
    }
  }
}
