// Where the mail would go if the chosen gateway were down: a key, and `:what-if` with any gateways.

import Editing
import Gateways
import PostfixFiles
import Routing
import System
import Traffic

extension Binding {
  static let whatIf = Binding(
    .show, [.character("I")], "what-if", hint: "what if",
    "Show where the mail would go if the gateway were down, and whether the others can take it",
    disabled: { $0[GatewaysView.self].chosenUse == nil ? "no gateway is chosen" : nil },
    action: { model in
      if let use = model[GatewaysView.self].chosenUse { model.answerWhatIf(without: [use.gateway]) }
      return []
    })
}

extension LineCommand {
  static let whatIf = LineCommand(name: "what-if", words: [.gateway], isOpen: true) {
    call, model throws(EditError) in
    let known = model.facts.gateways.map(\.gateway)
    var lost: [Gateway] = []
    for word in call.words {
      let found = known.filter { $0.description == word || $0.name == word.lowercased() }
      guard !found.isEmpty else {
        throw .badText(word, reason: "no gateway has this name; need one as 1 Gateways shows it")
      }
      guard found.contains(where: { model.facts.gatewaysOfPools.contains($0) }) else {
        throw .badText(word, reason: Facts.noPoolHasIt)
      }
      lost += found.filter { !lost.contains($0) }
    }
    return .whatIf(lost)
  }
}

extension Model {
  mutating func answerWhatIf(without gateways: [Gateway]) {
    let known = facts.gatewaysOfPools
    if let other = gateways.first, !gateways.contains(where: { known.contains($0) }) {
      notice = Notice(text: "\(printable(other.description)): \(Facts.noPoolHasIt)", role: .warning)
      return
    }
    dialog = .answer(facts.whatIf(without: gateways), from: 0)
  }
}

extension Facts {
  fileprivate static let noPoolHasIt = "no pool has this gateway, and the answer is of pool mail only"

  /// Those that pool mail can come to, by a fallback too.
  fileprivate var gatewaysOfPools: Set<Gateway> {
    Set(session.pools.flatMap(\.members).flatMap { $0.gateways + $0.fallback })
  }

  /// What is known of the mail lately: how much there is, and how long a message takes at each gateway.
  private var mailLately: WhatIf.Mail {
    var lately = WhatIf.Mail()
    guard let recent = mail.recent else { return lately }
    var messages = 0
    let known = gatewaysOfPools
    for use in gateways where known.contains(use.gateway) {
      guard let cell = recent[use.gateway, window]?.cell else { continue }
      // A message that another gateway deferred before is no further one.
      messages += cell.messages - cell.moved
      if cell.handingOver.count > 0 {
        lately.delays[use.gateway] =
          cell.handingOver.totalMilliseconds / Double(cell.handingOver.count) / 1_000
      }
    }
    // A log that began five minutes ago says nothing of the ten before.
    let seconds = min(window.rawValue, max(60, recent.time - (recent.reach ?? recent.time)))
    if messages > 0 { lately.rate = Double(messages) * 60 / Double(seconds) }
    return lately
  }

  /// The gateways that an agent passes by: as it says itself; where no agent answers, by the log and our probes.
  private var passedBy: PassedBy {
    let limits = mail.recent?.limits ?? DeliveryLimits()
    let known = gatewaysOfPools
    return PassedBy(
      failing: known.filter { gateway in
        if let found = agentFinding(of: gateway) { return !found.trouble.isEmpty }
        // What a later gateway of a list took is no bad result to the agent.
        return mail.recent?.troubles[gateway].map { $0.deferred + $0.refused > $0.turnedAway } ?? false
      },
      askedLast: known.filter { statuses[$0]?.known.takesNoMailNow ?? false }, most: limits.passedByShare)
  }

  func whatIf(without lost: [Gateway]) -> Detail {
    var then = states
    for gateway in lost { then[gateway] = .down }
    let lately = mailLately
    let known = gatewaysOfPools
    let answer = WhatIf(
      session.pools, of: session.current, gateways: gateways.map(\.gateway).filter { known.contains($0) },
      now: states, then: then, passedByNow: passedBy, passedBy: passedBy, lately)
    let names = lost.map { printable($0.description) }.joined(separator: " and ")
    return Detail(
      title: "without \(names)",
      lines: conclusions(answer) + [[]]
        + (symbols == .words ? Self.rowWords(of: answer) : Self.table(of: answer)) + [[], source(of: lately)])
  }

  private static func table(of answer: WhatIf) -> [[Span]] {
    let width = answer.rows.map { cellWidth(printable($0.gateway.description)) }.max() ?? 0
    func cells(_ name: String, _ words: [String]) -> String {
      name + String(repeating: " ", count: max(0, width - cellWidth(name)))
        + words.map { String(repeating: " ", count: max(1, 9 - $0.count)) + $0 }.joined()
    }
    let hasLoad = answer.rows.contains { $0.load != nil }
    let header = cells("GATEWAY", ["NOW", "THEN"] + (hasLoad ? ["A MINUTE"] : []))
    return [[Span(header, .dim)]]
      + answer.rows.map { row in
        let load = hasLoad ? [row.load.map(WhatIf.number) ?? "-"] : []
        let text = cells(
          printable(row.gateway.description), [percent(row.before), percent(row.share)] + load)
        let role: Role = row.isDown ? .down : row.isOverloaded ? .warning : .text
        return [Span(text, role)] + (row.words.isEmpty ? [] : [Span("  " + row.words, role)])
      }
  }

  /// One gateway per line, for a screen reader.
  private static func rowWords(of answer: WhatIf) -> [[Span]] {
    answer.rows.map { row in
      let words = [
        "gateway: \(printable(row.gateway.description))", "share now: \(percent(row.before))",
        "share then: \(percent(row.share))",
        row.load.map { "messages a minute: \(WhatIf.number($0))" },
        row.words.isEmpty ? nil : row.words,
      ]
      return [Span(words.compactMap(\.self).joined(separator: "; "))]
    }
  }

  /// What matters most: on a small screen the rest is below.
  private func conclusions(_ answer: WhatIf) -> [[Span]] {
    let risk =
      answer.atRisk > 0
      ? Span("\(percent(answer.atRisk)) of pool mail would wait", .down)
      : Span("no pool mail would wait", .up)
    let overloaded = answer.rows.filter(\.isOverloaded).map { printable($0.gateway.description) }
    let tooMuch =
      overloaded.isEmpty
      ? [] : [[Span("too much for \(overloaded.joined(separator: ", "))", .warning)]]
    return [[risk]] + tooMuch
  }

  private func source(of lately: WhatIf.Mail) -> [Span] {
    let words =
      lately.rate.map {
        "by the \(WhatIf.number($0)) messages a minute of the last \(window.words); T in the list changes this time"
      } ?? "how much mail there is, is not known here: randmap what-if --rate 200/min takes any amount"
    return [Span(words, .dim)]
  }
}
