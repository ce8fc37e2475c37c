// Keys that a table is not asked for, or not for the mail that a person means (trivial-rewrite(8), mail_addr_find.c): what the
// rules say of them, and what an edit says before it writes one.

import PostfixFiles

/// Why an entry does not mean the mail that its key seems to name.
package enum OddKey: Hashable, Sendable {
  /// `@example.com` in a table for recipients, which is asked for the domain alone.
  case domainWithAt
  /// `example.com` in a table for senders: it is asked for that name where a user of this host has it, such as `john.doe`.
  case userOnly
  /// `.example.com` in a table for senders, which is asked for no parent domains.
  case parentDomain

  /// `@` in a table for senders: no address has an empty domain.
  case emptyDomain

  /// Nil of a key that means what it says.
  package init?(_ key: borrowing Span<UInt8>, in keys: KeySpace) {
    guard key.count > 0 else { return nil }
    switch keys {
    case .recipients:
      guard key[0] == UInt8(ascii: "@") else { return nil }
      self = .domainWithAt
    case .senders:
      if key.count == 1, key[0] == UInt8(ascii: "@") {
        self = .emptyDomain
        return
      }
      var hasDot = false
      for place in 0..<key.count {
        if key[place] == UInt8(ascii: "@") || key[place] == UInt8(ascii: "<") { return nil }
        if key[place] == UInt8(ascii: ".") { hasDot = true }
      }
      // Without a dot it is a user of this host, for whom the name alone is looked up too.
      guard hasDot else { return nil }
      self = key[0] == UInt8(ascii: ".") ? .parentDomain : .userOnly
    case .results: return nil
    }
  }

  package init?(_ key: String, in keys: KeySpace) {
    let bytes = Bytes(key.utf8)
    self.init(bytes.span, in: keys)
  }

  /// What is so, and what to write instead.
  ///
  /// - Parameter place: "here", or "in transport_maps".
  package func words(_ key: String, in place: String) -> String {
    switch self {
    case .domainWithAt:
      "\"\(key)\" is never looked up \(place); need \"\(key == "@" ? "*" : String(key.dropFirst()))\""
    case .userOnly:
      "\"\(key)\" is looked up \(place) only for a user of this host with that name; for the domain need \"@\(key)\""
    case .emptyDomain:
      "\"\(key)\" is never looked up \(place); need \"@domain\", or \"<>\" for mail without a sender"
    case .parentDomain:
      "\"\(key)\" is never looked up \(place), as senders have no parent domains there; need one \"@domain\" for each domain"
    }
  }
}
