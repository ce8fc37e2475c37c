// Many lookups in one source text. A single lookup goes over the lines, which is the cheapest way for the few keys of an
// address; a random choice may ask for thousands of keys, and then the entries are sorted into a dictionary once.

import PostfixFiles

/// What was looked up in the source texts for one address; or, where the keys are kept, for many.
struct EntryIndex {
  let keepsKeys: Bool

  init(keepsKeys: Bool = false) { self.keepsKeys = keepsKeys }

  private struct Source: Hashable {
    let path: String
    let isFolded: Bool
  }

  private struct Lookups {
    var found: [Bytes: TableEntry?] = [:]
    var isComplete = false
  }

  private var sources: [Source: Lookups] = [:]
  private var hashes: [Source: KeyHashes] = [:]
  /// A shorter text is gone over.
  private static let fewLines = 1_000
  /// So many keys are looked up one by one.
  private static let maximumCount = 200

  /// The entry that a lookup of `key` finds, as `Table.entry(for:folding:isUnicode:)` finds it.
  mutating func entry(
    for key: Bytes, in table: Table, folding: CaseFolding, isUnicode: Bool
  ) -> TableEntry? {
    let source = Source(path: table.document.path, isFolded: folding != .none)
    if keepsKeys, table.document.lines.count > Self.fewLines {
      let known = hashes[source] ?? KeyHashes(table, folding: folding, isUnicode: isUnicode)
      hashes[source] = known
      return known.entry(for: key)
    }
    var lookups = sources[source] ?? Lookups()
    if let known = lookups.found[key] { return known }
    if lookups.isComplete { return nil }
    // No second copy while it changes.
    sources[source] = nil
    defer { sources[source] = lookups }
    if lookups.found.count < Self.maximumCount {
      let entry = table.entry(for: key, folding: folding, isUnicode: isUnicode)
      lookups.found[key] = .some(entry)
      return entry
    }
    lookups = Lookups(isComplete: true)
    for entry in table.entries where !isUnicode || table.document[entry.line.range].isUTF8 {
      let key = folding.fold(entry.key.bytes)
      if lookups.found[key] == nil { lookups.found[key] = entry }
    }
    return lookups.found[key] ?? nil
  }
}
