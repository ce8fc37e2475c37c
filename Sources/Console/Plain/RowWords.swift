// The rows of each view in words, for `--plain`: nothing is meant by a place on the screen, a colour or a sign.

import Editing
import Gateways
import PostfixFiles
import Routing
import System

extension GatewaysView {
  func rowWords(at index: Int, _ facts: Facts) -> [RowWord] {
    let use = rows[index]
    let state = facts.state(of: use)
    var words = [
      RowWord("state", facts.stateWords(state, of: use.gateway)), RowWord("gateway", use.gateway.description),
      RowWord("share of mail", use.share > 0 ? percent(use.share) : "none"),
    ]
    if let latency = facts.statuses[use.gateway]?.latency {
      words.append(RowWord("milliseconds", System.words(forMilliseconds: latency)))
    }
    if let recent = facts.recent(use.gateway) {
      if let share = recent.observed { words.append(RowWord("observed share", percent(share))) }
      if let share = recent.deferredShare, share > 0 { words.append(RowWord("deferred", percent(share))) }
    }
    if let count = facts.mail.waiting?.byGateway[use.gateway]?.messages, count > 0 {
      words.append(RowWord("queued", "\(count)"))
    }
    let trouble = trouble(of: use, facts)
    return words + (trouble.isEmpty ? [] : [RowWord("why", trouble)])
  }
}

extension PoolsView {
  func rowWords(at index: Int, _ facts: Facts) -> [RowWord] {
    let row = rows[index]
    let pool = facts.shown(path: row.pool.id)
    switch row {
    case .pool:
      var words = [RowWord("pool", pool)]
      if let mail = facts.session.current.mail(of: row.pool) { words.append(RowWord("for", mail.words)) }
      words += [
        RowWord("notation", row.pool.notation.words),
        RowWord("members", "\(row.pool.members.count)"),
      ]
      let risk = row.pool.atRisk(facts.states)
      if risk > 0 { words.append(RowWord("at risk", percent(risk))) }
      if let place = facts.place(of: row.pool.start) {
        words.append(RowWord("place", "\(facts.shown(path: place.path)) line \(place.line)"))
      }
      return words
    case .removed(let member, _):
      return [RowWord("member", member.result), RowWord("edit", "removed"), RowWord("pool", pool)]
    case .member(let member, let whole, let was):
      let state: GatewayState =
        member.isDrained ? .drained : member.gateways.first.map(facts.state) ?? .unknown
      var words = [
        RowWord("member", member.result), RowWord("weight", "\(member.weight)"),
        RowWord("share", member.isDrained ? "none" : percent(whole.share(member))),
      ]
      let before = was.flatMap { old in facts.session.saved(whole.id)?.share(old) }
      if was == nil {
        words.append(RowWord("edit", "new"))
      } else if let before, abs(before - whole.share(member)) > 0.0001 {
        words.append(RowWord("share before the edits", percent(before)))
      }
      words.append(RowWord("state", facts.stateWords(state, of: member.gateways.first)))
      if let drain = facts.drainWords(of: row) { words.append(RowWord("note", drain)) }
      return words + [RowWord("pool", pool)]
    }
  }
}

extension RoutesView {
  func rowWords(at index: Int, _ facts: Facts) -> [RowWord] {
    guard let route = rows?[index] else { return [] }
    return [
      RowWord(route.table == nil ? "parameter" : "key", route.name),
      RowWord("result", route.value.isEmpty ? "none: Postfix skips this line" : route.value.text),
      RowWord("place", "\(facts.shown(path: route.file)) line \(route.line)"),
    ]
  }
}

extension ProblemsView {
  func rowWords(at index: Int, _ facts: Facts) -> [RowWord] {
    let row = rows[index]
    return [
      RowWord(row.severity.rawValue, row.message), RowWord("rule", row.code),
      RowWord("place", "\(facts.shown(path: row.file)) line \(row.start.line)"),
    ]
  }
}

extension ChangesView {
  func rowWords(at index: Int, _ facts: Facts) -> [RowWord] { [RowWord("", lines[index])] }
}

extension HistoryView {
  func rowWords(at index: Int, _ facts: Facts) -> [RowWord] {
    let write = rows[index]
    return [
      RowWord("write", "\(write.number)"), RowWord("what", write.summary), RowWord("who", write.who),
      RowWord("when", write.clock),
    ] + (write.undone == nil ? [] : [RowWord("state", "taken back")])
  }
}

extension Facts {
  /// `down for 3 min`.
  fileprivate func stateWords(_ state: GatewayState, of gateway: Gateway?) -> String {
    let lasts = [.down, .refused, .degraded].contains(state)
    let status = gateway.flatMap { statuses[$0] }
    // Since when the agent finds so, it does not say.
    let since = lasts && status?.state == state ? status?.since : nil
    return state.word.lowercased() + (since.map { " for \(words(for: $0.duration(to: now)))" } ?? "")
  }
}
