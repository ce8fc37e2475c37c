// Passwords in a URL, and those that a person has put before the host of a next hop, wherever they stand.

extension Bytes {
  /// `ldap://user:********@host`, and `smtp:********@[gw1.example]`, which is no login to Postfix.
  var withoutURLPasswords: Bytes { hidingLogins { $0.isSpace } }
}

/// A text without the passwords of URLs: one place for all that is shown.
func hidingLogins(_ text: String) -> String {
  guard mayHaveLogins(text.utf8) else { return text }
  return Bytes(text.utf8).withoutURLPasswords.text
}

/// The same of JSON, whose texts end with a quote.
func hidingLogins(inJSON json: Bytes) -> Bytes {
  guard mayHaveLogins(json) else { return json }
  return json.hidingLogins { $0.isSpace || $0 == UInt8(ascii: "\"") }
}

/// Nearly no text has one.
private func mayHaveLogins(_ text: some Collection<UInt8>) -> Bool {
  var slashes = 0
  var before: UInt8 = 0
  for byte in text {
    if byte == UInt8(ascii: "[") && before == UInt8(ascii: "@") { return true }
    slashes = byte == UInt8(ascii: "/") ? slashes + 1 : 0
    // Behind a colon, which only a second look knows.
    if slashes == 2 { return true }
    before = byte
  }
  return false
}

extension Bytes {
  private static let stars = Bytes("********".utf8)

  /// - Parameter isEnd: whether a byte ends the word that a login is in.
  fileprivate func hidingLogins(_ isEnd: (UInt8) -> Bool) -> Bytes {
    hidingURLPasswords(isEnd).hidingPasswordsBeforeHosts(isEnd)
  }

  /// A password may have an "@", a "/" or a "," in it: the last "@" of its word ends it, and in a list of URLs that of its item.
  private func hidingURLPasswords(_ isEnd: (UInt8) -> Bool) -> Bytes {
    let slash = UInt8(ascii: "/")
    var masked = self
    var start = 0
    while let colon = masked[start...].firstIndex(of: .colon) {
      start = colon + 1
      guard masked[start...].starts(with: [slash, slash]) else { continue }
      let word = masked[(colon + 3)...].prefix { !isEnd($0) }
      let item = word.prefix { $0 != UInt8(ascii: ",") }
      for part in [item, word] {
        guard let shown = Self.withoutPassword(Bytes(part)) else { continue }
        masked.replaceSubrange(part.startIndex..<part.endIndex, with: shown)
        start = colon + 3 + shown.count
        break
      }
    }
    return masked
  }

  /// What follows the slashes of a URL; nil where it has no password, hidden or not.
  private static func withoutPassword(_ url: Bytes) -> Bytes? {
    var shown = withoutPasswords(inQuery: url)
    guard let end = shown.lastIndex(of: UInt8(ascii: "@")), let user = shown[..<end].firstIndex(of: .colon),
      user + 1 < end
    else { return shown == url ? nil : shown }
    shown.replaceSubrange((user + 1)..<end, with: stars)
    return shown
  }

  /// `host/db?user=u&password=********`.
  private static func withoutPasswords(inQuery url: Bytes) -> Bytes {
    guard let question = url.firstIndex(of: UInt8(ascii: "?")) else { return url }
    let parts = url[(question + 1)...].split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
    let shown = parts.map { part in
      let name = part.prefix(while: \.isNameByte)
      guard part[name.endIndex...].first == UInt8(ascii: "="), SecretNames.isAboutPasswords(name.text) else {
        return Bytes(part)
      }
      return Bytes(part[...name.endIndex]) + stars
    }
    return Bytes(url[...question]) + Bytes(shown.joined(separator: "&".utf8))
  }

  /// `user:password@[host]`: a next hop has no login, and a person may think so. An address in a scope (`to:user@[127.0.0.1]`) has
  /// none either.
  private func hidingPasswordsBeforeHosts(_ isEnd: (UInt8) -> Bool) -> Bytes {
    var masked = self
    var start = 0
    while let at = masked[start...].firstIndex(of: UInt8(ascii: "@")) {
      start = at + 1
      guard masked[start...].first == UInt8(ascii: "[") else { continue }
      let word = masked[..<at].suffix(while: { !isEnd($0) && !",\"'{}!=()|;".utf8.contains($0) })
      guard let colon = word.firstIndex(of: .colon), colon + 1 < at, colon > word.startIndex,
        !["to", "from"].contains(word[..<colon].text), word[(colon + 1)...] != Self.stars[...]
      else { continue }
      masked.replaceSubrange((colon + 1)..<at, with: Self.stars)
      start = colon + 10
    }
    return masked
  }
}

extension BidirectionalCollection {
  /// The longest end whose elements all are of that kind.
  fileprivate func suffix(while belongs: (Element) -> Bool) -> SubSequence {
    var start = endIndex
    while start > startIndex, belongs(self[index(before: start)]) { start = index(before: start) }
    return self[start...]
  }
}
