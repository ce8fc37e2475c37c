// Letter case as lookups fold it: every letter of Unicode where smtputf8_enable is on, otherwise those of ASCII.

/// Which letters a lookup takes for equal.
package enum CaseFolding: Hashable, Sendable {
  case none, ascii, unicode

  /// `bytes`, folded. What is not UTF-8 is folded as ASCII.
  package func fold(_ bytes: some Collection<UInt8>) -> Bytes {
    guard self != .none else { return Bytes(bytes) }
    if self == .unicode, bytes.contains(where: { $0 >= 0x80 }),
      let text = String(validating: bytes, as: UTF8.self)
    {
      return Self.fold(text)
    }
    return bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
  }

  /// The lower case of the upper case is the folded form (`ß` as `ss`, every sigma alike), but for the dotless i,
  /// which folding leaves alone.
  private static func fold(_ text: String) -> Bytes {
    var folded = Bytes()
    for scalar in text.unicodeScalars {
      guard scalar != "ı" else {
        folded += Bytes(String(scalar).utf8)
        continue
      }
      for upper in scalar.properties.uppercaseMapping.unicodeScalars {
        folded += Bytes(upper.properties.lowercaseMapping.utf8)
      }
    }
    return folded
  }
}

extension Collection<UInt8> {
  /// Whether it is well-formed UTF-8: with smtputf8_enable Postfix takes no other keys and values.
  package var isUTF8: Bool {
    allSatisfy { $0 < 0x80 } || String(validating: self, as: UTF8.self) != nil
  }
}
