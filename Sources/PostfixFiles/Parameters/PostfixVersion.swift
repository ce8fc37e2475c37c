// The releases of Postfix.

/// A release of Postfix, as far as behaviour depends on it.
package struct PostfixVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let major: Int
  package let minor: Int
  /// `$mail_version`, the patch level included.
  package let text: String

  package init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
    text = "\(major).\(minor)"
  }

  /// `3.7`, `3.7.11` or `3.12-20260821`; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(whereSeparator: { $0 == "." || $0 == "-" }).prefix(2).map { Int($0) }
    guard parts.count == 2, let major = parts[0], let minor = parts[1] else { return nil }
    self.major = major
    self.minor = minor
    self.text = text
  }

  /// If no Postfix can be asked (docs/scripts.md).
  package static let assumed = PostfixVersion(3, 7)

  package var description: String { "\(major).\(minor)" }

  package static func == (left: PostfixVersion, right: PostfixVersion) -> Bool {
    (left.major, left.minor) == (right.major, right.minor)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(major)
    hasher.combine(minor)
  }

  package static func < (left: PostfixVersion, right: PostfixVersion) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }
}
