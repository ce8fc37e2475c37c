// A pool as it is written: its text, and where its items are in it. Items are ranges, so that an edit can go back to
// them.

import PostfixFiles
import Store

/// A pool's text and the ranges of its results in it, in order; a result occurs as often as its weight.
package struct PoolText: Sendable {
  package let notation: Notation
  /// What the items are ranges of.
  package let text: SourcedText
  package internal(set) var items: [Range<Int>]
  /// `smtp` in `smtp:randmap:![a]![b]`: then the results are next hops of that transport.
  package let transport: String?
  /// The rows of a database, the drained ones too; empty in all other notations.
  package let rows: [DatabaseRow]
  /// How much each item counts; empty: once each.
  let weights: [Int]
  /// Whether members are among them that a pool file has as drained, and whose time is over.
  package internal(set) var hasReturned = false
  /// The shares that plans say now, in a pool file that the agent reads.
  package internal(set) var ramps: [String: Double] = [:]
  /// When the members change by themselves, in seconds since 1970; nil where they do not.
  package internal(set) var nextChange: Int?

  init(
    notation: Notation, text: SourcedText, items: [Range<Int>], transport: String? = nil,
    rows: [DatabaseRow] = [], weights: [Int] = []
  ) {
    self.rows = rows
    self.weights = weights
    self.notation = notation
    self.text = text
    self.items = items
    self.transport = transport
    hideLogins(transport == nil ? .destination : .nextHop)
  }

  /// Logins in the results stay hidden, also where a separator that is a letter is before them.
  ///
  /// - Parameter kind: of the results.
  package func hideLogins(_ kind: ResultKind = .nextHop) {
    for item in items { PostfixFiles.hideLogins(in: text.bytes[item], isNextHop: kind == .nextHop) }
  }

  /// A value that may be a pool: `randmap:!a!b`, `randmap:/file`, `randmap:name` or `TRANSPORT:randmap:...`; nil for any
  /// other.
  package init?(value: SourcedText) {
    guard let (transport, body) = Self.parts(of: value.bytes) else { return nil }
    self.init(body: value[body], transport: transport.map { value.bytes[$0].text })
  }

  /// Whether the members of a pool may be elsewhere: in a file, or in a parameter. No items are made for that.
  static func mayBeElsewhere(_ value: SourcedText) -> Bool {
    guard let (_, body) = parts(of: value.bytes),
      let first = value.bytes[value.bytes.trimmed(body)].first
    else { return false }
    return first == UInt8(ascii: "/") || first.isNameByte
  }

  /// The transport before `randmap:`, if there is one, and what is after it. Every result of every table is asked whether it
  /// is a pool, so no text is made for that.
  private static func parts(of value: Bytes) -> (transport: Range<Int>?, body: Range<Int>)? {
    func end(_ start: Int) -> Int? {
      let colon = value.firstPosition(in: start..<value.count) { $0 == .colon }
      return colon < value.count ? colon : nil
    }
    func isName(_ range: Range<Int>) -> Bool {
      value[value.trimmed(range)].elementsEqual("randmap".utf8)
    }
    guard let first = end(0) else { return nil }
    if isName(0..<first) { return (nil, first + 1..<value.count) }
    guard let second = end(first + 1), isName(first + 1..<second) else { return nil }
    return (0..<first, second + 1..<value.count)
  }

  /// The text after `randmap:`.
  package init(body: SourcedText, transport: String? = nil) {
    let whole = body.bytes.trimmed(0..<body.count)
    let read = Notation.written.lazy.compactMap { $0.read(body, whole) }.first
    self.init(
      notation: read?.notation ?? .single, text: body, items: read?.items ?? [], transport: transport)
  }

  /// The file that contains its items, as it is written.
  package var path: String? { if case .file(let path) = notation { path } else { nil } }

  /// The parameter that contains it.
  package var name: String? { if case .named(let name) = notation { name } else { nil } }

  /// Whether its items are part of this text, and it works with the agent.
  package var isInPlace: Bool { notation.needsAgent && path == nil && name == nil }

  /// The results in order.
  package var results: [String] { items.map { text.bytes[$0].text } }
}
