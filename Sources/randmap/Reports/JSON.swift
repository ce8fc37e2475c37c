// Results for programs: one JSON object, keys as CONTRACT.md has them.

import FoundationEssentials
import PostfixFiles

enum JSON {
  /// `value` as UTF-8 text with sorted keys and a newline.
  static func text(_ value: some Encodable) throws -> Bytes {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Bytes(try encoder.encode(value)) + [UInt8(ascii: "\n")]
  }

  /// A share with four digits: 1/3 is 0.3333.
  static func share(_ fraction: Double) -> Double { (fraction * 10_000).rounded() / 10_000 }

  /// Milliseconds with one digit.
  static func milliseconds(_ time: Double) -> Double { (time * 10).rounded() / 10 }
}
