// What a person should know of an edit beside its diff.

import PostfixFiles

/// One sentence, with what it is about where others go by that.
enum EditNote: Hashable, Sendable {
  /// Mail of a pool waits while one of its gateways is dead.
  case noFallback(String)
  case other(String)

  /// Safe to show.
  var words: String {
    switch self {
    case .noFallback(let words), .other(let words): printable(words)
    }
  }

  var isOnMissingFallback: Bool { if case .noFallback = self { true } else { false } }
}

extension EditNote: ExpressibleByStringInterpolation {
  init(stringLiteral words: String) { self = .other(words) }
}

extension [String] {
  var asNotes: [EditNote] { map { .other($0) } }
}
