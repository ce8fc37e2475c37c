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

  /// The same for members of different pools that are drained, restored or get a plan; nil where that has to go one by one.
  private func applyingAtOnce(_ edits: [Edit]) throws(EditError) -> MailConfig? {
    guard edits.count > 1, edits.allSatisfy({ $0.poolOfItsOwn != nil }) else { return nil }
    var edited = try settingReturned()
    let pools = Dictionary(edited.pools().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var changes: [String: DocumentChange] = [:]
    var taken: Set<String> = []
    // Of each file the physical line that the pool before was in.
    var lines: [String: Range<Int>] = [:]
    for edit in edits {
      // What is not known by just this name is for the edit alone to say.
      guard let id = edit.poolOfItsOwn, let pool = pools[id], taken.insert(id).inserted,
        !pool.text.hasReturned
      else { return nil }
      let editor = try PoolEditor(pool, in: edited, line: pool.anchor.flatMap { lines[$0.file] })
      let document = editor.layout.document
      guard let splices = try edit.splices(editor) else { return nil }
      lines[document.path] = editor.layout.units.last?.line
      changes[document.path, default: DocumentChange(document)].add(splices)
    }
    for change in changes.values {
      guard let document = change.result else { return nil }
      edited.update(document)
    }
    return edited
  }
}

extension Edit {
  /// The pool whose own lines are all that it changes; nil for other edits.
  fileprivate var poolOfItsOwn: String? {
    switch self {
    case .drain(let pool, _, _), .restore(let pool, _), .ramp(let pool, _, _): pool
    default: nil
    }
  }

  /// Nil where it needs more than one step.
  fileprivate func splices(_ editor: PoolEditor) throws(EditError) -> [Splice]? {
    switch self {
    case .drain(_, let member, let drain): try editor.draining(member, drain)
    case .restore(_, let member): try editor.restoring(try editor.member(member))
    case .ramp(_, let member, let ramp): try editor.beginning(ramp, of: member)
    default: nil
    }
  }
}

/// What edits of several pools change in one document.
private struct DocumentChange {
  private let document: Document
  private var splices: [Splice] = []
  /// What each edit changes, with its number.
  private var places: [(range: Range<Int>, edit: Int)] = []
  private var count = 0

  init(_ document: Document) { self.document = document }

  mutating func add(_ more: [Splice]) {
    places += more.map { ($0.range, count) }
    splices += more
    count += 1
  }

  /// Nil where two edits touch: then the second depends on the first. Comments after a line that several pools share may come to
  /// the same place: each goes in front of those before it, as one by one.
  var result: Document? {
    let sorted = places.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    // The one that reaches furthest so far.
    var last: (range: Range<Int>, edit: Int)?
    for place in sorted {
      if let last, last.edit != place.edit, last.range.upperBound >= place.range.lowerBound,
        !(last.range.isEmpty && place.range == last.range)
      {
        return nil
      }
      if last.map({ $0.range.upperBound <= place.range.upperBound }) ?? true { last = place }
    }
    return document.applying(splices)
  }
}
