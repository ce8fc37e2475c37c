// Several edits as one. A gateway that is drained may be a member of hundreds of pools, and each edit alone looks for all
// pools and reads its file again.

import PostfixFiles
import Routing

extension MailConfig {
  /// The configuration with all edits made, one after the other.
  package func applying(_ edits: [Edit]) throws(EditError) -> MailConfig {
    if let edited = try applyingAtOnce(edits) { return edited }
    var edited = self
    var left = edits[...]
    while let edit = left.popFirst() {
      if let next = left.first, let respelled = try edited.respelling(edit, next) {
        edited = respelled
        left.removeFirst()
      } else {
        edited = try edited.applying(edit)
      }
    }
    return edited
  }

  /// A member that comes in the place of itself in another spelling: it is written anew where it is, as both at once would be one
  /// gateway twice. Nil where these two edits are something else.
  private func respelling(_ edit: Edit, _ next: Edit) throws(EditError) -> MailConfig? {
    guard case .add(let pool, let text, let weight) = edit, case .remove(pool, let old) = next, text != old,
      let editor = try? PoolEditor(pool, in: self), let member = try? editor.member(old), !member.isDrained,
      member.weight == weight, !editor.pool.members.contains(where: { $0.result == text }),
      gatewayName(of: text, kind: editor.pool.kind, transport: "smtp")
        == gatewayName(of: member.result, kind: editor.pool.kind, transport: "smtp")
    else { return nil }
    _ = try editor.unplanned(member)
    return try settingReturned().spelling([(member.result, text.trimmingSpace)], in: pool)
      .keepingRest(since: self)
  }

  /// The same for members of different pools that are drained or restored; nil where that has to go one by one.
  private func applyingAtOnce(_ edits: [Edit]) throws(EditError) -> MailConfig? {
    guard edits.count > 1, edits.allSatisfy({ $0.poolToDrain != nil }) else { return nil }
    var edited = try settingReturned()
    let pools = Dictionary(edited.pools().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var changes: [String: DocumentChange] = [:]
    var taken: Set<String> = []
    for edit in edits {
      // What is not known by just this name is for the edit alone to say.
      guard let id = edit.poolToDrain, let pool = pools[id], taken.insert(id).inserted, !pool.text.hasReturned
      else { return nil }
      let editor = try PoolEditor(pool, in: edited)
      let document = editor.layout.document
      changes[document.path, default: DocumentChange(document)].add(try edit.splices(editor))
    }
    for change in changes.values {
      guard let document = change.result else { return nil }
      edited.update(document)
    }
    return edited
  }
}

extension Edit {
  /// The pool of which it drains or restores a member; nil for other edits.
  fileprivate var poolToDrain: String? {
    switch self {
    case .drain(let pool, _, _), .restore(let pool, _): pool
    default: nil
    }
  }

  fileprivate func splices(_ editor: PoolEditor) throws(EditError) -> [Splice] {
    switch self {
    case .drain(_, let member, let drain): try editor.draining(member, drain)
    case .restore(_, let member): try editor.restoring(try editor.member(member))
    default: []
    }
  }
}

/// What edits of several pools change in one document.
private struct DocumentChange {
  private let document: Document
  private var splices: [Splice] = []
  /// From the first to the last byte that each edit changes.
  private var places: [Range<Int>] = []

  init(_ document: Document) { self.document = document }

  mutating func add(_ more: [Splice]) {
    guard let first = more.map(\.range.lowerBound).min(), let last = more.map(\.range.upperBound).max() else {
      return
    }
    places.append(first..<last)
    splices += more
  }

  /// Nil where two edits touch: then the second depends on the first.
  var result: Document? {
    let sorted = places.sorted { $0.lowerBound < $1.lowerBound }
    guard zip(sorted, sorted.dropFirst()).allSatisfy({ $0.upperBound < $1.lowerBound }) else { return nil }
    return document.applying(splices)
  }
}
