// What glibc's regcomp(3) makes of an expression, before it is asked to. It copies what `+`, `{2}` or `{1,3}` repeats, so
// twenty `+` in a row come to a million copies; and it lists for each node all that can follow it without a byte between,
// so a thousand `(a?)` in a row come to half a million pairs. Measured against glibc 2.36 with random expressions: it
// takes at most 1.7 times the estimate, and mostly a third to a half of it.

/// The size of a part of an expression.
struct ExpressionSize {
  /// Nodes, those of its copies included.
  private var nodes = 0.0
  /// Pairs of a node and one that follows it without a byte between.
  private var pairs = 0.0
  /// The nodes that can be reached from its start without a byte, and those from which its end can be.
  private var first = 0.0
  private var last = 0.0
  private var matchesNothing = true
  /// Kinds of anchors (`^`, `\b`) from which its end can be reached: what follows is copied for each set of them.
  private var openAnchors: Set<Bytes> = []
  private var hasAnchor = false

  /// What was made on the way to it, what `{0}` takes away again included.
  private(set) var made = 0.0

  var bytes: Double { 3000 + 600 * nodes + 24 * pairs }
  /// What a state of the match takes: it lists nodes.
  var bytesOfState: Double { 2400 + 16 * nodes }

  /// One byte, or one of several.
  private static let atom = Self(nodes: 1, first: 1, last: 1, matchesNothing: false)

  private static func anchor(_ text: Bytes) -> Self {
    Self(nodes: 1, pairs: 1, first: 1, last: 1, openAnchors: [text], hasAnchor: true)
  }

  private func then(_ next: Self) -> Self {
    var whole = self
    whole.nodes += next.nodes
    whole.pairs += next.pairs + last * next.first
    whole.pairs += Self.copies(openAnchors) * min(next.first * next.first, next.pairs + next.first)
    if matchesNothing { whole.first += next.first }
    whole.last = next.last + (next.matchesNothing ? last : 0)
    whole.matchesNothing = matchesNothing && next.matchesNothing
    whole.openAnchors = next.matchesNothing ? openAnchors.union(next.openAnchors) : next.openAnchors
    whole.hasAnchor = hasAnchor || next.hasAnchor
    return whole
  }

  private static func copies(_ anchors: Set<Bytes>) -> Double {
    var copies = anchors.isEmpty ? 0.0 : 1
    for _ in anchors.dropFirst() { copies *= 4 }
    return copies
  }

  private func or(_ other: Self) -> Self {
    var whole = self
    whole.nodes += other.nodes + 1
    whole.first += other.first + 1
    whole.pairs += other.pairs + whole.first
    whole.matchesNothing = matchesNothing || other.matchesNothing
    whole.last += other.last + (whole.matchesNothing ? 1 : 0)
    whole.openAnchors.formUnion(other.openAnchors)
    whole.hasAnchor = hasAnchor || other.hasAnchor
    return whole
  }

  private var inParentheses: Self {
    var whole = self
    let through = matchesNothing ? 1.0 : 0
    whole.nodes += 2
    whole.pairs += first + 1 + last + through
    whole.first += 1 + through
    whole.last += 1 + through
    return whole
  }

  private var optional: Self { or(Self()) }

  private var starred: Self {
    var whole = self
    whole.nodes += 1
    whole.first += 1
    whole.pairs += whole.first + last * whole.first
    whole.last += 1
    whole.matchesNothing = true
    return whole
  }

  /// As often as that, in the way of parse_dup_op(); nil where that exceeds `limit`.
  private func repeated(_ least: Int, _ most: Int?, limit: Double) -> Self? {
    // Copied again and again, an anchor has no end: regcomp() does not return for `((\b)*)+)*`.
    if hasAnchor { return nil }
    if nodes == 0 { return self }
    var copies: Self?
    for _ in 0..<least {
      copies = copies?.then(self) ?? self
      guard let copies, copies.bytes <= limit else { return nil }
    }
    if least == most { return copies ?? Self() }
    var rest = most == nil ? starred : optional
    for _ in 0..<max(0, (most ?? 0) - least - 1) {
      rest = rest.then(self).optional
      guard rest.bytes <= limit else { return nil }
    }
    return copies?.then(rest) ?? rest
  }

  private init(
    nodes: Double = 0, pairs: Double = 0, first: Double = 0, last: Double = 0, matchesNothing: Bool = true,
    openAnchors: Set<Bytes> = [], hasAnchor: Bool = false
  ) {
    self.nodes = nodes
    self.pairs = pairs
    self.first = first
    self.last = last
    self.matchesNothing = matchesNothing
    self.openAnchors = openAnchors
    self.hasAnchor = hasAnchor
  }
}

extension ExpressionSize {
  /// The parts of a group that is open.
  private struct Group {
    /// The branches before the last `|`.
    var branches: ExpressionSize?
    var sequence = ExpressionSize()
    /// What a repetition would repeat.
    var part: ExpressionSize?

    mutating func add(_ next: ExpressionSize?) {
      if let part { sequence = sequence.then(part) }
      part = next
    }

    mutating func branch() {
      add(nil)
      branches = branches?.or(sequence) ?? sequence
      sequence = ExpressionSize()
    }

    var whole: ExpressionSize {
      var copy = self
      copy.branch()
      return copy.branches ?? copy.sequence
    }
  }

  /// The size of `pattern`, to be counted in bytes of memory; nil where it exceeds `limit` bytes, or has an anchor in what it repeats.
  init?(of pattern: Bytes, isExtended: Bool, limit: Double) {
    var groups = [Group()]
    var at = 0
    var made = 0.0
    while at < pattern.count {
      let token = Self.token(of: pattern, at: at, isExtended: isExtended)
      at += token.length
      let innermost = groups.count - 1
      switch token.kind {
      case .atom: groups[innermost].add(.atom)
      case .anchor(let text): groups[innermost].add(.anchor(text))
      case .open: groups.append(Group())
      case .close where innermost == 0: groups[0].add(.atom)
      case .close:
        let inside = groups.removeLast().whole.inParentheses
        groups[innermost - 1].add(inside)
      case .or: groups[innermost].branch()
      case .repetition(let least, let most):
        let part = groups[innermost].part ?? Self()
        made += part.bytes
        let isOptional = least == 0 && most == 1
        guard let repeated = isOptional ? part.optional : part.repeated(least, most, limit: limit) else {
          return nil
        }
        made += repeated.bytes
        guard made <= 4 * limit else { return nil }
        groups[innermost].part = repeated
      }
      guard groups[groups.count - 1].sequence.bytes <= limit else { return nil }
    }
    // regcomp() refuses groups that are not closed.
    guard let whole = groups.first?.whole, whole.bytes <= limit else { return nil }
    self = whole
    self.made = made + whole.bytes
  }

  private enum Kind {
    case atom
    case anchor(Bytes)
    case open, close, or
    case repetition(Int, Int?)
  }

  /// What is at `at`. In a basic expression `(`, `)`, `{`, `|`, `+` and `?` mean something after a backslash only.
  private static func token(
    of pattern: Bytes, at: Int, isExtended: Bool
  ) -> (kind: Kind, length: Int) {
    let isEscaped = pattern[at] == UInt8(ascii: "\\") && at + 1 < pattern.count
    let length = isEscaped ? 2 : 1
    let sign = pattern[at + length - 1]
    let text = Bytes(pattern[at..<at + length])
    switch sign {
    case UInt8(ascii: "^"), UInt8(ascii: "$"): return (isEscaped ? .atom : .anchor(text), length)
    case UInt8(ascii: "["):
      return isEscaped ? (.atom, length) : (.atom, endOfBrackets(pattern, at) - at)
    case UInt8(ascii: "*"): return (isEscaped ? .atom : .repetition(0, nil), length)
    case _ where isEscaped && "bB<>`'".utf8.contains(sign): return (.anchor(text), length)
    case _ where isEscaped == isExtended: return (.atom, length)
    case UInt8(ascii: "("): return (.open, length)
    case UInt8(ascii: ")"): return (.close, length)
    case UInt8(ascii: "|"): return (.or, length)
    case UInt8(ascii: "+"): return (.repetition(1, nil), length)
    case UInt8(ascii: "?"): return (.repetition(0, 1), length)
    case .openBrace:
      guard let (least, most, end) = numbers(of: pattern, from: at + length, isExtended: isExtended) else {
        return (.atom, length)
      }
      return (.repetition(least, most), end - at)
    default: return (.atom, length)
    }
  }

  /// `n}`, `n,}`, `,m}` (from 0 to `m` to the library) or `n,m}`, and where it ends; nil where it is not one of them.
  private static func numbers(
    of pattern: Bytes, from start: Int, isExtended: Bool
  ) -> (least: Int, most: Int?, end: Int)? {
    let comma = pattern.firstPosition(in: start..<pattern.count) { !$0.isDigit }
    guard comma < pattern.count else { return nil }
    let hasComma = pattern[comma] == UInt8(ascii: ",")
    var end = comma
    if hasComma { end = pattern.firstPosition(in: comma + 1..<pattern.count) { !$0.isDigit } }
    let close = isExtended ? Bytes("}".utf8) : Bytes("\\}".utf8)
    guard pattern[end...].starts(with: close), end > start else { return nil }
    // Longer numbers than the library's own limit are as good as that.
    let least = comma == start ? 0 : Int(pattern[start..<comma].text) ?? 1 << 15
    let most = comma + 1 < end ? Int(pattern[comma + 1..<end].text) ?? 1 << 15 : nil
    return (
      min(least, 1 << 15), hasComma ? most.map { min($0, 1 << 15) } : min(least, 1 << 15), end + close.count
    )
  }

  /// Where a bracket expression ends: its first `]` but for one at its start, or in `[:alpha:]`.
  private static func endOfBrackets(_ pattern: Bytes, _ start: Int) -> Int {
    var at = start + 1
    if at < pattern.count, pattern[at] == UInt8(ascii: "^") { at += 1 }
    if at < pattern.count, pattern[at] == UInt8(ascii: "]") { at += 1 }
    while at < pattern.count, pattern[at] != UInt8(ascii: "]") {
      let kind = at + 1 < pattern.count ? pattern[at + 1] : 0
      if pattern[at] == UInt8(ascii: "["), ":.=".utf8.contains(kind) {
        at += 2
        while at + 1 < pattern.count, pattern[at] != kind || pattern[at + 1] != UInt8(ascii: "]") { at += 1 }
        at += 1
      }
      at += 1
    }
    return min(at + 1, pattern.count)
  }
}
