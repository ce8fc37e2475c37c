// What is a password in the text of a file: how a table of credentials is recognised, and what may be shown of it.

/// What may be shown of a line, or of a key, of credentials that has no blank where one should be: the password then is a part of
/// it. "..." stands for what is left out.
package func credentialKey(_ word: Bytes) -> Bytes {
  let host = hostOfCredentials(word)
  return host.count == word.count ? word : host + Bytes("...".utf8)
}

/// The host, the next hop with its port, or the address that a word of such a table begins with. In `user:password` that is
/// the user: a port is a number or a known name, after a host in brackets or one with a dot.
package func hostOfCredentials(_ word: Bytes) -> Bytes {
  let host = word.text.prefixMatch(
    of:
      /(?:[a-z]{1,12}:(?=\[))?(?:(?:\[[^\]]*\]|[^\[\]:=,;|@\s]+\.[^\[\]:=,;|@\s]+):(?:[0-9]{1,5}|smtp|submissions?|smtps)(?![A-Za-z0-9_-])|\[[^\]]*\]|[^\[\]:=,;|\s]+)/
  )
  return Bytes(word.prefix(host?.output.utf8.count ?? 0))
}

extension Document {
  /// Whether a file is one of passwords: by its name, or by entries such as `[gw1.example]:587 user:password` or
  /// `gw1.example user@example.com:password`. Of a transport table a key in brackets is an address, with a destination.
  package var holdsPasswords: Bool {
    let name = (path.split(separator: "/").last ?? "").lowercased()
    if name.contains("passwd") || name.contains("password") { return true }
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
