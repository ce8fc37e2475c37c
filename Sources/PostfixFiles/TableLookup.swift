// Looking one key up in the source text of a table, as Postfix would find it in the table that is made of it.

extension Table {
  /// The entry that a lookup of `key` finds: the first one whose key is the same.
  ///
  /// - Parameters:
  ///   - key: folded already.
  ///   - folding: how the keys of the table were folded when it was made.
  ///   - isUnicode: whether Postfix skips lines that are not UTF-8.
  package func entry(for key: Bytes, folding: CaseFolding, isUnicode: Bool) -> TableEntry? {
    guard let line = firstLine(for: key, folding), let entry = try? entry(line) else { return nil }
    guard isUnicode, !document[line.range].isUTF8 else { return entry }
    return entries.first { entry in
      folding.fold(entry.key.bytes) == key && document[entry.line.range].isUTF8
    }
  }

  /// The walk over the bytes themselves: a table may have a million lines.
  private func firstLine(for key: Bytes, _ folding: CaseFolding) -> LogicalLine? {
    let bytes = document.bytes
    let span = bytes.span
    for line in document.lines where line.kind != .orphan {
      guard line.kind == .single else {
        if matches(line, key, folding) { return line }
        continue
      }
      guard let found = try? Self.split(span, line.range).key else { continue }
      // Folding changes the length of a key only outside ASCII.
      if found.count == key.count || bytes[found].contains(where: { $0 >= 0x80 }),
        folding.fold(bytes[found]) == key
      {
        return line
      }
    }
    return nil
  }

  private func matches(_ line: LogicalLine, _ key: Bytes, _ folding: CaseFolding) -> Bool {
    guard let entry = try? entry(line) else { return false }
    return folding.fold(entry.key.bytes) == key
  }

  /// The first key that it has twice. A daemon that opens such a `texthash:` table has no table at all
  /// (measured: "duplicate entry"); postmap(1) only warns.
  package func firstDuplicate(folding: CaseFolding) -> TableEntry? {
    var seen: Set<Bytes> = []
    return entries.first { !seen.insert(folding.fold($0.key.bytes)).inserted }
  }
}
