// Drained members and plans are comments that say by a number which pool of their line they belong to. When a pool before
// theirs comes or goes, they follow their pool.

import PostfixFiles
import Routing

extension MailConfig {
  /// The configuration with the comments of members at the pools that they belonged to in `before`.
  ///
  /// - Parameter plansOnly: whether what made this of `before` has written the comments of drained members anew.
  func numberingComments(asIn before: MailConfig, plansOnly: Bool = false) -> MailConfig {
    var edited = self
    for path in before.commentedPaths {
      guard let old = before.document(path), let new = document(path), old.bytes != new.bytes else {
        continue
      }
      let numbering = CommentNumbering(
        old: NumberedComments(before, old, plansOnly), new: NumberedComments(self, new, plansOnly))
      edited.update(new.applying(numbering.splices))
    }
    return edited
  }

  /// Where comments of members may be: main.cf, and the tables that have pools.
  private var commentedPaths: [String] {
    ([main.document.path] + tablePaths).filter { path in
      guard let document = document(path) else { return false }
      return !document.drainComments.isEmpty || !document.rampComments.isEmpty
    }
  }
}

/// The comments of members in one file, and the pools that they can belong to.
private struct NumberedComments {
  struct Comment {
    let item: Item
    let text: String
    /// The index of its line in `anchors`; nil if that line has no pool.
    let anchor: Int?

    var line: Range<Int> { item.line.range }
    var number: Int { item.number }
  }

  enum Item {
    case drain(DrainedItem)
    case plan(RampItem)

    var line: FileRange {
      switch self {
      case .drain(let item): item.line
      case .plan(let item): item.line
      }
    }

    var number: Int {
      switch self {
      case .drain(let item): item.pool
      case .plan(let item): item.pool
      }
    }

    func text(number: Int) -> String {
      switch self {
      case .drain(let item):
        DrainedItem.comment(result: item.result, weight: item.weight, drain: item.drain, pool: number)
      case .plan(let item): RampItem.comment(result: item.result, ramp: item.ramp, pool: number)
      }
    }
  }

  let document: Document
  let pools: [Pool]
  /// The logical lines that have pools: which pool has which number.
  private(set) var anchors: [[Int: Int]] = []
  private(set) var comments: [Comment] = []

  init(_ config: MailConfig, _ document: Document, _ plansOnly: Bool) {
    self.document = document
    pools = config.pools()
    var indexByStart: [Int: Int] = [:]
    for (index, pool) in pools.enumerated() {
      guard let anchor = pool.anchor, anchor.file == document.path else { continue }
      let start = anchor.range.lowerBound
      let place = indexByStart[start] ?? anchors.count
      if indexByStart[start] == nil {
        indexByStart[start] = place
        anchors.append([:])
      }
      anchors[place][pool.ordinal] = index
    }
    let drains = plansOnly ? [] : document.drainComments.compactMap { $0.item.map(Item.drain) }
    let plans = document.rampComments.compactMap { $0.item.map(Item.plan) }
    comments = (drains + plans).sorted { $0.line.range.lowerBound < $1.line.range.lowerBound }.map { item in
      let line = item.line.range
      let start = document.logicalLineWithComments(around: line.lowerBound)?.lowerBound
      return Comment(
        item: item, text: document[line].text.trimmingSpace, anchor: start.flatMap { indexByStart[$0] })
    }
  }

  /// The index of the pool that a comment belongs to.
  func owner(of comment: Comment) -> Int? { comment.anchor.flatMap { anchors[$0][comment.number] } }
}

private struct CommentNumbering {
  let old, new: NumberedComments

  var splices: [Splice] {
    let newIndex = PoolPairs(old.pools, new.pools).newIndex
    // Comments with the same text, in their order.
    var known: [String: [Int?]] = [:]
    for comment in old.comments { known[comment.text, default: []].append(old.owner(of: comment)) }
    return new.comments.compactMap { comment in
      guard let anchor = comment.anchor, let owners = known[comment.text], !owners.isEmpty else { return nil }
      let numbers = Dictionary(
        new.anchors[anchor].map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      // One that was beside this line before; otherwise the line that it was after is gone.
      let here = owners.firstIndex { $0.flatMap { newIndex[$0] }.map { numbers[$0] != nil } ?? false } ?? 0
      known[comment.text]?.remove(at: here)
      guard let owner = owners[here] else { return nil }
      let number = newIndex[owner].flatMap { numbers[$0] }
      if number == comment.number { return nil }
      if let number {
        let indent = Bytes(new.document[comment.line].prefix { $0.isSpace })
        return Splice(
          range: comment.line, bytes: indent + Bytes(comment.item.text(number: number).utf8))
      }
      // Its pool is gone, and it would count for another one.
      guard new.anchors[anchor][comment.number] != nil else { return nil }
      let end = min(comment.line.upperBound + 1, new.document.count)
      return Splice(range: comment.line.lowerBound..<end, bytes: [])
    }
  }
}
