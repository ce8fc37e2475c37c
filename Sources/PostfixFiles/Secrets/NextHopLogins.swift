// A login that a person has put into a next hop, which has none: `smtp:user:password@host`, `[user:password@host]:587`.

import Synchronization

/// Addresses that the caller of this process asked about. What looks like a login in them is what the caller typed.
private let typed = Mutex<Set<Bytes>>([])

/// Lets addresses be shown as they were typed, whatever they look like.
package func showTyped(_ addresses: [String]) {
  typed.withLock { $0.formUnion(addresses.map { Bytes($0.utf8) }) }
}

/// Whether a word is an address that the caller typed, also in angle brackets.
func isTyped(_ word: ArraySlice<UInt8>) -> Bool {
  typed.withLock { known in
    !known.isEmpty
      && known.contains(Bytes(word.drop { $0 == UInt8(ascii: "<") }.prefix { !")>".utf8.contains($0) }))
  }
}

/// What may come before a login in its word: the beginnings of members and of texts in a message.
private let openings = Bytes("'!=()|;<>[".utf8)

/// Also signs of a password may part items: what looks like the start of a login goes on after them.
private let separators = Bytes(",\"{}".utf8)

extension Bytes {
  /// A text of any kind without the logins in it. A word ends with white space.
  var hidingNextHopLogins: Bytes { hiding(nextHopLogins) }

  var nextHopLogins: [Range<Int>] {
    partsOfWords { word, hide in
      // Where a login begins that a separator has cut.
      var cut: (start: Int, secret: Int)?
      // Whether a login after a host was the last thing.
      var endsWithLogin = false
      for whole in word.split(whereSeparator: { separators.contains($0) }) {
        // The line that a message asks a person to write is no secret.
        let part =
          whole.suffix(Self.placeholder.count) == Self.placeholder
          ? whole.dropLast(Self.placeholder.count) : whole
        if part.isEmpty { continue }
        // The answer of a table that has one for all keys is a member too.
        let item = part.starts(with: "static:".utf8) ? part.dropFirst(7) : part
        let at = part.lastIndex(of: UInt8(ascii: "@")).flatMap { Self.isHost(part[($0 + 1)...]) ? $0 : nil }
        if let at, let (_, secret) = Self.login(in: item, before: at) {
          hide(secret..<at)
          cut = nil
        } else if let at, let start = cut {
          if !isTyped(word[start.start...]) { hide(start.secret..<at) }
          cut = nil
        } else if at == nil, let secret = Self.loginAfterName(item), !isTyped(part) {
          hide(secret)
          endsWithLogin = secret.upperBound == part.endIndex
        } else if at == nil, let start = Self.login(in: item, before: item.endIndex) {
          cut = cut ?? start
        } else {
          let found = Self.loginsAfterHosts(in: part)
          for range in found { hide(range) }
          // A password of theirs may go on after a separator, which no host, port or transport does.
          if endsWithLogin, found.isEmpty, !part.contains(where: { "[:".utf8.contains($0) }) {
            hide(part.indices)
          }
          endsWithLogin = found.isEmpty ? endsWithLogin : found.last?.upperBound == part.endIndex
        }
      }
    }
  }

  /// The same of a text that is next hops alone: the value of a relayhost, and what is shown apart from its transport. There
  /// `user:password@host` is a login; elsewhere it may be a transport with an address of mail.
  package var hidingLoginsOfNextHops: Bytes { hiding(loginsOfNextHops) }

  var loginsOfNextHops: [Range<Int>] {
    partsOfWords { word, hide in
      var cut: Int?
      for part in word.split(whereSeparator: { separators.contains($0) || $0 == UInt8(ascii: "=") }) {
        let at = part.lastIndex(of: UInt8(ascii: "@")).flatMap { Self.isHost(part[($0 + 1)...]) ? $0 : nil }
        if let at, let start = cut {
          hide(start..<at)
          cut = nil
        } else if let at {
          let isPath = part.first == UInt8(ascii: "/") || part.starts(with: "unix:".utf8)
          if part.first != UInt8(ascii: "["), !isPath,
            part[..<at].dropFirst().contains(where: { ":/".utf8.contains($0) })
          {
            hide(part.startIndex..<at)
          }
        } else if let secret = Self.loginAfterHost(part) {
          hide(secret)
        } else if cut == nil, let colon = part.firstIndex(of: .colon), colon > part.startIndex,
          !part[..<colon].contains(where: { "[]/".utf8.contains($0) }),
          Self.isSecret(part[(colon + 1)...])
        {
          cut = part.startIndex
        }
      }
    }
  }

  /// - Parameter find: is given each word, and finds parts of it, from its start to its end.
  private func partsOfWords(_ find: (ArraySlice<UInt8>, (Range<Int>) -> Void) -> Void) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = startIndex
    while start < endIndex {
      let word = self[start...].prefix { !$0.isSpace }
      start = word.endIndex + 1
      if !word.isEmpty { find(word) { found.append($0) } }
    }
    return found
  }

  private static let placeholder = Bytes("=USER:PASSWORD".utf8)[...]

  /// - Parameter parts: in order.
  func hiding(_ parts: [Range<Int>]) -> Bytes {
    if parts.isEmpty { return self }
    var shown = Bytes()
    var copied = startIndex
    for part in parts where part.lowerBound >= copied {
      shown += self[copied..<part.lowerBound] + SecretMask.stars
      copied = part.upperBound
    }
    return shown + self[copied...]
  }

  /// Where a login begins in a word, and what of it is not shown: of `smtp:user:password@host` the user too, and of
  /// `[user:password@host]` the password. Any sign may be in a password, so all up to the last "@" is taken for one.
  ///
  /// - Parameter at: the last "@" before a host; the end of the word where that has none, as a sign of the password has cut it.
  private static func login(in word: ArraySlice<UInt8>, before at: Int) -> (start: Int, secret: Int)? {
    let isCut = at == word.endIndex
    // Each byte is looked at a few times only, however many openings there are.
    var colon = word.startIndex
    var second = word.startIndex
    var closing = word.startIndex
    func next(_ byte: UInt8, from place: inout Int, since start: Int) -> Int? {
      place = Swift.max(place, start)
      while place < at, word[place] != byte { place += 1 }
      return place < at ? place : nil
    }
    for start in word.startIndex..<at
    where start == word.startIndex || openings.contains(word[start - 1]) {
      guard let first = next(.colon, from: &colon, since: start) else { return nil }
      if start > word.startIndex, word[start - 1] == UInt8(ascii: "[") {
        let close = next(UInt8(ascii: "]"), from: &closing, since: start)
        let isWhole = isCut ? close == nil && isSecret(word[(first + 1)..<at]) : close ?? at > first
        if first + 1 < at, isWhole, !isIPv6(word[start..<at]), !isTyped(word[(start - 1)...]) {
          return (start - 1, first + 1)
        }
        continue
      }
      guard isTransport(word[start..<first]) else { continue }
      let isPlace = word[start..<first].contains(UInt8(ascii: "."))
      if let end = next(.colon, from: &second, since: first + 1), end + 1 < at,
        isUser(word[(first + 1)..<end], isPlace: isPlace), !isTyped(word[start...]),
        !isCut || end > first + 1 && isSecret(word[(end + 1)..<at])
      {
        return (start, first + 1)
      }
      // A slash may take the place of the colon. In an address it would be one of X.400, which begins with one.
      let user = word[(first + 1)..<at].prefix { $0 != UInt8(ascii: "/") }
      if !isCut, !user.isEmpty, user.endIndex + 1 < at, isUser(user, isPlace: isPlace),
        !user.contains(.colon),
        !isTyped(word[start...])
      {
        return (start, first + 1)
      }
    }
    return nil
  }

  /// Whether what follows a colon may be a password: it is no port, no host in brackets, no path.
  static func isSecret(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first, first != UInt8(ascii: "["), first != UInt8(ascii: "/") else { return false }
    let word = text.prefix { !"!|;)]".utf8.contains($0) }
    return !(word.count <= 5 && word.allSatisfy(\.isDigit))
      && !["smtp", "smtps", "submission", "submissions", "lmtp"].contains(word.text)
  }

  /// What follows the "@"; a word that ends there may have a space before its host.
  private static func isHost(_ text: ArraySlice<UInt8>) -> Bool {
    text.first.map { $0 > 0x7F || $0.isNameByte || $0 == UInt8(ascii: "[") } ?? true
  }

  private static func isIPv6(_ text: ArraySlice<UInt8>) -> Bool {
    if text.prefix(5).text.lowercased() == "ipv6:" { return true }
    let address = text.prefix { $0.isDigit || (0x61...0x66).contains($0 | 0x20) || ":.".utf8.contains($0) }
    return address.count { $0 == .colon } > 1 && text[address.endIndex...].first == UInt8(ascii: "]")
  }

  /// - Parameter isPlace: whether a line of a file may be meant: `main.cf:3:`.
  static func isUser(_ name: ArraySlice<UInt8>, isPlace: Bool) -> Bool {
    if isPlace, name.allSatisfy(\.isDigit) { return false }
    if ["inet", "unix"].contains(name.text) || name.starts(with: "//".utf8) { return false }
    return !name.contains { "!'[]<>()|;".utf8.contains($0) }
  }

  /// A scope, a file, a parameter and a type of table have other words after them.
  static func isTransport(_ name: ArraySlice<UInt8>) -> Bool {
    guard let first = name.first, (0x61...0x7A).contains(first | 0x20),
      name.allSatisfy({ $0.isNameByte || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
    else { return false }
    let text = name.text
    return !isBeforeAddress(text) && !TableType(text).isPostfixs && !["inet", "unix"].contains(text)
  }
}

/// A next hop that is shown apart from its transport, or a list of them.
package func printableNextHop(_ text: String) -> String { printable(withoutLogin(nextHop: text)) }

/// See `printableNextHop(_:)`; for JSON.
package func withoutLogin(nextHop text: String) -> String {
  let text = hidingLogins(text)
  guard text.utf8.contains(UInt8(ascii: "@")) || text.utf8.count(where: { $0 == .colon }) > 1 else {
    return text
  }
  return Bytes(text.utf8).hidingLoginsOfNextHops.text
}
