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

extension Bytes {
  /// - Parameter isEnd: whether a byte ends the word that a login is in.
  func hidingNextHopLogins(_ isEnd: (UInt8) -> Bool) -> Bytes {
    var shown = Bytes()
    var copied = startIndex
    var start = startIndex
    while start < endIndex {
      let word = self[start...].prefix { !isEnd($0) && !",\"{}".utf8.contains($0) }
      start = word.endIndex + 1
      // The answer of a table that has one for all keys is a member too.
      guard let login = Self.login(in: word.starts(with: "static:".utf8) ? word.dropFirst(7) : word) else {
        continue
      }
      shown += self[copied..<login.lowerBound] + SecretMask.stars
      copied = login.upperBound
    }
    return copied == startIndex ? self : shown + self[copied...]
  }

  /// A line whose value is next hops alone. There `user:password@host` is a login; elsewhere it may be a transport with an
  /// address of mail.
  var hidingLoginsOfNextHops: Bytes {
    var shown = Bytes()
    var start = startIndex
    while start < endIndex {
      let word = self[start...].prefix { !$0.isSpace && !",={}\"".utf8.contains($0) }
      let at = word.lastIndex(of: UInt8(ascii: "@"))
      if let at, Self.isHost(word[(at + 1)...]), word[..<at].dropFirst().contains(.colon),
        word.first != UInt8(ascii: "[")
      {
        shown += SecretMask.stars + word[at...]
      } else {
        shown += word
      }
      start = word.endIndex
      guard start < endIndex else { break }
      shown.append(self[start])
      start += 1
    }
    return shown
  }

  /// What of a word is not shown: of `smtp:user:password@host` the user too, and of `[user:password@host]` the password. Any sign may
  /// be in a password, so all up to the last "@" is taken for one.
  private static func login(in word: ArraySlice<UInt8>) -> Range<Int>? {
    guard let at = word.lastIndex(of: UInt8(ascii: "@")), isHost(word[(at + 1)...]) else { return nil }
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
        if first + 1 < at, close ?? at > first, !isIPv6(word[start..<at]), !isTyped(word[(start - 1)...]) {
          return (first + 1)..<at
        }
        continue
      }
      guard isTransport(word[start..<first]), let end = next(.colon, from: &second, since: first + 1),
        end + 1 < at,
        isUser(word[(first + 1)..<end], isPlace: word[start..<first].contains(UInt8(ascii: "."))),
        !isTyped(word[start...])
      else { continue }
      return (first + 1)..<at
    }
    return nil
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
  private static func isUser(_ name: ArraySlice<UInt8>, isPlace: Bool) -> Bool {
    if isPlace, name.allSatisfy(\.isDigit) { return false }
    if ["inet", "unix"].contains(name.text) || name.starts(with: "//".utf8) { return false }
    return !name.contains { "!'[]<>()|;".utf8.contains($0) }
  }

  /// A scope, a file, a parameter and a type of table have other words after them.
  private static func isTransport(_ name: ArraySlice<UInt8>) -> Bool {
    guard let first = name.first, (0x61...0x7A).contains(first | 0x20),
      name.allSatisfy({ $0.isNameByte || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
    else { return false }
    let text = name.text
    return !isBeforeAddress(text) && !TableType(text).isPostfixs && !["inet", "unix"].contains(text)
  }
}
