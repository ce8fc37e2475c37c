// The comparisons in `${{left} operator {right}}`.

/// A comparison of two texts: as numbers if both are, otherwise by their bytes; with `level` as dotted release
/// levels (`compatibility_level`, Postfix 3.6 and later).
struct Comparison {
  private let symbol: String
  private let byLevel: Bool

  init?(_ name: String) {
    byLevel = name.hasSuffix("level")
    symbol = byLevel ? String(name.dropLast("level".count)) : name
    guard ["==", "!=", "<", "<=", ">", ">="].contains(symbol) else { return nil }
  }

  func holds(_ left: String, _ right: String) -> Bool? {
    let order: Int
    if byLevel {
      guard let left = Self.level(left), let right = Self.level(right) else { return nil }
      order = left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    } else if [left, right].allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(\.isDigit) }) {
      guard let left = Int(left), let right = Int(right) else { return nil }
      order = left == right ? 0 : left < right ? -1 : 1
    } else {
      order = left == right ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    }
    return switch symbol {
    case "==": order == 0
    case "!=": order != 0
    case "<": order < 0
    case "<=": order <= 0
    case ">": order > 0
    default: order >= 0
    }
  }

  /// `3.6` as `[3, 6, 0]`; nil for anything else. A number may have blanks or a plus before it (strtol).
  static func level(_ text: String) -> [Int]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { part -> Int? in
      Int(part.drop { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" })
    }
    let numbers = parts.compactMap { $0 }
    guard (1...3).contains(parts.count), numbers.count == parts.count, numbers.allSatisfy({ $0 >= 0 }),
      numbers.dropFirst().allSatisfy({ $0 < 1024 }), (numbers.first ?? 0) < 1 << 43
    else { return nil }
    return numbers + Array(repeating: 0, count: 3 - numbers.count)
  }
}
