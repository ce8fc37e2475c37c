// Text from strangers (a file, a mail server) made safe to show: one place, so that no control
// character, and no password of a URL, ever reaches a terminal, a log or a report as it is.

/// `bytes` as text that is safe on a terminal: invalid UTF-8, control characters (C0, DEL, C1, and the bidirectional and
/// line-separator controls) and characters that cannot be seen (zero width, soft hyphen, tags) become `?`, as Postfix's
/// `printable()` does.
///
/// Example: `printable(Array("a\u{1B}[2Jb".utf8)) == "a?[2Jb"`.
package func printable(_ bytes: some Sequence<UInt8>) -> String {
  printable(String(decoding: Array(bytes), as: UTF8.self))
}

/// See `printable(_:)` for bytes.
package func printable(_ text: String) -> String {
  // Nearly all of it is plain, and there is much of it.
  let text = hidingLogins(text)
  if text.utf8.allSatisfy({ $0.isPrintable }) { return text }
  var safe = String.UnicodeScalarView()
  for scalar in text.unicodeScalars { safe.append(isUnsafe(scalar) ? "?" : scalar) }
  return String(safe)
}

/// How much of a text is shown where one is quoted, in bytes: more than any host, path or list that somebody means.
private let excerptLength = 1_000

/// `bytes` as `printable(_:)` shows them, cut where they are too long to read: a line may have
/// millions.
package func excerpt(_ bytes: some Collection<UInt8>) -> String {
  if bytes.count <= excerptLength { return printable(bytes) }
  return printable(startWithoutLogins(of: bytes, atMost: excerptLength)) + "..."
}

/// The start of a text without the passwords in it. It is cut after their words: the sign that shows a login comes after it.
package func startWithoutLogins(of bytes: some Collection<UInt8>, atMost limit: Int) -> Bytes {
  guard let cut = bytes.index(bytes.startIndex, offsetBy: limit, limitedBy: bytes.endIndex) else {
    return Bytes(bytes).withoutURLPasswords
  }
  let end = bytes[cut...].firstIndex(where: \.isSpace) ?? bytes.endIndex
  let whole = bytes[..<end]
  return Bytes(
    (mayHaveLogins(whole) ? Bytes(whole).withoutURLPasswords : Bytes(whole.prefix(limit))).prefix(limit))
}

/// See `excerpt(_:)` for bytes.
package func excerpt(_ text: String) -> String {
  text.utf8.count > excerptLength ? excerpt(text.utf8) : printable(text)
}

/// What a stranger said on the line, at most `limit` bytes of it. Of bytes that are no text, 80 signs are enough to see that.
package func spoken(_ bytes: some Sequence<UInt8>, atMost limit: Int) -> String {
  let start = startWithoutLogins(of: Array(bytes), atMost: limit)
  if start.allSatisfy({ $0.isPrintable }) { return String(decoding: start, as: UTF8.self) }
  var text = String.UnicodeScalarView()
  var unreadable = 0
  var readable = 0
  var isInRun = false
  for scalar in String(decoding: start, as: UTF8.self).unicodeScalars {
    if isUnsafe(scalar) {
      unreadable += 1
      if !isInRun { text.append("?") }
      isInRun = true
    } else {
      readable += 1
      text.append(scalar)
      isInRun = false
    }
  }
  // A few odd bytes are a slip: the words around them count.
  guard unreadable * 8 > readable else { return printable(start) }
  return text.count > 80 ? String(text.prefix(77)) + "..." : String(text)
}

/// `bytes` as text for a terminal, with its lines and tabs: what may be printed raw into a file or a pipe.
package func terminalText(_ bytes: Bytes) -> Bytes {
  // Nearly all of it is plain.
  if bytes.allSatisfy({ $0.isPrintable || $0 == .newline || $0 == 0x09 }) { return bytes }
  let lines = bytes.split(separator: .newline, omittingEmptySubsequences: false).map { line in
    line.split(separator: 0x09, omittingEmptySubsequences: false).map { printable($0) }
      .joined(separator: "\t")
  }
  return Bytes(lines.joined(separator: "\n").utf8)
}

/// Whether it does something else than to show a sign: it controls the terminal, turns the direction of the text, or cannot
/// be seen. U+FFFD was no text.
private func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
  if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
  if scalar.value == 0xFFFD { return true }
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate:
    return true
  default: return scalar.properties.isDefaultIgnorableCodePoint
  }
}
