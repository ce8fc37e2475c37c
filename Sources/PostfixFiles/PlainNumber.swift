// Numbers as people write them.

/// Digits with a point; nil for anything else. Swift takes `0x1p4` and `nan` too.
package func plainNumber(_ text: some StringProtocol) -> Double? {
  guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }) else { return nil }
  return Double(text).flatMap { $0.isFinite ? $0 : nil }
}
