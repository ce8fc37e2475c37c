// Values that differ only in a plain host between brackets have the same mistakes: in a table of a million gateways one
// check is enough for all of them.

import PostfixFiles

/// The bytes of a value, plain hosts in brackets left out. No rule for results distinguishes plain hosts, except
/// for localhost and the names of this host itself, which do not count as plain, and for names without a domain, which are
/// a kind of their own.
struct ValueShape: Sendable {
  private(set) var bytes: Bytes = []
  private let ownNames: [Bytes]

  /// `ownNames` in lower case.
  init(ownNames: Set<String>) { self.ownNames = ownNames.union(["localhost"]).map { Bytes($0.utf8) } }

  /// Takes the shape of the value at `range` of `text`.
  mutating func read(_ range: Range<Int>, of text: borrowing Span<UInt8>) {
    bytes.removeAll(keepingCapacity: true)
    var at = range.lowerBound
    while at < range.upperBound {
      let byte = text[at]
      bytes.append(byte)
      at += 1
      guard byte == UInt8(ascii: "["), let host = plainHost(at..<range.upperBound, of: text) else {
        continue
      }
      // No value has a NUL byte in it, so nothing else has this shape.
      bytes.append(0)
      if !host.hasDomain { bytes.append(0) }
      at = host.end
    }
  }

  /// A host name in letters, digits, hyphens and dots that a closing bracket follows.
  private func plainHost(
    _ range: Range<Int>, of text: borrowing Span<UInt8>
  ) -> (end: Int, hasDomain: Bool)? {
    var at = range.lowerBound
    var labelStart = at
    var labels = 0
    var hasLetter = false
    while at < range.upperBound {
      let byte = text[at]
      switch byte {
      case 0x61...0x7A, 0x41...0x5A: hasLetter = true
      case 0x30...0x39: break
      case UInt8(ascii: "-"): if at == labelStart { return nil }
      case UInt8(ascii: "."), UInt8(ascii: "]"):
        guard at > labelStart, at - labelStart <= 63, text[at - 1] != UInt8(ascii: "-") else { return nil }
        labels += 1
        if byte == UInt8(ascii: "]") {
          let host = range.lowerBound..<at
          let isPlain = hasLetter && host.count <= 255 && !isOwn(host, of: text)
          return isPlain ? (end: at, hasDomain: labels > 1) : nil
        }
        labelStart = at + 1
        hasLetter = false
      default: return nil
      }
      at += 1
    }
    return nil
  }

  private func isOwn(_ host: Range<Int>, of text: borrowing Span<UInt8>) -> Bool {
    for name in ownNames where name.count == host.count {
      var same = true
      for step in 0..<name.count {
        let byte = text[host.lowerBound + step]
        if (byte &- 0x41 < 26 ? byte | 0x20 : byte) != name[step] { same = false }
      }
      if same { return true }
    }
    return false
  }
}
