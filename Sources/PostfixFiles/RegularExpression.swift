// A POSIX regular expression, matched by the same C library that Postfix uses.

#if canImport(Glibc)
  import Glibc
#endif

/// How much memory all expressions together may take. Those beyond it are compiled anew for each text: a rule of 30 bytes
/// takes 17 kB of it, so many thousand rules stay.
package final class ExpressionMemory {
  /// What the compiled ones take, by estimate.
  fileprivate var held = 0.0
  /// What all of them would take: compiling that much takes a second or two.
  fileprivate var whole = 0.0
  fileprivate let maximumHeld: Double
  fileprivate let maximumWhole: Double

  package init(maximumHeld: Int = 128 << 20, maximumWhole: Int = 1 << 31) {
    self.maximumHeld = Double(maximumHeld)
    self.maximumWhole = Double(maximumWhole)
  }
}

/// An expression that the library compiled.
///
/// Glibc takes any amount of memory and time for some expressions, so those are not compiled here.
package final class RegularExpression {
  private var compiled: regex_t?
  private let pattern: String
  private let options: Int32
  private let size: ExpressionSize
  private let memory: ExpressionMemory
  /// Its part of what `memory` holds.
  private var held = 0.0
  /// How many groups in parentheses it has.
  package private(set) var groups = 0

  package enum MatchError: Error, Hashable, Sendable {
    /// Not to be had here in bounded time: it is long, or it refers back to a group. Postmap(1) can be asked, with a time
    /// limit.
    case unbounded
    /// It, or all expressions together, or the match of so long a text, would take too much memory. So it would in
    /// postmap(1).
    case tooLarge
    /// The library refuses it; Postfix warns and skips the rule.
    case malformed
  }

  private static let maximumLength = 4096
  /// Of one expression, by estimate: `.{0,500}` takes 12 MB of it, and 4 in fact.
  private static let maximumSize = 16.0 * 1024 * 1024
  /// Of one match: a key of 20 kB for an ordinary rule.
  private static let maximumStates = 64.0 * 1024 * 1024

  package init(
    _ pattern: Bytes, options: Int32, memory: ExpressionMemory = ExpressionMemory()
  ) throws(MatchError) {
    guard
      let size = ExpressionSize(
        of: pattern, isExtended: options & REG_EXTENDED != 0, limit: Self.maximumSize),
      memory.whole + size.made <= memory.maximumWhole
    else { throw .tooLarge }
    memory.whole += size.made
    guard pattern.count <= Self.maximumLength, pattern.isUTF8, !Self.refersBack(pattern) else {
      throw .unbounded
    }
    self.pattern = pattern.text
    self.options = options
    self.size = size
    self.memory = memory
    guard compile() else { throw .malformed }
    dropIfTooMuch()
  }

  deinit { drop() }

  private func compile() -> Bool {
    if compiled != nil { return true }
    var expression = regex_t()
    guard regcomp(&expression, pattern, options) == 0 else { return false }
    groups = expression.re_nsub
    compiled = expression
    hold(size.bytes)
    return true
  }

  private func hold(_ bytes: Double) {
    held += bytes
    memory.held += bytes
  }

  private func dropIfTooMuch() { if memory.held > memory.maximumHeld { drop() } }

  private func drop() {
    guard var expression = compiled else { return }
    regfree(&expression)
    compiled = nil
    memory.held -= held
    held = 0
  }

  /// Whether `text` matches.
  package func matches(_ text: Bytes) throws(MatchError) -> Bool { try match(text, slots: 0) != nil }

  /// The ranges of the match and of its groups in `text`, nil for a group that is not part of it; nil where `text`
  /// does not match.
  package func match(_ text: Bytes) throws(MatchError) -> [Range<Int>?]? {
    guard let found = try match(text, slots: groups + 1) else { return nil }
    return found.map { $0.rm_so >= 0 ? Int($0.rm_so)..<Int($0.rm_eo) : nil }
  }

  private func match(_ text: Bytes, slots: Int) throws(MatchError) -> [regmatch_t]? {
    // The library keeps a state for each byte that it read, at most; with its expression, and for good.
    let states = Double(text.count + 1) * size.bytesOfState
    guard states <= Self.maximumStates, compile() else { throw .tooLarge }
    hold(states)
    defer { dropIfTooMuch() }
    // The copy has pointers to what the library keeps, and it changes only that.
    guard var expression = compiled else { throw .tooLarge }
    var found = [regmatch_t](repeating: regmatch_t(), count: slots)
    let status = (text + [0]).withUnsafeBytes { buffer in
      regexec(
        &expression, buffer.baseAddress.map { $0.assumingMemoryBound(to: CChar.self) }, slots, &found, 0)
    }
    return status == 0 ? found : nil
  }

  /// Whether a `\1` is in it: matching that takes any time.
  private static func refersBack(_ pattern: Bytes) -> Bool {
    zip(pattern, pattern.dropFirst()).contains { $0 == UInt8(ascii: "\\") && $1.isDigit }
  }
}
