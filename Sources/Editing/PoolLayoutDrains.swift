// Drained members in the text of a pool: each is a comment, in the place of the member or after the pool.

import PostfixFiles
import Routing

extension PoolLayout {
  /// What keeps a member, whose items are `items`, as a comment in its place.
  func draining(_ member: Member, _ drain: Drain) -> [Splice] {
    let comment = Bytes(
      DrainedItem.comment(
        result: member.result, weight: member.weight, drain: drain, pool: pool.ordinal
      ).utf8)
    guard let first = member.items.first else { return [] }
    // Where the pool ends on the line of the last one, a comment in its place would leave that end alone on a line.
    if units[first].isAlone, ending(of: member.items)?.count != member.items.count {
      let line = units[first].line
      return [Splice(range: line, bytes: indent(units[first]) + comment)]
        + removals(of: Array(member.items.dropFirst()))
    }
    return removals(of: member.items) + [
      Splice(range: endOfLine..<endOfLine, bytes: [.newline] + comment)
    ]
  }

  /// What puts a drained member back: in the place of its comment if items have lines of their own, otherwise
  /// after the last item.
  func restoring(_ item: DrainedItem) -> [Splice] {
    let comment = item.line.range
    let model = units.first { $0.isAlone }
    let isInside =
      layout.comma.isEmpty || comment.lowerBound < (pool.text.text.span()?.range.upperBound ?? 0)
    if layout.isByLine || (model != nil && isInside) {
      let ownIndent = Array(document[comment].prefix { $0.isSpace })
      let indent =
        layout.isByLine || !ownIndent.isEmpty ? ownIndent : model.map { self.indent($0) } ?? []
      let isLast = !units.contains { $0.range.lowerBound > comment.upperBound }
      let one = indent + layout.lead + Bytes(item.result.utf8)
      var text = Array(repeatElement(one, count: item.weight).joined(separator: layout.comma + [.newline]))
      if !isLast { text += layout.comma }
      return [Splice(range: comment, bytes: text)]
    }
    guard !units.isEmpty else { return [] }
    return [
      insertion(of: item.result, copies: item.weight, after: units.count - 1),
      Splice(range: wholeLine(comment), bytes: []),
    ]
  }
}
