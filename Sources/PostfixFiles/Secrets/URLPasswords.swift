// Passwords in a URL, wherever it stands.

extension Bytes {
  private static let stars = Bytes("********".utf8)

  /// `ldap://user:********@host`. A password may have an "@" or a "/" in it: the last "@" before white space ends it.
  var withoutURLPasswords: Bytes {
    let (slash, at) = (UInt8(ascii: "/"), UInt8(ascii: "@"))
    var masked = self
    var start = 0
    while let colon = masked[start...].firstIndex(of: .colon) {
      start = colon + 1
      guard masked[start...].starts(with: [slash, slash]) else { continue }
      let rest = masked[(colon + 3)...].prefix { !$0.isSpace && $0 != UInt8(ascii: ",") }
      let query = Self.withoutPasswords(inQuery: Bytes(rest))
      if query != Bytes(rest) {
        masked.replaceSubrange(rest.startIndex..<rest.endIndex, with: query)
        start = colon
        continue
      }
      guard let end = rest.lastIndex(of: at), let user = rest[..<end].firstIndex(of: .colon),
        masked[(user + 1)..<end] != Self.stars[...]
      else { continue }
      masked.replaceSubrange((user + 1)..<end, with: Self.stars)
      start = user + 10
    }
    return masked
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
}
