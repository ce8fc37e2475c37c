// `randmap:/file`: the items are the lines of a file of their own.

import PostfixFiles

package struct FileNotation: PoolNotation {
  package let name = "file"
  package let words = "pool file"
  package let needsAgent = true
  package let mayBeNamed = true
  package let layout = ItemLayout(isByLine: true)

  package func problem(withItem result: String) -> String? {
    result.hasPrefix("#") ? "a line that starts with # is a comment" : nil
  }

  package static func read(
    _ body: SourcedText, _ whole: Range<Int>
  ) -> (notation: Notation, items: [Range<Int>])? {
    guard !whole.isEmpty, body.bytes[whole.lowerBound] == UInt8(ascii: "/") else { return nil }
    return (.file(body[whole].text), [])
  }
}

extension PoolText {
  /// The lines of a pool file: white space trimmed, blank lines and comment lines left out.
  ///
  /// - Parameter transport: what is before `randmap:` where the file is named.
  package init(file document: Document, transport: String? = nil) {
    var items: [Range<Int>] = []
    let text = SourcedText(document, 0..<document.count)
    var start = 0
    while start < text.count {
      let end = text.bytes.firstPosition(in: start..<text.count) { $0 == .newline }
      let item = text.bytes.trimmed(start..<end)
      if !item.isEmpty, text.bytes[item.lowerBound] != .hash { items.append(item) }
      start = end + 1
    }
    self.init(notation: .file(document.path), text: text, items: items, transport: transport)
  }
}
