// Logins that were found in next hops. By itself `user:password@host` may be a transport with an address, and the separator of a
// pool may be a letter. So a login that was found in a next hop is hidden in all other texts too.

import Synchronization

private let logins = Mutex(KnownLogins())
/// Nearly always there are none, and nothing has to be looked up.
private let areThereLogins = Atomic(false)

/// Hides each login of a text that is next hops from now on, whatever is around it.
///
/// - Parameter isNextHop: whether the text has no transport.
package func hideLogins(in text: ArraySlice<UInt8>, isNextHop: Bool) {
  // A pool may have very many members, and nearly all are a host with a port.
  if isNextHop ? text.isHostAndPort : !mayHaveLogins(text) { return }
  let text = Bytes(text)
  let found = text.nextHopLogins + (isNextHop ? text.loginsOfNextHops : [])
  if found.isEmpty { return }
  logins.withLock { known in
    for range in found { known.add(text[range]) }
  }
  areThereLogins.store(true, ordering: .releasing)
}

extension ArraySlice<UInt8> {
  /// Whether it is a name or an address, perhaps in brackets, with no more after it than a port: there is no login in that.
  var isHostAndPort: Bool {
    withUnsafeBufferPointer { text in
      var at = 0
      if text.first == UInt8(ascii: "[") { at = 1 }
      while at < text.count,
        text[at].isNameByte || text[at] == UInt8(ascii: ".") || text[at] == UInt8(ascii: "-")
      {
        at += 1
      }
      if at < text.count, text[at] == UInt8(ascii: "]") { at += 1 }
      guard at < text.count, text[at] == .colon else { return at == text.count }
      let port = text[(at + 1)...]
      return port.count <= 5 && port.allSatisfy(\.isDigit)
    }
  }
}

extension Bytes {
  /// Without the logins that were found before.
  var hidingKnownLogins: Bytes {
    guard haveKnownLogins else { return self }
    let known = logins.withLock { $0 }
    return known.isFull ? hidingLoginsOfNextHops : hiding(known.places(in: self))
  }
}

/// Whether there are any.
var haveKnownLogins: Bool { areThereLogins.load(ordering: .acquiring) }

/// A set of texts that is asked for each part of another text. It has a bound: with more than that, all that could be a login
/// is hidden.
struct KnownLogins: Sendable {
  /// How many bytes are before the first colon or slash, and how many there are.
  private struct Shape: Hashable {
    let before, count: Int
  }

  private var texts: Set<ArraySlice<UInt8>> = []
  /// By the signs around that colon or slash: most of those in a text are not part of a login.
  private var shapes: [UInt32: Set<Shape>] = [:]
  private(set) var isFull = false

  private static let mostShapes = 32
  private static let mostTexts = 10_000
  /// Of a longer one the start is known, and the rest of its word is hidden, up to the host.
  private static let longest = 200

  private static func parts(_ byte: UInt8) -> Bool { byte == .colon || byte == UInt8(ascii: "/") }

  private static func signs(around place: Int, in text: Bytes) -> UInt32 {
    let before = place > 0 ? text[place - 1] : 0
    let after = place + 1 < text.count ? text[place + 1] : 0
    return UInt32(before) << 16 | UInt32(text[place]) << 8 | UInt32(after)
  }

  mutating func add(_ text: ArraySlice<UInt8>) {
    let start = Bytes(text.prefix(Self.longest))
    // A few signs are in many words.
    guard !isFull, start.count > 2, let place = start.firstIndex(where: Self.parts), place > 0,
      place < start.count - 1
    else { return }
    texts.insert(start[...])
    let signs = Self.signs(around: place, in: start)
    shapes[signs, default: []].insert(Shape(before: place, count: start.count))
    isFull = texts.count > Self.mostTexts || shapes[signs]?.count ?? 0 > Self.mostShapes
  }

  /// Where they are in a text, in order.
  func places(in text: Bytes) -> [Range<Int>] {
    var found: [Range<Int>] = []
    for place in text.indices where Self.parts(text[place]) {
      let first = found.last?.upperBound ?? 0
      guard place >= first, let shapes = shapes[Self.signs(around: place, in: text)] else { continue }
      let ends = shapes.compactMap { shape -> Range<Int>? in
        let start = place - shape.before
        guard start >= first, start + shape.count <= text.count,
          texts.contains(text[start..<(start + shape.count)])
        else { return nil }
        return start..<(start + shape.count)
      }
      guard var longest = ends.max(by: { $0.count < $1.count }) else { continue }
      if longest.count == Self.longest {
        let rest = text[longest.upperBound...].prefix { !$0.isSpace }
        longest = longest.lowerBound..<(rest.lastIndex(of: UInt8(ascii: "@")) ?? rest.endIndex)
      }
      found.append(longest)
    }
    return found
  }
}
