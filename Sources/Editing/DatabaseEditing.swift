// Edits of a pool in a database: each is a change of rows, written as lines of the text that says them.

import PostfixFiles
import Routing
import Store

extension PoolEditor {
  /// Whether the members are rows, and not text.
  var hasRows: Bool { !pool.text.rows.isEmpty }

  private func row(_ member: Member) -> DatabaseRow? {
    pool.text.rows.first { $0.member.result == member.result }
  }

  private func splice(_ member: Member, _ change: (inout MemberRow) -> Void) -> [Splice] {
    guard let row = row(member) else { return [] }
    var changed = row.member
    change(&changed)
    return [Splice(range: row.line, bytes: Bytes(StoredRow.member(changed).line.utf8))]
  }

  func settingRows(_ weights: [(Member, Int)]) -> [Splice] {
    let wanted = Set(weights.map(\.0.result))
    let rows = Dictionary(
      pool.text.rows.lazy.filter { wanted.contains($0.member.result) }.map { ($0.member.result, $0) },
      uniquingKeysWith: { first, _ in first })
    return weights.compactMap { member, weight in
      guard let row = rows[member.result] else { return nil }
      var changed = row.member
      changed.weight = weight
      // A weight that a person sets ends one that moves; a plan is about a share.
      if changed.ramp?.plan == nil { changed.ramp = nil }
      return Splice(range: row.line, bytes: Bytes(StoredRow.member(changed).line.utf8))
    }
  }

  func rampingRow(_ member: Member, _ ramp: Ramp) -> [Splice] { splice(member) { $0.ramp = ramp.row } }

  /// The same of many members.
  func rampingRows(_ ramps: [String: Ramp]) -> [Splice] {
    pool.text.rows.compactMap { row in
      guard let ramp = ramps[row.member.result] else { return nil }
      var changed = row.member
      changed.ramp = ramp.row
      return Splice(range: row.line, bytes: Bytes(StoredRow.member(changed).line.utf8))
    }
  }

  /// The weights give it the share that its plan says now, and there is no plan any more.
  func endingRampOfRow(_ member: Member, at now: Int) throws(EditError) -> [Splice] {
    guard let ramp = member.ramp else { throw .notRamped(member.result) }
    // Where all others are drained or have plans, there is no weight that holds the share.
    let isAlone = !pool.members.contains {
      !$0.isDrained && $0.ramp == nil && $0.result != member.result
    }
    if member.isDrained || isAlone { return splice(member) { $0.ramp = nil } }
    let share = ramp.share(at: now)
    let weights = try weights(giving: share, to: member, within: WeightChoice.tolerance(of: share))
    return weights.flatMap { changed, weight in
      splice(changed) { row in
        row.weight = weight
        if changed.result == member.result { row.ramp = nil }
      }
    }
  }

  /// What the plans of members but one take of all mail.
  func plannedShare(without member: Member) -> Double {
    pool.members.reduce(0) { sum, other in
      other.ramp != nil && other.getsMail && other.result != member.result ? sum + pool.share(other) : sum
    }
  }

  /// Weights with which a share is what was asked for; nil where no row can hold them. The others keep theirs, or as many
  /// times of them as it takes, and else what is left of them without their common divisor.
  func rowWeights(giving share: Double, to member: Member, beside others: [Member]) -> [(Member, Int)]? {
    let divisor = others.map(\.weight).commonDivisor
    var near: [(Member, Int)]?
    for divisor in divisor > 1 ? [1, divisor] : [1] {
      let rest = others.reduce(0) { $0 + $1.weight / divisor }
      let largest = others.reduce(1) { max($0, $1.weight / divisor) }
      for factor in 1...max(1, min(1_000, Schema.largestWeight / largest)) {
        let wanted = share * Double(factor * rest) / (1 - share)
        guard wanted < Double(Schema.largestWeight) + 0.5 else { break }
        let weight = max(1, Int(wanted.rounded()))
        let error = abs(Double(weight) / Double(weight + factor * rest) - share)
        if error > min(5e-5, share / 1_000) { continue }
        let weights = others.map { ($0, $0.weight / divisor * factor) } + [(member, weight)]
        if error < 1e-9 { return weights }
        if near == nil { near = weights }
      }
    }
    return near
  }

  func removingRow(_ member: Member) -> [Splice] {
    row(member).map { [Splice(range: layout.wholeLine($0.line), bytes: [])] } ?? []
  }

  func drainingRow(_ member: Member, _ drain: Drain) -> [Splice] {
    splice(member) {
      $0.drain = MemberRow.Drain(drain)
      $0.drain?.author = config.environment.person ?? member.drain?.author
    }
  }

  func spellingRow(_ member: Member, _ text: String) throws(EditError) -> [Splice] {
    guard case .database(_, let name) = pool.notation,
      let new = MemberRow(text, weight: member.weight, kind: pool.kind, pool: name)
    else { throw .badText(text, reason: "need a transport in front, such as smtp:\(text)") }
    return splice(member) { ($0.transport, $0.nextHop) = (new.transport, new.nextHop) }
  }

  func restoringRow(_ member: Member) -> [Splice] {
    splice(member) { $0.drain = nil }
  }

  /// After the last row of the pool.
  func addingRow(_ result: String, weight: Int) throws(EditError) -> [Splice] {
    guard let last = pool.text.rows.last, case .database(_, let name) = pool.notation else {
      throw .notInOnePlace(pool.id)
    }
    guard let row = MemberRow(result, weight: weight, kind: pool.kind, pool: name) else {
      throw .badText(result, reason: "need a transport in front, such as smtp:\(result)")
    }
    return [
      Splice(
        range: last.line.upperBound..<last.line.upperBound,
        bytes: Bytes("\n\(StoredRow.member(row).line)".utf8)
      )
    ]
  }
}

extension MemberRow.Drain {
  init(_ drain: Drain) {
    self.init(until: drain.until.map { Int64($0) }, author: drain.author, reason: drain.why)
  }
}

extension MemberRow {
  /// Nil where a destination has no transport.
  init?(_ result: String, weight: Int, kind: ResultKind, pool: String) {
    guard kind == .destination else {
      self.init(pool: pool, transport: "", nextHop: result, weight: weight)
      return
    }
    guard let colon = result.firstIndex(of: ":") else { return nil }
    self.init(
      pool: pool, transport: String(result[..<colon]), nextHop: String(result[result.index(after: colon)...]),
      weight: weight)
  }
}

extension PoolContent {
  /// The members as rows of a pool.
  func rows(of pool: String, for id: String) throws(EditError) -> [MemberRow] {
    var rows: [MemberRow] = []
    for (choices, isDrained) in [(choices, false), (drained, true)] {
      for choice in choices {
        // What follows a stock pool's members as their fallback, the view adds by itself.
        if let reason = DatabaseNotation().problem(withItem: choice.result) {
          throw .cannotConvert(id, reason: "\(choice.result): \(reason)")
        }
        guard var row = MemberRow(choice.result, weight: choice.weight, kind: kind, pool: pool) else {
          throw .cannotConvert(
            id, reason: "\(choice.result) has no transport: need one, such as smtp:\(choice.result)")
        }
        if isDrained { row.drain = MemberRow.Drain(choice.drain) }
        rows.append(row)
      }
    }
    return rows
  }
}
