// The first step: which mail. What the configuration tells apart, and any other that a person types.

import Editing
import PostfixFiles

/// A kind of mail to choose, with where it goes today.
struct MailChoice: Hashable, Sendable {
  let scope: Scope
  var today = ""
  /// The parameter or the pool that decides; empty where it is typed.
  var decidedBy = ""

  var words: String { printable(scope.words) }
}

struct MailStep: Sendable {
  /// All mail to the outside is there in every configuration; the others come in with an answer.
  private(set) var choices = [MailChoice(scope: .outbound)]
  private(set) var isKnown = false
  var line = LineEditor()
  private var selection = Selection()
  /// What was typed for some mail before a person came back here.
  private var before: GatewaysStep?

  enum Decision: Sendable {
    case stays
    case back
    case on(Scope)
  }

  /// What shows: what has all words that are typed, then the mail that they name.
  var rows: [MailChoice] {
    let filter = Filter(line.text)
    let found = choices.filter { filter.matches("\($0.words) \($0.scope) \($0.decidedBy)") }
    let typed = typedScopes.filter { scope in !found.contains { $0.scope == scope } }
    return found + typed.map { MailChoice(scope: $0) }
  }

  var chosen: Int? { selection.index(of: rows.count) }

  /// Why nothing can be chosen; nil where something can.
  var problem: String? {
    guard rows.isEmpty else { return nil }
    if isGateway {
      return "\"\(word)\" is a gateway: choose the mail that it is for, then Enter, and type it there"
    }
    do throws(EditError) { _ = try Scope(word) } catch { return error.message }
    return "need a domain or an address, such as example.com"
  }

  private var word: String { line.text.split(separator: " ").last.map(String.init) ?? "" }

  /// Whether a gateway is typed, before the mail that it is for.
  private var isGateway: Bool {
    if word.hasPrefix("lane:") || word.hasPrefix("[") || word.contains(":[") || word.hasSuffix("%") {
      return true
    }
    // The local part of an address may have one.
    return word.contains("=") && !word.contains("@")
  }

  /// The mail that is typed: a domain or an address may be where it goes or where it comes from.
  private var typedScopes: [Scope] {
    let word = word
    if word.isEmpty || isGateway { return [] }
    if word.contains(":") || word == "outbound" { return [try? Scope(word)].compactMap(\.self) }
    let isSender = word.hasPrefix("@")
    let name = isSender ? String(word.dropFirst()) : word
    guard name.contains(".") else { return name.contains("_") ? [.named(name)] : [] }
    let both = ["to:\(name)", "from:\(name)"].compactMap { try? Scope($0) }
    return isSender ? both.reversed() : both
  }

  mutating func take(_ key: Key) -> Decision {
    switch key {
    case .escape: return .back
    case .enter: return chosen.map { .on(rows[$0].scope) } ?? .stays
    case .right where line.isEmpty: return chosen.map { .on(rows[$0].scope) } ?? .stays
    case .up: selection.move(by: -1, of: rows.count)
    case .down, .tab: selection.move(by: 1, of: rows.count)
    default:
      if line.handle(key) { selection.choose(0) }
    }
    return .stays
  }

  mutating func take(_ found: [MailChoice]) {
    let scope = chosen.map { rows[$0].scope }
    isKnown = true
    choices = found.isEmpty ? choices : found
    if let index = rows.firstIndex(where: { $0.scope == scope }) { selection.choose(index) }
  }

  mutating func remember(_ gateways: GatewaysStep) { before = gateways }

  /// The next step: as it was left, where it was for the same mail.
  func gateways(of scope: Scope) -> GatewaysStep {
    guard var before, before.scope == scope else { return GatewaysStep(scope) }
    before.goesOn = false
    return before
  }
}
