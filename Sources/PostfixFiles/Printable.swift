// Text from strangers (a file, a mail server) made safe to show: one place, so that no control
// character ever reaches a terminal, a log or a report as it is.

/// `bytes` as text that is safe on a terminal: invalid UTF-8 and control characters (C0, DEL, C1, and
/// the bidirectional and line-separator controls) become `?`, as Postfix's `printable()` does.
///
/// Example: `printable(Array("a\u{1B}[2Jb".utf8)) == "a?[2Jb"`.
public func printable(_ bytes: some Sequence<UInt8>) -> String {
  printable(String(decoding: Array(bytes), as: UTF8.self))
}

/// See `printable(_:)` for bytes.
public func printable(_ text: String) -> String {
  // Nearly all of it is plain, and there is much of it.
  if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
  var safe = String.UnicodeScalarView()
  for scalar in text.unicodeScalars { safe.append(isUnsafe(scalar) ? "?" : scalar) }
  return String(safe)
}

/// How much of a text is shown where one is quoted, in bytes: more than any host, path or list that somebody means.
private let excerptLength = 1_000

/// `bytes` as `printable(_:)` shows them, cut where they are so long that nobody would read them: a line may have
/// millions.
public func excerpt(_ bytes: some Collection<UInt8>) -> String {
  let start = printable(bytes.prefix(excerptLength))
  return bytes.count > excerptLength ? start + "..." : start
}

/// See `excerpt(_:)` for bytes.
public func excerpt(_ text: String) -> String {
  text.utf8.count > excerptLength ? excerpt(text.utf8) : printable(text)
}

private func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x00..<0x20, 0x7F..<0xA0: true
  case 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFFD: true
  default: false
  }
}
