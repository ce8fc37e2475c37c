// All that is known of one gateway.

import Editing
import Gateways
import Liveness
import PostfixFiles
import Routing
import System

extension GatewaysView {
  func detail(_ facts: Facts) -> Detail? { chosenUse.map { detail(of: $0, facts) } }

  func detail(of use: GatewayUse, _ facts: Facts) -> Detail {
    Detail(title: printable(use.gateway.description), lines: detailLines(of: use, facts))
  }

  private func detailLines(of use: GatewayUse, _ facts: Facts) -> [[Span]] {
    var lines = [[.label("pools")] + poolSpans(of: use, facts)]
    if let words = facts.wordsOnMean(of: use) { lines.append([.label("share"), Span(words, .dim)]) }
    for (label, subject) in [("credentials", NextHopEntry.Subject.credentials), ("TLS policy", .tlsPolicy)] {
      if let words = use.entries.words(subject) {
        lines.append([.label(label), Span(facts.naming(words))])
      }
    }
    lines += facts.trialLines(of: use.gateway)
    if facts.agent != nil { lines.append(facts.agentSpans(of: use)) }
    lines += facts.mailLines(of: use.gateway)
    let asked = transcriptLines(
      of: facts.trials[use.gateway]?.inOrder ?? [], as: "asked", facts.symbols)
    guard let status = facts.statuses[use.gateway] else {
      return lines + [[Span("not probed yet", .dim)]] + asked
    }
    for approach in status.approaches {
      if status.approaches.count > 1 { lines.append([.label("lane"), Span(laneWords(approach), .dim)]) }
      for reading in status.readings[approach] ?? [] { lines += detailLines(of: reading, use, facts) }
    }
    let changes = status.changes.filter { $0.from != .unknown }.reversed()
    for (index, change) in changes.enumerated() {
      lines.append([
        .label(index == 0 ? "changed" : ""), Span("\(age(change.time.duration(to: facts.now))) ago  "),
        Span(change.from.word, Role(change.from)), Span(" \(facts.symbols.arrow) "),
        Span(change.to.word, Role(change.to)),
        Span(change.reason.isEmpty ? "" : "  " + change.reason, .dim),
      ])
    }
    // Last, as it is long: the dialogue with each address.
    let readings = status.approaches.flatMap { status.readings[$0] ?? [] }
    return lines + transcriptLines(of: readings, as: "transcript", facts.symbols) + asked
  }

  private func transcriptLines(
    of readings: [Reading], as label: String, _ symbols: Symbols
  ) -> [[Span]] {
    var lines: [[Span]] = []
    for reading in readings where !reading.transcript.isEmpty {
      let address = readings.count > 1 ? printable(reading.address ?? "") : ""
      let said = reading.transcript.lines.map { line in
        let role: Role = line.side == .event ? .dim : line.side == .probe ? .info : .text
        let side = symbols == .words ? "\(line.side.word):" : line.side.rawValue
        return Span("\(side) \(line.text)", role)
      }
      let all = (address.isEmpty ? [] : [Span(address, .dim)]) + said
      lines += all.enumerated().map { [.label($0.offset == 0 ? label : ""), $0.element] }
    }
    return lines
  }

  private func detailLines(of reading: Reading, _ use: GatewayUse, _ facts: Facts) -> [[Span]] {
    let state = reading.finding.state
    var name = printable(reading.address ?? "no address")
    if let host = reading.host, host != reading.address, host != use.gateway.name {
      name += " of \(printable(host))"
    }
    var first = [.label("address"), Span(name + "  "), Span(facts.marked(state), Role(state))]
    if let latency = reading.latency { first.append(Span("  \(words(forMilliseconds: latency)) ms")) }
    if !reading.finding.reason.isEmpty { first.append(Span("  " + reading.finding.reason, Role(state))) }
    var lines = [first]
    if !reading.capabilities.isEmpty {
      lines.append([.label("  offers"), Span(reading.capabilities.joined(separator: "  "))])
    }
    if let spans = encryptionSpans(of: reading) { lines.append([.label("  certificate")] + spans) }
    return lines
  }

  private func encryptionSpans(of reading: Reading) -> [Span]? {
    switch reading.encryption {
    case .unknown, .notOffered: return nil
    case .failed(let why), .declined(let why): return [Span("none: \(why.reason)", .warning)]
    case .established(let certificate):
      let names = certificate.names.isEmpty ? "no name" : certificate.names.prefix(3).joined(separator: ", ")
      let days = certificate.daysLeft
      var spans = [Span(printable(names))]
      if days >= 0 { spans.append(Span("  \(days) \(days == 1 ? "day" : "days") left", .dim)) }
      if let fault = reading.certificateFault { spans.append(Span("  " + fault.reason, .warning)) }
      return spans
    }
  }

  /// What tells one way to a gateway from another.
  private func laneWords(_ approach: Approach) -> String {
    let sources = [approach.source, approach.source6].compactMap { $0 }
    let from = sources.isEmpty ? "" : "from \(sources.joined(separator: " and ")), "
    let tls = "\(approach.tls.level.rawValue)\(approach.tls.isWrapped ? " from the first byte" : "")"
    return printable("\(from)as \(approach.heloName), TLS \(tls)")
  }

  private func poolSpans(of use: GatewayUse, _ facts: Facts) -> [Span] {
    if use.pools.isEmpty { return [Span("none: named outside of pools", .dim)] }
    return use.pools.prefix(6).flatMap { id -> [Span] in
      let pool = facts.session.pools.first { $0.id == id }
      let share = (pool?.members ?? []).filter { $0.gateways.first == use.gateway }.reduce(0) {
        $0 + (pool?.share($1) ?? 0)
      }
      // The mail says more than the number of a place in a table.
      let mail = pool.flatMap { facts.session.current.mail(of: $0) }
      let name =
        mail.flatMap { $0.namesPool && !$0.scope.isEmpty ? printable($0.scope) : nil }
        ?? facts.shown(path: id)
      if pool?.overrider != nil { return [Span(name), Span(" overridden   ", .dim)] }
      return [Span("\(share > 0 ? percent(share) : "-") of \(name)   ", share > 0 ? .text : .dim)]
    } + (use.pools.count > 6 ? [Span("and \(use.pools.count - 6) more", .dim)] : [])
  }
}

extension Facts {
  /// What the share in the list is, where it is a mean of several pools; nil where it is one of all mail.
  fileprivate func wordsOnMean(of use: GatewayUse) -> String? {
    guard session.pools.sharesAreMeans, !use.pools.isEmpty else { return nil }
    let counted = session.pools.filter(\.counts).eachTextOnce
    let own = Set(use.pools)
    let others = counted.count { !own.contains($0.id) }
    let what = others == 0 ? "these pools" : "these and \(others) other \(others == 1 ? "pool" : "pools")"
    return
      "\(percent(use.share)) in the list: the mean of \(what), as how much mail comes to each is not known"
  }
}

extension Transcript.Side {
  /// Who speaks, for a screen reader.
  fileprivate var word: String {
    switch self {
    case .gateway: "gateway"
    case .probe: "probe"
    case .event: "event"
    }
  }
}
