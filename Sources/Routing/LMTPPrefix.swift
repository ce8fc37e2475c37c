// What lmtp(8) lets a next hop begin with, to say what the rest of it is.

import Gateways
import PostfixFiles

/// The start of a whole next hop for lmtp(8); smtp(8) knows none.
package enum LMTPPrefix: String {
  /// Hosts follow.
  case inet = "inet:"
  /// The path of a local socket follows.
  case unix = "unix:"

  package static let count = 5

  /// Nil where `text` begins otherwise.
  package init?(_ text: some Collection<UInt8>) {
    self.init(rawValue: text.prefix(Self.count).text)
  }
}

extension MailProtocol {
  /// The items of a next hop, which smtp(8) or lmtp(8) tries one after the other. To lmtp(8) what begins with `unix:`
  /// is one path, and no later item may have a prefix.
  package func items(of nextHop: SourcedText) -> [SourcedText] {
    isLocalSocket(nextHop) ? [nextHop] : nextHopItems(withoutPrefix(nextHop))
  }

  /// Without the `inet:` that a list for lmtp(8) may begin with.
  package func withoutPrefix(_ nextHop: SourcedText) -> SourcedText {
    guard self == .lmtp, LMTPPrefix(nextHop.bytes) == .inet else { return nextHop }
    return nextHop[LMTPPrefix.count..<nextHop.count]
  }

  /// Whether a next hop is the path of a local socket: then it is no list.
  package func isLocalSocket(_ nextHop: SourcedText) -> Bool {
    self == .lmtp && LMTPPrefix(nextHop.bytes) == .unix
  }

  /// Whether an item in a list begins as only a whole next hop may: lmtp(8) ends with an error.
  package func isWholeNextHop(_ item: String) -> Bool { self == .lmtp && LMTPPrefix(item.utf8) != nil }
}
