// All that is known of one gateway: below the list as far as there is room, or in place of the list.

import Editing
import Liveness
import PostfixFiles
import Routing

/// The first column.
private let labelWidth = 14

private func label(_ text: String) -> Span {
  Span(text + String(repeating: " ", count: max(1, labelWidth - text.count)), .dim)
}

extension Console {
  /// Below the list: what comes first, and how to see the rest.
  func drawDetail(_ lines: [[Span]], of use: GatewayUse, in frame: inout Frame, _ room: Rect) {
    drawTitle(of: use, in: &frame, room)
    let inside = room.inset(left: 2, top: 1, right: 1)
    if lines.count > inside.height {
      frame.put(
        " i shows all \(lines.count) lines ", x: room.x, y: room.y, width: room.width - 2, align: .right,
        Style(.dim))
    }
    for (row, spans) in lines.prefix(inside.height).enumerated() {
      frame.put(spans, x: inside.x, y: inside.y + row, width: inside.width)
    }
  }

  /// In place of the list, from line `top` on.
  func drawWholeDetail(from top: Int, in frame: inout Frame, _ room: Rect) {
    guard let use = chosenGateway else { return }
    drawTitle(of: use, in: &frame, room)
    let inside = room.inset(left: 1, top: 1)
    let all = detailLines(of: use)
    let lines = all.dropFirst(min(top, all.count - 1)).flatMap { folded($0, width: inside.width) }
    for (row, spans) in lines.prefix(inside.height).enumerated() {
      frame.put(spans, x: inside.x, y: inside.y + row, width: inside.width)
    }
    let below = lines.count - inside.height
    if below > 0 {
      frame.put(
        " \(below) more \(symbols.moreBelow) ", x: room.x, y: room.y, width: room.width - 2, align: .right,
        Style(.info))
    }
  }

  /// A line as several where it is too long: what does not fit goes on below, beside the first column.
  private func folded(_ spans: [Span], width: Int) -> [[Span]] {
    guard let first = spans.first else { return [[]] }
    var lines = [[first]]
    var used = cellWidth(first.text)
    for span in spans.dropFirst() {
      if used + cellWidth(span.text) <= width {
        lines[lines.count - 1].append(span)
        used += cellWidth(span.text)
        continue
      }
      for part in wrap(span.text, width: width - labelWidth) {
        if used > labelWidth {
          lines.append([label("")])
          used = labelWidth
        }
        lines[lines.count - 1].append(Span(part, span.style))
        used += cellWidth(part)
      }
      // What separates it from the next one was lost.
      if span.text.hasSuffix(" "), used + 2 < width {
        lines[lines.count - 1].append(Span("  "))
        used += 2
      }
    }
    return lines
  }

  private func drawTitle(of use: GatewayUse, in frame: inout Frame, _ room: Rect) {
    frame.rule(y: room.y, x: room.x, width: room.width)
    let name = printable(use.gateway.description)
    frame.put(" \(name) ", x: 2, y: room.y, width: room.width - 4, Style(.title))
  }

  func detailLines(of use: GatewayUse) -> [[Span]] {
    var lines = [[label("pools")] + poolSpans(of: use)]
    if agent != nil { lines.append(agentSpans(of: use)) }
    guard let status = statuses[use.gateway] else { return lines + [[Span("not probed yet", .dim)]] }
    for approach in status.approaches {
      if status.approaches.count > 1 { lines.append([label("lane"), Span(laneWords(approach), .dim)]) }
      for reading in status.readings[approach] ?? [] { lines += detailLines(of: reading) }
    }
    let changes = status.changes.filter { $0.from != .unknown }.reversed()
    for (index, change) in changes.enumerated() {
      lines.append([
        label(index == 0 ? "changed" : ""), Span("\(words(for: change.time.duration(to: now))) ago  "),
        Span(change.from.word, Role(change.from)), Span(" \(symbols.arrow) "),
        Span(change.to.word, Role(change.to)),
        Span(change.reason.isEmpty ? "" : "  " + change.reason, .dim),
      ])
    }
    // Last, as it is long: what was said to each address.
    let readings = status.approaches.flatMap { status.readings[$0] ?? [] }
    for reading in readings where !reading.transcript.isEmpty {
      let address = readings.count > 1 ? printable(reading.address ?? "") : ""
      let said = reading.transcript.lines.map { line in
        let role: Role = line.side == .event ? .dim : line.side == .probe ? .info : .text
        return Span("\(line.side.rawValue) \(line.text)", role)
      }
      let all = (address.isEmpty ? [] : [Span(address, .dim)]) + said
      lines += all.enumerated().map { [label($0.offset == 0 ? "transcript" : ""), $0.element] }
    }
    return lines
  }

  private func detailLines(of reading: Reading) -> [[Span]] {
    let state = reading.finding.state
    var name = printable(reading.address ?? "no address")
    if let host = reading.host, host != reading.address, host != chosenGateway?.gateway.name {
      name += " of \(printable(host))"
    }
    var first = [label("address"), Span(name + "  "), Span("\(state.symbol) \(state.word)", Role(state))]
    if let latency = reading.latency { first.append(Span("  \(words(forMilliseconds: latency)) ms")) }
    if !reading.finding.reason.isEmpty { first.append(Span("  " + reading.finding.reason, Role(state))) }
    var lines = [first]
    if !reading.capabilities.isEmpty {
      lines.append([label("  offers"), Span(reading.capabilities.joined(separator: "  "))])
    }
    if let spans = encryptionSpans(of: reading) { lines.append([label("  certificate")] + spans) }
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

  private func poolSpans(of use: GatewayUse) -> [Span] {
    if use.pools.isEmpty { return [Span("none: named outside of pools", .dim)] }
    return use.pools.prefix(6).flatMap { id -> [Span] in
      let pool = session.pools.first { $0.id == id }
      let share = (pool?.members ?? []).filter { $0.gateways.first == use.gateway }.reduce(0) {
        $0 + (pool?.share($1) ?? 0)
      }
      return [Span(shown(path: id)), Span(share > 0 ? " \(percent(share))   " : " -   ", .dim)]
    } + (use.pools.count > 6 ? [Span("and \(use.pools.count - 6) more", .dim)] : [])
  }
}
