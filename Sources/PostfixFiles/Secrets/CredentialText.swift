// What is a password in the text of a file: how a table of credentials is recognised, and what may be shown of it.

/// What may be shown of a line, or of a key, of credentials that has no blank where one should be: the password then is a part of
/// it. "..." takes the place of what is left out.
package func credentialKey(_ word: Bytes) -> Bytes {
  let host = hostOfCredentials(word)
  return host.count == word.count ? word : host + Bytes("...".utf8)
}

/// The host, the next hop with its port, or the address that a word of such a table begins with. In `user:password` that is
/// the user: a port is a number or a known name, after a host in brackets or one with a dot.
package func hostOfCredentials(_ word: Bytes) -> Bytes {
  let bracket = UInt8(ascii: "[")
  // The name of a transport may come before a bracket.
  let name = word.prefix { $0 >= 0x61 && $0 <= 0x7A }
  let isNamed =
    (1...12).contains(name.count) && word[name.endIndex...].starts(with: [.colon, bracket])
    && word.contains(UInt8(ascii: "]"))
  let start = isNamed ? name.count + 1 : 0
  var end: Int
  var isHost = true
  if start < word.count, word[start] == bracket {
    guard let close = word[start...].firstIndex(of: UInt8(ascii: "]")) else { return [] }
    end = close + 1
  } else {
    let host = word[start...].prefix { !$0.isSpace && !"[]:=,;|".utf8.contains($0) }
    end = host.endIndex
    isHost = host.dropFirst().dropLast().contains(UInt8(ascii: ".")) && !host.contains(UInt8(ascii: "@"))
  }
  if isHost, end < word.count, word[end] == .colon {
    let port = word[(end + 1)...].prefix { $0.isNameByte || $0 == UInt8(ascii: "-") }
    let isPort =
      (1...5).contains(port.count) && port.allSatisfy(\.isDigit)
      || ["smtp", "submission", "submissions", "smtps"].contains(port.text)
    if isPort { end = port.endIndex }
  }
  return Bytes(word[..<end])
}

extension Document {
  /// Whether its name says that passwords are in it.
  package var isNamedForPasswords: Bool {
    let name = FileReader.name(of: path).lowercased()
    return ["sasl", "passw", "cred"].contains(where: name.contains)
  }

  /// Whether a file is one of passwords: by its name, or by entries such as `[gw1.example]:587 user:password` or
  /// `gw1.example user@example.com:password`. Of a transport table a key in brackets is an address, with a destination.
  package var holdsPasswords: Bool {
    if isNamedForPasswords { return true }
    return lines.prefix(50).contains { line in
      let words = SourcedText(line, of: self).trimmed().bytes.split(whereSeparator: \.isSpace)
      guard words.count == 2, let colon = words[1].firstIndex(of: .colon) else { return false }
      let (user, rest) = (words[1][..<colon], words[1][(colon + 1)...])
      if user.contains(UInt8(ascii: "@")), !user.contains(UInt8(ascii: "[")) { return true }
      let known = [
        "smtp", "relay", "lmtp", "error", "retry", "discard", "local", "virtual", "uucp", "randmap",
      ]
      return [UInt8(ascii: "["), UInt8(ascii: "\"")].contains(words[0].first)
        && !known.contains(user.text) && rest.first != UInt8(ascii: "[")
    }
  }
}
