// The members and weights of a pool changed to those that are wanted, in a few changes of its text, however many members
// there are: what comes back, what is new, the weights, and what goes.

import Gateways
import PostfixFiles
import Routing

extension MailConfig {
  /// The pool with just these members and weights; those that are drained stay so, unless they are named.
  func changing(_ id: String, to content: PoolContent) throws(EditError) -> MailConfig {
    let config = try settingReturned()
    guard let pool = config.pool(id) else { throw .unknownPool(id, known: []) }
    let known = KnownMembers(pool, in: config)
    var taken: Set<String> = []
    var weights: [String: Int] = [:]
    var drained: [Member] = []
    var spellings: [(old: String, new: String)] = []
    var new: [String] = []
    for choice in content.choices {
      let matches = known.matching(choice.result).filter { !taken.contains($0.result) }
      let list = NextHopList(choice.result, kind: content.kind)
      let same =
        matches.first { $0.result == choice.result }
        ?? matches.first { NextHopList($0.result, kind: content.kind).head == choice.result }
      let other = matches.first { NextHopList($0.result, kind: content.kind).transport == list.transport }
      let name = same?.result ?? choice.result
      if let found = same ?? other {
        if found.isDrained { drained.append(found) }
        if same == nil { spellings.append((found.result, name)) }
        taken.insert(found.result)
      } else {
        new.append(name)
      }
      taken.insert(name)
      if weights[name] == nil { weights[name] = choice.weight }
    }
    return try config.restoring(drained, of: id).spelling(spellings, in: id)
      .adding(new, to: id).keeping(weights, of: id)
  }

  /// Puts several drained members back.
  private func restoring(_ members: [Member], of id: String) throws(EditError) -> MailConfig {
    guard !members.isEmpty else { return self }
    let editor = try PoolEditor(id, in: self)
    if editor.hasRows {
      return try editing(editor) { editor in members.flatMap { editor.restoringRow($0) } }
    }
    // Where commas are between the members, or other text follows the pool, what one of them needs depends on the one before it.
    guard editor.layout.layout.comma.isEmpty, editor.net == nil, let anchor = editor.pool.anchor else {
      var config = self
      for member in members { config = try config.applyingAlone(.restore(pool: id, member: member.result)) }
      return config
    }
    let items = Dictionary(
      drainedItems(in: anchor).filter { $0.pool == editor.pool.ordinal }.map { ($0.result, $0) },
      uniquingKeysWith: { first, _ in first })
    return try editing(editor) { editor throws(EditError) in
      // Of what is put in at one place, the last one given comes first.
      var splices: [Splice] = []
      for member in members.reversed() {
        guard let item = items[member.result] else { throw .notDrained(member.result) }
        splices += editor.layout.restoring(item)
      }
      return splices
    }
  }

  /// Writes members in another way: smtp(8) asks the tables of credentials for a next hop as it is written.
  func spelling(
    _ spellings: [(old: String, new: String)], in id: String
  ) throws(EditError) -> MailConfig {
    guard !spellings.isEmpty else { return self }
    let editor = try PoolEditor(id, in: self)
    for (_, new) in spellings {
      if let reason = problem(with: new, in: editor.pool) { throw .badText(new, reason: reason) }
    }
    if spellings.contains(where: { $0.new.utf8.contains(where: editor.layout.layout.lead.contains) }) {
      return try separating(editor, for: spellings.map(\.new)).spelling(spellings, in: id)
    }
    let members = Dictionary(editor.pool.members.map { ($0.result, $0) }, uniquingKeysWith: { $1 })
    return try editing(editor) { editor throws(EditError) in
      var splices: [Splice] = []
      for (old, new) in spellings {
        guard let member = members[old] else { continue }
        splices += try editor.spelling(member, new)
      }
      return splices
    }
  }

  /// Adds several members, each once, after the last one.
  private func adding(_ results: [String], to id: String) throws(EditError) -> MailConfig {
    guard let first = results.first else { return self }
    let editor = try PoolEditor(id, in: self)
    var known = Set(editor.pool.members.map(\.result))
    for result in results {
      if let reason = problem(with: result, in: editor.pool) { throw .badText(result, reason: reason) }
      guard known.insert(result).inserted else { throw .alreadyMember(result, pool: id) }
    }
    let layout = editor.layout
    if results.count == 1 || layout.units.isEmpty && !editor.hasRows || !(editor.net?.hasOnlyLists ?? true) {
      var config = self
      for result in results { config = try config.applyingAlone(.add(pool: id, member: result, weight: 1)) }
      return config
    }
    if results.contains(where: { $0.utf8.contains(where: layout.layout.lead.contains) }) {
      return try separating(editor, for: results).adding(results, to: id)
    }
    return try editing(editor) { editor throws(EditError) in
      if editor.hasRows {
        var splices: [Splice] = []
        for result in results.reversed() { splices += try editor.addingRow(result, weight: 1) }
        return splices
      }
      let last = layout.units.count - 1
      var splice = layout.insertion(of: first, copies: 1, after: last)
      for result in results.dropFirst() {
        splice.bytes += layout.insertion(of: result, copies: 1, after: last).bytes
      }
      return [splice] + (try editor.net?.joining(results) ?? [])
    }
  }

  /// Gives the members their weights, and takes those out that have none and are not drained.
  private func keeping(_ weights: [String: Int], of id: String) throws(EditError) -> MailConfig {
    let config = try editing(id) { editor throws(EditError) in
      try editor.setting(
        editor.pool.members.filter { !$0.isDrained }.compactMap { member in
          weights[member.result].map { (member, $0) }
        })
    }
    let editor = try PoolEditor(id, in: config)
    let gone = editor.pool.members.filter { !$0.isDrained && weights[$0.result] == nil }
    if gone.count > 1, editor.hasRows || editor.net?.hasOnlyLists ?? true {
      return try config.editing(editor) { editor throws(EditError) in try editor.removing(gone) }
    }
    var last = config
    for member in gone { last = try last.applyingAlone(.remove(pool: id, member: member.result)) }
    return last
  }
}

extension PoolEditor {
  /// One member in another spelling, in the pool and in what follows it.
  fileprivate func spelling(_ member: Member, _ text: String) throws(EditError) -> [Splice] {
    if hasRows { return try spellingRow(member, text) }
    var splices: [Splice] = []
    for item in member.items {
      let end = layout.units[item].range.upperBound
      let place = end - member.result.utf8.count..<end
      guard layout.document[place].elementsEqual(member.result.utf8) else { throw .notInOnePlace(pool.id) }
      splices.append(Splice(range: place, bytes: Bytes(text.utf8)))
    }
    let kind = pool.kind
    return splices
      + (try net?.spelling(NextHopList(member.result, kind: kind), as: NextHopList(text, kind: kind)) ?? [])
  }

  /// Takes several members out that are not drained.
  fileprivate func removing(_ members: [Member]) throws(EditError) -> [Splice] {
    let names = Set(members.map(\.result))
    let left = pool.members.filter { !$0.isDrained && !names.contains($0.result) }
    // A member that the agent leaves out may go: those that get mail stay.
    if left.isEmpty || members.contains(where: \.getsMail) && !left.contains(where: \.getsMail) {
      throw .wouldEmpty(pool.id)
    }
    if hasRows {
      return pool.text.rows.filter { names.contains($0.member.result) }
        .map { Splice(range: layout.wholeLine($0.line), bytes: []) }
    }
    guard let anchor = pool.anchor else { throw .notInOnePlace(pool.id) }
    let plans = config.rampItems(in: anchor).filter { $0.pool == pool.ordinal && names.contains($0.result) }
    return layout.removals(of: members.flatMap(\.items).sorted())
      + plans.map { Splice(range: layout.wholeLine($0.line.range), bytes: []) }
      + (try net?.leaving(members) ?? [])
  }
}
