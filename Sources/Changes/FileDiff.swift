// The difference of two byte texts, by line: as hunks that a screen can colour, and as the unified text
// that patch(1) takes. The bytes are kept as they are; only `printable` is for eyes.

import PostfixFiles

/// One line of a hunk. Line numbers count from 1.
package struct DiffLine: Hashable, Sendable {
  package enum Kind: Hashable, Sendable { case context, removed, added }

  package let kind: Kind
  /// Its number in the old text; nil where it was added.
  package let oldNumber: Int?
  /// Its number in the new text; nil where it was removed.
  package let newNumber: Int?
  /// Without its newline.
  package let bytes: [UInt8]
  /// Whether a newline ends it: only the last line of a file can be without.
  package let hasNewline: Bool

  /// As a person may see it: control characters made harmless, tabs as spaces.
  package var text: String { printable(bytes.map { $0 == UInt8(ascii: "\t") ? UInt8(ascii: " ") : $0 }) }
}

/// Lines that changed, with up to three around them that did not.
package struct Hunk: Hashable, Sendable {
  /// The numbers of the first line in the old and in the new text; as unified diffs count them, the line
  /// before where the hunk has none.
  package let oldStart: Int
  package let newStart: Int
  package let lines: [DiffLine]

  /// `@@ -1,3 +1,4 @@`
  package var header: String {
    let old = lines.count { $0.kind != .added }
    let new = lines.count { $0.kind != .removed }
    return "@@ -\(span(oldStart, old)) +\(span(newStart, new)) @@"
  }

  private func span(_ start: Int, _ count: Int) -> String { count == 1 ? "\(start)" : "\(start),\(count)" }
}

/// The difference of one file.
package struct FileDiff: Hashable, Sendable {
  package let path: String
  package let isNew: Bool
  package let isRemoved: Bool
  package let hunks: [Hunk]
  /// The whole texts; empty where there is no such file.
  package let before, after: [UInt8]

  package init(path: String, before: [UInt8]?, after: [UInt8]?) {
    self.path = path
    isNew = before == nil
    isRemoved = after == nil
    (self.before, self.after) = (before ?? [], after ?? [])
    hunks = makeHunks(self.before, self.after)
  }

  private init(_ diff: FileDiff, hunks: [Hunk]) {
    (path, isNew, isRemoved, before, after) = (diff.path, diff.isNew, diff.isRemoved, diff.before, diff.after)
    self.hunks = hunks
  }

  /// The same differences, with other words in their lines.
  package func showing(_ text: (DiffLine) -> [UInt8]) -> FileDiff {
    FileDiff(
      self,
      hunks: hunks.map { hunk in
        Hunk(
          oldStart: hunk.oldStart, newStart: hunk.newStart,
          lines: hunk.lines.map { line in
            DiffLine(
              kind: line.kind, oldNumber: line.oldNumber, newNumber: line.newNumber, bytes: text(line),
              hasNewline: line.hasNewline)
          })
      })
  }

  package init(_ change: FileChange) {
    self.init(path: change.path, before: change.before, after: change.after)
  }

  /// The text that patch(1) takes; empty where nothing differs.
  package var unified: [UInt8] {
    if hunks.isEmpty { return [] }
    var text = headerLines.flatMap { Array($0.utf8) + [newline] }
    for hunk in hunks {
      text += Array(hunk.header.utf8) + [newline]
      for line in hunk.lines {
        text.append(line.kind.mark)
        text += line.bytes
        text.append(newline)
        if !line.hasNewline { text += Array("\\ No newline at end of file\n".utf8) }
      }
    }
    return text
  }

  /// The same text, line by line, safe to show.
  package var printableLines: [String] {
    if hunks.isEmpty { return [] }
    return headerLines.map { printable($0) }
      + hunks.flatMap { hunk in
        [hunk.header]
          + hunk.lines.flatMap { line in
            let text = String(UnicodeScalar(line.kind.mark)) + line.text
            return line.hasNewline ? [text] : [text, "\\ No newline at end of file"]
          }
      }
  }

  private var headerLines: [String] {
    ["--- " + (isNew ? "/dev/null" : name("a")), "+++ " + (isRemoved ? "/dev/null" : name("b"))]
  }

  /// `a/etc/postfix/main.cf`, in C quotes where the path has bytes that end a name in a diff.
  private func name(_ side: String) -> String {
    let plain = side + (path.hasPrefix("/") ? path : "/" + path)
    let odd: (UInt8) -> Bool = {
      $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\")
    }
    guard plain.utf8.contains(where: odd) else { return plain.contains(" ") ? plain + "\t" : plain }
    let quoted = plain.utf8.map { byte -> String in
      if !odd(byte) { return String(UnicodeScalar(byte)) }
      if byte >= 0x20, byte != 0x7F { return "\\" + String(UnicodeScalar(byte)) }
      let octal = String(byte, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - octal.count) + octal
    }
    return "\"" + quoted.joined() + "\""
  }
}

extension DiffLine.Kind {
  /// The first character of the line in a unified diff.
  package var mark: UInt8 {
    switch self {
    case .context: UInt8(ascii: " ")
    case .removed: UInt8(ascii: "-")
    case .added: UInt8(ascii: "+")
    }
  }
}
