// A name that leads to no address, and what smtp(8) makes of that.

import PostfixFiles

/// A name that leads to no address, and why. The resolver's words are printable.
package struct ResolutionError: Error, Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// There is no such name, or it has no address: mail for it is bounced.
    case absent
    /// The same, and it has mail exchangers: a domain is in the place of a host.
    case domain
    /// No name server answered, this time: mail for it is deferred.
    case unanswered
    /// It is an address, of a family that `inet_protocols` turns off.
    case excluded
    /// The name has addresses, all of a family that `inet_protocols` turns off: mail for it is bounced.
    case otherFamily
  }

  package let kind: Kind
  package let words: String

  package init(_ kind: Kind, _ words: String) {
    self.kind = kind
    self.words = printable(words)
  }
}
