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
      && known.contains(Bytes(word.drop { $0 == UInt8(ascii: "<") }.prefix { $0 != UInt8(ascii: ">") }))
  }
}

extension Bytes {
  /// - Parameter isEnd: whether a byte ends the word that a login is in.
  func hidingNextHopLogins(_ isEnd: (UInt8) -> Bool) -> Bytes {
    hidingLoginsBehindTransports(isEnd).hidingLoginsInBrackets(isEnd)
  }

  /// `[user:password@host]`; an IPv6 address has no "@".
  private func hidingLoginsInBrackets(_ isEnd: (UInt8) -> Bool) -> Bytes {
    var shown = Bytes()
    var copied = startIndex
    var open: Int?
    for (index, byte) in enumerated() {
      if byte == UInt8(ascii: "[") {
        open = index
      } else if isEnd(byte) {
        open = nil
      } else if byte == UInt8(ascii: "]"), let start = open {
        open = nil
        guard let password = Self.password(of: self[(start + 1)..<index]), !isTyped(self[start...index])
        else { continue }
        shown += self[copied..<password.lowerBound] + SecretMask.stars
        copied = password.upperBound
      }
    }
    return copied == startIndex ? self : shown + self[copied...]
  }

  /// `smtp:user:password@host`. A scope, a file, a parameter and a type of table have other words behind them.
  private func hidingLoginsBehindTransports(_ isEnd: (UInt8) -> Bool) -> Bytes {
    var shown = Bytes()
    var copied = startIndex
    for whole in split(whereSeparator: { isEnd($0) || ",\"'{}!=()|;<>".utf8.contains($0) }) {
      // The answer of a table that has one for all keys.
      let word = whole.starts(with: "static:".utf8) ? whole.dropFirst(7) : whole
      guard let colon = word.firstIndex(of: .colon), colon + 1 < word.endIndex,
        Self.isTransport(word[..<colon]),
        let password = Self.password(of: word[(colon + 1)...].untilPort), !isTyped(word)
      else { continue }
      shown += self[copied...colon] + SecretMask.stars
      copied = password.upperBound
    }
    return copied == startIndex ? self : shown + self[copied...]
  }

  /// Where the password of `user:password@host` is; nil of anything else.
  private static func password(of login: ArraySlice<UInt8>) -> Range<Int>? {
    guard let at = login.lastIndex(of: UInt8(ascii: "@")), let colon = login[..<at].firstIndex(of: .colon),
      colon > login.startIndex, colon + 1 < at
    else { return nil }
    let (user, host) = (login[..<colon], login[(at + 1)...])
    let isUser = user.allSatisfy { $0 > 0x7F || $0.isNameByte || "@.-+%".utf8.contains($0) }
    let isHost = host.allSatisfy { $0 > 0x7F || $0.isNameByte || ".-:".utf8.contains($0) }
    guard isUser, isHost, let first = host.first, first > 0x7F || first.isNameByte else { return nil }
    return (colon + 1)..<at
  }

  private static func isTransport(_ name: ArraySlice<UInt8>) -> Bool {
    guard let first = name.first, (0x61...0x7A).contains(first),
      name.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F }
      )
    else { return false }
    let text = name.text
    return !isBeforeAddress(text) && !TableType(text).isPostfixs && !["inet", "unix"].contains(text)
  }
}

extension ArraySlice<UInt8> {
  /// Without the colon at the end, which belongs to the sentence.
  fileprivate var untilPort: ArraySlice<UInt8> { last == .colon ? dropLast() : self }
}
