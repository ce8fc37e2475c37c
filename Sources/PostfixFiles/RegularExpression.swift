// A POSIX regular expression, matched by the same C library that Postfix uses.

#if canImport(Glibc)
  import Glibc
#endif

/// A compiled expression.
///
/// Glibc takes any amount of memory and time for some expressions, so those are not compiled here: whoever needs
/// their answer asks postmap(1), with a time limit.
package final class RegularExpression {
  private var compiled = regex_t()
  /// How many groups in parentheses it has.
  package var groups: Int { compiled.re_nsub }

  package enum Problem: Error, Hashable, Sendable {
    /// Not to be had here in bounded time and memory: it is long, it repeats a lot, or it refers back to a group.
    case unbounded
    /// The library refuses it; Postfix warns and skips the rule.
    case malformed
  }

  private static let maximumLength = 4096
  private static let maximumRepetition = 1000
  /// The library keeps a copy of what is repeated for each time.
  private static let maximumRepeatedLength = 100_000

  package init(_ pattern: Bytes, options: Int32) throws(Problem) {
    guard Self.isBounded(pattern) else { throw .unbounded }
    guard regcomp(&compiled, pattern.text, options) == 0 else {
      throw .malformed
    }
  }

  deinit { regfree(&compiled) }

  /// The ranges of the match and of its groups in `text`, nil for a group that is not part of it; nil where `text`
  /// does not match.
  package func match(_ text: Bytes) -> [Range<Int>?]? {
    var found = [regmatch_t](repeating: regmatch_t(), count: groups + 1)
    let status = (text + [0]).withUnsafeBytes { buffer in
      regexec(
        &compiled, buffer.baseAddress.map { $0.assumingMemoryBound(to: CChar.self) }, found.count, &found, 0)
    }
    guard status == 0 else { return nil }
    return found.map { $0.rm_so >= 0 ? Int($0.rm_so)..<Int($0.rm_eo) : nil }
  }

  /// Whether it is short, its `{n,m}` multiply to little, and no `\1` is in it.
  private static func isBounded(_ pattern: Bytes) -> Bool {
    guard pattern.count <= maximumLength, pattern.isUTF8 else { return false }
    var repetition = 1
    for at in pattern.indices {
      let rest = pattern[(at + 1)...]
      if pattern[at] == UInt8(ascii: "\\"), rest.first?.isDigit ?? false { return false }
      // `{,255}` is `{0,255}` to the library.
      guard pattern[at] == .openBrace, let first = rest.first, first.isDigit || first == UInt8(ascii: ",")
      else { continue }
      let inside = rest.prefix { $0.isDigit || $0 == UInt8(ascii: ",") }
      // Otherwise it is no repetition: a brace in a bracket expression, say.
      let end = rest.dropFirst(inside.count).first
      guard end == .closeBrace || end == UInt8(ascii: "\\") else { continue }
      let most = inside.split(separator: UInt8(ascii: ",")).compactMap { Int($0.text) }.max() ?? .max
      guard most <= maximumRepetition else { return false }
      repetition *= max(1, most)
      guard repetition <= maximumRepetition, repetition * pattern.count <= maximumRepeatedLength else {
        return false
      }
    }
    return true
  }
}
