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
  /// - Parameters:
  ///   - transport: what is before `randmap:` where the file is named.
  ///   - now: seconds since 1970: a drained member whose time is over by then is an item as often as its comment says. Nil:
  ///     a comment is a comment.
  package init(file document: Document, transport: String? = nil, at now: Int? = nil) {
    var items: [Range<Int>] = []
    var drained: [(comment: DrainedItem, start: Int, place: Int)] = []
    var plans: [RampItem] = []
    let text = SourcedText(document, 0..<document.count)
    var start = 0
    while start < text.count {
      let end = text.bytes.firstPosition(in: start..<text.count) { $0 == .newline }
      let item = text.bytes.trimmed(start..<end)
      if !item.isEmpty, text.bytes[item.lowerBound] != .hash {
        items.append(item)
      } else if now != nil,
        let comment = DrainedItem(line: text.bytes[item], at: FileRange(file: document.path, range: item)),
        comment.drain.until != nil
      {
        drained.append((comment, item.lowerBound, items.count))
      } else if now != nil,
        let plan = RampItem(line: text.bytes[item], at: FileRange(file: document.path, range: item))
      {
        plans.append(plan)
      }
      start = end + 1
    }
    self.init(notation: .file(document.path), text: text, items: items, transport: transport)
    guard let now else { return }
    takeBack(drained, at: now)
    for plan in plans where ramps[plan.result] == nil {
      ramps[plan.result] = plan.ramp.share(at: now)
      nextChange = [nextChange, plan.ramp.nextChange(after: now)].compactMap(\.self).min()
    }
  }

  /// Puts those back whose time is over, each in the place of its comment.
  private mutating func takeBack(_ drained: [(comment: DrainedItem, start: Int, place: Int)], at now: Int) {
    if drained.isEmpty { return }
    // What is listed as well has its weight.
    var known = Set(results)
    var all: [Range<Int>] = []
    var copied = 0
    for (comment, start, place) in drained {
      all += items[copied..<place]
      copied = place
      guard comment.drain.hasEnded(at: now) else {
        nextChange = [nextChange, comment.drain.until].compactMap(\.self).min()
        continue
      }
      let low = start + DrainedItem.mark.utf8.count
      let range = low..<low + comment.result.utf8.count
      // Bytes that are no text have another length as text.
      guard range.upperBound <= text.count, text.bytes[range].text == comment.result,
        known.insert(comment.result).inserted
      else { continue }
      all += repeatElement(range, count: min(comment.weight, Self.mostCopies))
      hasReturned = true
    }
    items = all + items[copied...]
  }

  /// A comment is short, and may mean many items: no pool that is written has more of one member.
  private static let mostCopies = 1_000
}
