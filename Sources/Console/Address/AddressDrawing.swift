// How the answer for an address looks: its destinations with shares, then the settings that decided.

import Editing
import Gateways
import PostfixFiles
import Routing
import System

extension AddressLine {
  func draw(in frame: inout Frame, _ area: Rect, _ facts: Facts) {
    if let problem {
      frame.empty("This is not asked", [problem, Self.howToAsk], in: area)
      return
    }
    guard question != nil else {
      frame.empty(
        "Where does the mail for an address go?",
        [Self.howToAsk], in: area)
      return
    }
    let lines = lines(facts, width: area.width - 2)
    for (row, spans) in lines.dropFirst(top).prefix(area.height).enumerated() {
      frame.put(spans, x: 1, y: area.y + row, width: area.width - 2)
    }
    let below = lines.count - top - area.height
    if below > 0 {
      frame.put(
        " \(below) more \(frame.symbols.moreBelow) ", x: 0, y: area.maxY - 1, width: area.width - 1,
        align: .right, Style(.info))
    }
  }

  /// Nothing is scrolled past the end on a screen with this area.
  mutating func settle(on area: Rect, _ facts: Facts) {
    settle(lastTop: lines(facts, width: area.width - 2).count - area.height)
  }

  func lines(_ facts: Facts, width: Int) -> [[Span]] {
    guard let answer, let answered else { return [[Span("looking it up", .dim)]] }
    let sender = answered.sender.isEmpty ? "the null sender" : printable(answered.sender)
    var lines: [[Span]] = [
      [Span(printable(answered.recipient), .title), Span("  from \(sender)", .dim)]
        + (isWaiting ? [Span("  looking it up", .dim)] : [])
    ]
    if answer.recipient != internalForm(answered.recipient) {
      lines += folded("Postfix asks for \(printable(answer.recipient))", width)
    }
    lines += answer.outcomes.sorted { $0.share > $1.share }.map { outcome, share in
      let text = percent(share)
      return [Span(String(repeating: " ", count: max(0, 7 - text.count)) + text + "  ", .changed)]
        + spans(of: outcome, facts)
    }
    if answer.isHeld {
      lines += folded("Postfix keeps a choice at the key * for 30 seconds: bursts go to one gateway", width)
    }
    for table in answer.drawn { lines += folded("drawn: \(printable(table.words))", width) }
    for name in answer.unknown {
      lines += folded("incomplete: taken as not found: \(printable(name))", width)
    }
    let (deciding, others) = answer.steps
    let names = answer.trail.map { cellWidth(printable($0.parameter)) }.max() ?? 0
    func line(of step: RouteStep) -> [Span] {
      let name = printable(step.parameter)
      let place = step.file.map { file in facts.shown(path: file) + (step.line.map { ":\($0)" } ?? "") }
      let detail = step.detail.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      return [
        Span("  " + name + String(repeating: " ", count: max(0, names - cellWidth(name))) + "  "),
        Span((place ?? "default") + "  ", .dim), Span(printable(detail)),
      ]
    }
    lines += [[], [Span("Decided by", .header)]] + deciding.map(line)
    return lines + (others.isEmpty ? [] : [[Span("Looked at too", .header)]] + others.map(line))
  }

  private func folded(_ text: String, _ width: Int) -> [[Span]] {
    wrap(text, width: width - 4).map { [Span("    " + $0, .warning)] }
  }

  /// A destination with the state of its first gateway, or what becomes of the mail.
  func spans(of outcome: RouteOutcome, _ facts: Facts) -> [Span] {
    switch outcome {
    case .destination(let transport, let nextHop):
      let text = "\(transport.text):\(nextHop.text)"
      let destination = DestinationGateways(
        SourcedText(builtIn: text), kind: .destination, in: facts.session.current)
      let state = destination.gateways.first.map(facts.state).flatMap { $0 == .unknown ? nil : $0 }
      return [Span(printable(text))]
        + (state.map { [Span("  \(facts.marked($0))", Role($0))] } ?? [])
    case .deferred(let reason): return [Span("the mail waits: \(printable(reason))", .error)]
    case .refused(let reason): return [Span("the mail is refused: \(printable(reason))", .error)]
    case .standstill(let reason):
      return [Span("all mail waits, trivial-rewrite(8) ends: \(printable(reason))", .error)]
    case .unknown(let reason): return [Span("cannot be determined here: \(printable(reason))", .warning)]
    }
  }
}
