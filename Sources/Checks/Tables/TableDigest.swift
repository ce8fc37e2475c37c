// What the walk over a table collects for the rules that look at several files.

import PostfixFiles

struct TableDigest: Sendable {
  let document: Document
  let index: KeyIndex
  /// The first key that is neither an address nor `*`.
  let firstDomainLine: Int?

  /// The entry that a lookup of `key` finds.
  func entry(_ key: String) -> TableEntry? {
    index.line(of: key, in: document).flatMap { try? Table(document).entry(document.lines[$0]) }
  }
}
