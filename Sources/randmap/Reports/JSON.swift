// Results for programs: one JSON object, keys as docs/scripts.md has them.

import FoundationEssentials
import PostfixFiles

/// A value whose key is there though the value is not: `null`.
@propertyWrapper struct Explicit<Value: Encodable>: Encodable {
  var wrappedValue: Value?

  init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}

enum JSON {
  /// `value` as UTF-8 text with sorted keys and a newline.
  static func text(_ value: some Encodable) throws -> Bytes {
    try encoded(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
  }

  /// The same in one line.
  static func line(_ value: some Encodable) throws -> Bytes {
    try encoded(value, [.sortedKeys, .withoutEscapingSlashes])
  }

  private static func encoded(_ value: some Encodable, _ format: JSONEncoder.OutputFormatting) throws -> Bytes
  {
    let encoder = JSONEncoder()
    encoder.outputFormatting = format
    return OutputForm.safeJSON(Bytes(try encoder.encode(value))) + [UInt8(ascii: "\n")]
  }

  /// A share with four digits: 1/3 is 0.3333.
  static func share(_ fraction: Double) -> Double { (fraction * 10_000).rounded() / 10_000 }

  /// A share with eight digits.
  static func exact(_ fraction: Double) -> Double { (fraction * 100_000_000).rounded() / 100_000_000 }

  /// Milliseconds with one digit.
  static func milliseconds(_ time: Double) -> Double { (time * 10).rounded() / 10 }
}
