// The keys of a large source text by their hashes, in eight bytes a line or so: for an address that is typed, whose every letter asks
// for other keys.

import PostfixFiles

/// Finds entries as `Table.entry(for:folding:isUnicode:)` does, without going over the lines.
struct KeyHashes {
  private let table: Table
  private let folding: CaseFolding
  /// The numbers of lines, from 1, each at the place of its key's hash or after it; 0 where there is none.
  private var slots: [UInt32]
  private let mask: Int

  init(_ table: Table, folding: CaseFolding, isUnicode: Bool) {
    (self.table, self.folding) = (table, folding)
    let lines = table.document.lines
    var size = 16
    while size < 2 * lines.count { size *= 2 }
    slots = [UInt32](repeating: 0, count: size)
    mask = size - 1
    let bytes = table.document.bytes
    let span = bytes.span
    for (number, line) in lines.enumerated() {
      let key: Bytes
      if line.kind == .single {
        guard let range = try? Table.split(span, line.range).key else { continue }
        key = folding.fold(bytes[range])
      } else {
        guard let entry = try? table.entry(line) else { continue }
        key = folding.fold(entry.key.bytes)
      }
      if isUnicode, !table.document[line.range].isUTF8 { continue }
      var place = key.hashValue & mask
      // Of two with one key the first is found first.
      while slots[place] != 0 { place = (place + 1) & mask }
      slots[place] = UInt32(truncatingIfNeeded: number + 1)
    }
  }

  /// - Parameter key: folded already.
  func entry(for key: Bytes) -> TableEntry? {
    let lines = table.document.lines
    var place = key.hashValue & mask
    while slots[place] != 0 {
      if let entry = try? table.entry(lines[Int(slots[place]) - 1]), folding.fold(entry.key.bytes) == key {
        return entry
      }
      place = (place + 1) & mask
    }
    return nil
  }
}
