// The lines that hold a pool, and the comments of its members there.

import PostfixFiles

/// Looks up the logical lines of pools, one pool after the other.
struct PoolAnchors {
  private let config: MailConfig
  /// Seconds since 1970.
  private let now: Int
  /// How many pools are in a logical line, so far.
  private var counts: [FileRange: Int] = [:]
  /// The comments of members in the logical line that was looked at last, by the pool that they belong to.
  private var comments: (anchor: FileRange, items: [Int: MemberComments])?
  /// The document that was asked for last: nearly always it is the next one too.
  private var lastDocument: Document?

  init(config: MailConfig, now: Int) {
    self.config = config
    self.now = now
  }

  /// Which pool of its logical line the next one is, from 1 on.
  mutating func nextOrdinal(in anchor: FileRange?) -> Int {
    let ordinal = 1 + (anchor.map { counts[$0, default: 0] } ?? 0)
    if let anchor { counts[anchor] = ordinal }
    return ordinal
  }

  /// - Parameter isOver: whether drains are left out whose time is over.
  mutating func comments(of ordinal: Int, in anchor: FileRange?, _ isOver: Bool) -> MemberComments {
    guard let anchor else { return MemberComments() }
    if comments?.anchor != anchor {
      comments = (anchor, document(anchor.file)?.memberComments(in: anchor.range) ?? [:])
    }
    var found = comments?.items[ordinal] ?? MemberComments()
    if isOver {
      found.drained.removeAll { $0.drain.hasEnded(at: now) }
    }
    return found
  }

  /// The logical line that holds the first item, up to the next one; of a pool file the whole file.
  mutating func anchor(of text: PoolText) -> FileRange? {
    if let path = text.path, let document = document(path) {
      return FileRange(file: path, range: 0..<document.count)
    }
    guard let file = text.items.first.flatMap({ text.text.span($0) }) ?? text.text.span(),
      let document = document(file.file)
    else { return nil }
    return document.logicalLineWithComments(around: file.range.lowerBound).map {
      FileRange(file: document.path, range: $0)
    }
  }

  mutating func document(_ path: String) -> Document? {
    if let lastDocument, lastDocument.path == path { return lastDocument }
    lastDocument = config.document(path)
    return lastDocument
  }
}
