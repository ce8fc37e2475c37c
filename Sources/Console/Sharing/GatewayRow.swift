// One line of the second step: a gateway and its weight, each as a person types it.

import Editing
import System

struct GatewayRow: Sendable {
  var gateway = LineEditor()
  var weight = LineEditor()

  init() {}

  init(_ member: WantedMember) {
    gateway = LineEditor(member.description)
    switch member.weight {
    // One of one: a weight that is typed beside it may be a percentage.
    case .number(1): break
    case .number(let number): weight = LineEditor("\(number)")
    case .share(let share): weight = LineEditor(percent(share))
    }
  }

  /// `[gw1.example]:587=70`, or the gateway alone.
  init(word: String) {
    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
    gateway = LineEditor(parts.first ?? "")
    if parts.count > 1 { weight = LineEditor(parts[1]) }
  }

  /// A weight alone asks for nothing.
  var isEmpty: Bool { gateway.isEmpty }

  /// The member that it asks for, as a call names it.
  var word: String {
    let share = weight.text.filter { $0 != " " }.map { $0 == "," ? "." : $0 }
    return share.isEmpty ? gateway.text : "\(gateway.text)=\(String(share))"
  }

  /// The member that it asks for.
  var member: WantedMember {
    get throws(EditError) { try WantedMember(word) }
  }

  /// Whether a word of a list is a weight, and no gateway: `70`, `70%`.
  static func isWeight(_ word: String) -> Bool {
    let digits = word.hasSuffix("%") ? word.dropLast() : word[...]
    return !digits.isEmpty && digits.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") }
  }

  /// Whether a weight is one that a `%` after a blank belongs to.
  static func isNumber(_ text: String) -> Bool { isWeight(text) && !text.hasSuffix("%") }

  static func mayBeInWeight(_ character: Character) -> Bool {
    character.isASCII && (character.isNumber || ".,%".contains(character))
  }

  /// The rows of a list: words with spaces, commas or breaks between them, weights after their gateways.
  static func rows(of text: String) -> [GatewayRow] {
    var rows: [GatewayRow] = []
    for word in text.split(whereSeparator: { $0.isWhitespace || $0 == "," }).map(String.init) {
      if word == "%", let last = rows.last, isNumber(last.weight.text) {
        // `70 %`
        rows[rows.count - 1].weight = LineEditor("\(last.weight.text)%")
      } else if isWeight(word), let last = rows.last, last.weight.isEmpty {
        rows[rows.count - 1].weight = LineEditor(word)
      } else {
        rows.append(GatewayRow(word: word))
      }
    }
    return rows
  }
}
