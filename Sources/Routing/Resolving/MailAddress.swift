// Addresses in the forms that tables are asked for, and what is a valid domain.

import PostfixFiles

/// What is done with addresses in internal form (no quotes).
enum MailAddress {
  /// With quotes around the local part where it needs them: the form that is looked up first.
  static func quoted(_ text: Bytes, hasDomain: Bool) -> Bytes {
    let at = UInt8(ascii: "@")
    // A source route, `@a,@b:`, comes before the local part.
    let route = text.first == at ? text.firstIndex(of: .colon) : nil
    let start = route.map { $0 + 1 } ?? 0
    let end = hasDomain ? text[start...].lastIndex(of: at) ?? text.count : text.count
    let local = Bytes(text[start..<end])
    guard !isDotString(local) else { return text }
    let escaped = local.flatMap { byte in
      Bytes("\"\\\r".utf8).contains(byte) ? [UInt8(ascii: "\\"), byte] : [byte]
    }
    return text[..<start] + [UInt8(ascii: "\"")] + escaped + [UInt8(ascii: "\"")] + text[end...]
  }

  private static let specials = Set("()<>@,;:\\\"[]".utf8)

  /// Whether a local part needs no quotes.
  static func isDotString(_ local: Bytes) -> Bool {
    let dot = UInt8(ascii: ".")
    guard !local.isEmpty, local.first != dot, local.last != dot else { return false }
    guard !zip(local, local.dropFirst()).contains(where: { $0 == dot && $1 == dot }) else { return false }
    return local.allSatisfy { $0 > 0x20 && $0 != 0x7F && !specials.contains($0) }
  }

  /// The address without its extension, which begins at the first of `delimiters`. Nil if it has no extension, or if
  /// Postfix does not cut it (split_addr.c).
  static func withoutExtension(
    _ text: Bytes, delimiters: Bytes, doubleBounce: Bytes, sparesOwners: Bool
  ) -> Bytes? {
    let end = text.lastIndex(of: UInt8(ascii: "@")) ?? text.count
    let local = Bytes(text[..<end])
    let folded = CaseFolding.ascii.fold(local)
    guard ![Bytes("postmaster".utf8), Bytes("mailer-daemon".utf8)].contains(folded),
      folded != CaseFolding.unicode.fold(doubleBounce)
    else { return nil }
    if sparesOwners, delimiters.contains(UInt8(ascii: "-")) {
      let request = Bytes("-request".utf8)
      if folded.starts(with: Bytes("owner-".utf8)) { return nil }
      if folded.count > request.count, folded.suffix(request.count) == request[...] { return nil }
    }
    guard let cut = local.firstIndex(where: { delimiters.contains($0) }), cut > 0 else { return nil }
    return Bytes(local[..<cut]) + text[end...]
  }

  /// Whether Postfix takes a domain for a host name (valid_hostname.c); names beyond ASCII only with smtputf8_enable.
  static func isHostName(_ domain: Bytes, isUnicode: Bool) -> Bool {
    (isUnicode || domain.allSatisfy { $0 < 0x80 })
      && HostName.isValid(domain.text)
  }

  /// The address in `[address]` or `[IPv6:address]`; nil if that is not an address.
  static func literal(_ domain: Bytes) -> String? {
    guard domain.first == UInt8(ascii: "["), domain.last == UInt8(ascii: "]"), domain.count > 2 else {
      return nil
    }
    let inside = domain.dropFirst().dropLast().text
    guard CaseFolding.ascii.fold(inside.utf8).starts(with: Bytes("ipv6:".utf8)) else {
      return HostName.isIPv4(inside) ? inside : nil
    }
    let address = String(inside.dropFirst("ipv6:".count))
    return HostName.isIPv6(address) ? address : nil
  }
}

/// An address as people write it (`<"a b"@example.com>`) in the form that the resolver takes: without angle brackets,
/// and without the quotes and backslashes of a quoted local part.
package func internalForm(_ written: String) -> String { internalForm(Bytes(written.utf8)).text }

/// The same of an address that may not be UTF-8.
package func internalForm(_ written: Bytes) -> Bytes {
  var text = written
  if text.first == UInt8(ascii: "<"), text.last == UInt8(ascii: ">") {
    text = Bytes(text.dropFirst().dropLast())
  }
  guard text.first == UInt8(ascii: "\"") else { return text }
  var local = Bytes()
  var at = 1
  while at < text.count, text[at] != UInt8(ascii: "\"") {
    if text[at] == UInt8(ascii: "\\"), at + 1 < text.count { at += 1 }
    local.append(text[at])
    at += 1
  }
  // Without a closing quote it is no quoted string.
  guard at < text.count else { return text }
  return local + text[(at + 1)...]
}
