// Passwords in a URL, and those that a person has put before the host of a next hop, wherever they are.

extension Bytes {
  /// `ldap://user:********@host`, and `smtp:********@[gw1.example]`, which is no login to Postfix.
  var withoutURLPasswords: Bytes {
    // Last: one that is known may be the start of a longer one.
    hidingURLPasswords.hidingPasswordsBeforeHosts.hidingNextHopLogins.hidingKnownLogins
  }
}

/// A text without the passwords of URLs: one place for all that is shown.
func hidingLogins(_ text: String) -> String {
  guard mayHaveLogins(text.utf8) else { return text }
  return Bytes(text.utf8).withoutURLPasswords.text
}

/// The same of JSON: each text in it by itself, without its escapes.
func hidingLogins(inJSON json: Bytes) -> Bytes {
  guard mayHaveLogins(json) else { return json }
  var shown = Bytes()
  shown.reserveCapacity(json.count)
  var at = json.startIndex
  while let open = json[at...].firstIndex(of: .quote) {
    shown += json[at...open]
    var end = open + 1
    while end < json.count, json[end] != .quote { end += json[end] == .backslash ? 2 : 1 }
    let raw = json[(open + 1)..<min(end, json.count)]
    let text = mayHaveLogins(raw) ? JSONString.text(of: raw) : nil
    let hidden = text.map(\.withoutURLPasswords)
    shown += hidden == text ? raw : JSONString.raw(hidden ?? [])[...]
    at = raw.endIndex
    guard at < json.count else { return shown }
    shown.append(json[at])
    at += 1
  }
  return shown + json[at...]
}

/// Whether a word has an "@" after a colon, or "//", or more than a port after a host in brackets: nearly no text has one.
///
/// - Parameter countsSlashes: whether "//" alone is enough.
func mayHaveLogins(_ text: some Collection<UInt8>, countsSlashes: Bool = true) -> Bool {
  if haveKnownLogins { return true }
  var slashes = 0
  var hasColon = false
  var last: UInt8 = 0
  /// How many signs came after `]:`, as far as they may be a user, or a port before one.
  var count: Int?
  /// The colons in a row of words that may be `transport:host:port:user:password`.
  var colons = 0
  for byte in text {
    if byte == UInt8(ascii: "@") && hasColon { return true }
    if let known = count {
      if byte == .colon, known > 0 { return true }
      count = byte == .colon || byte.isSpace || "!|;()[]<>,\"{}'".utf8.contains(byte) ? nil : known + 1
    }
    if byte == .colon, last == UInt8(ascii: "]") { count = 0 }
    if byte == .colon {
      colons += 1
    } else if !byte.isNameByte, byte != UInt8(ascii: "."), byte != UInt8(ascii: "-") {
      colons = 0
    }
    if colons == 3 { return true }
    last = byte
    slashes = byte == UInt8(ascii: "/") ? slashes + 1 : 0
    // Whether a colon is before them, only a second look knows.
    if slashes == 2, countsSlashes { return true }
    hasColon = !byte.isSpace && (hasColon || byte == .colon)
  }
  return false
}

extension Bytes {
  private static let stars = Bytes("********".utf8)

  /// Each word is looked at once: a text may have thousands of URLs in one.
  private var hidingURLPasswords: Bytes {
    var shown = Bytes()
    shown.reserveCapacity(count)
    var start = startIndex
    while start < endIndex {
      let word = self[start...].prefix { !$0.isSpace }
      shown += Self.hidingPasswords(ofWord: word)
      start = word.endIndex
      guard start < endIndex else { break }
      shown.append(self[start])
      start += 1
    }
    return shown
  }

  /// A password may have an "@", a "/" or a "," in it: the last "@" of its item ends it; and where that has none, the last one before
  /// the next URL.
  private static func hidingPasswords(ofWord word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard startOfURL(word) != nil else { return word }
    let comma = UInt8(ascii: ",")
    let items = word.split(separator: comma, omittingEmptySubsequences: false)
    var shown: [Bytes] = []
    var number = 0
    while number < items.count {
      let item = Bytes(items[number])
      number += 1
      guard let start = startOfURL(item[...]) else {
        shown.append(item)
        continue
      }
      if let hidden = withoutPassword(Bytes(item[start...])) {
        shown.append(item[..<start] + hidden)
        continue
      }
      var whole = item
      while number < items.count, startOfURL(items[number]) == nil {
        whole += [comma] + items[number]
        number += 1
      }
      shown.append(withoutPassword(Bytes(whole[start...])).map { whole[..<start] + $0 } ?? whole)
    }
    return Bytes(shown.joined(separator: [comma]))[...]
  }

  /// After `://`; or after `//` at the start, where the scheme was taken for a transport.
  private static func startOfURL(_ text: ArraySlice<UInt8>) -> Int? {
    let slash = UInt8(ascii: "/")
    let start = text.drop { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "(") }
    if start.starts(with: [slash, slash]) { return start.startIndex + 2 }
    var from = text.startIndex
    while let colon = text[from...].firstIndex(of: .colon) {
      if text[(colon + 1)...].starts(with: [slash, slash]) { return colon + 3 }
      from = colon + 1
    }
    return nil
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

  /// `user:password@[host]`: a next hop has no login, and a person may think so. An address in a scope (`to:user@[127.0.0.1]`), and the
  /// key of a table in the id of a pool (`transport:user@[127.0.0.1]`), have none either.
  private var hidingPasswordsBeforeHosts: Bytes {
    let (at, bracket) = (UInt8(ascii: "@"), UInt8(ascii: "["))
    var shown = Bytes()
    var copied = startIndex
    var start = startIndex
    while start < endIndex {
      let word = self[start...].prefix { !$0.isSpace && !",\"'{}!=()|;".utf8.contains($0) }
      start = word.endIndex + 1
      guard
        let last = word.indices.last(where: {
          word[$0] == bracket && $0 > word.startIndex && word[$0 - 1] == at
        }),
        let colon = word.firstIndex(of: .colon), colon > word.startIndex, colon + 2 < last,
        !Self.isBeforeAddress(word[..<colon].text), !isTyped(word)
      else { continue }
      shown += self[copied...colon] + Self.stars
      copied = last - 1
    }
    return copied == startIndex ? self : shown + self[copied...]
  }

  /// Whether what follows the colon is a mail address: a scope, a file or a parameter is before it.
  static func isBeforeAddress(_ head: String) -> Bool {
    ["to", "from"].contains(head) || ["/", "transport", "sender", "_maps"].contains { head.contains($0) }
  }
}
