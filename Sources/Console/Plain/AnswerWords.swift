// Answers in words, for `--plain`: names and values in place of columns, words in place of signs.

import Editing
import PostfixFiles
import Routing
import System

extension Detail {
  /// Its lines, each with the name of what it says in front.
  var words: [String] {
    var label = ""
    let said = lines.map { spans in
      guard let first = spans.first, first.isLabel else {
        return spans.map(\.text).joined().inSingleBlanks
      }
      let own = first.text.inSingleBlanks
      // A line without a label of its own goes on with the one above it.
      if !own.isEmpty { label = own }
      let value = spans.dropFirst().map(\.text).joined().spokenParts
      return value.isEmpty ? label : "\(label): \(value)"
    }
    return ([title] + said).filter { !$0.isEmpty }
  }
}

extension String {
  /// Its words with one blank between.
  fileprivate var inSingleBlanks: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }

  /// The parts of a row, separated by a sign that is heard as a pause.
  var spokenParts: String {
    var parts: [[Substring]] = []
    var isApart = true
    for word in split(separator: " ", omittingEmptySubsequences: false) {
      if !word.isEmpty {
        if isApart { parts.append([]) }
        parts[parts.count - 1].append(word)
      }
      // An empty word is the second of two blanks.
      isApart = word.isEmpty || parts.isEmpty
    }
    return parts.map { $0.joined(separator: " ") }.joined(separator: "; ")
  }
}

extension AddressLine {
  /// Where the mail for the address goes, and what decided that.
  func words(_ facts: Facts) -> [String] {
    if let problem { return [problem, Self.howToAsk] }
    guard let answer, let answered else { return [] }
    let sender = answered.sender.isEmpty ? "the null sender" : printable(answered.sender)
    var said = ["recipient: \(printable(answered.recipient)); sender: \(sender)"]
    if answer.recipient != internalForm(answered.recipient) {
      said.append("asked for: \(printable(answer.recipient))")
    }
    said += answer.outcomes.sorted { $0.share > $1.share }.map { outcome, share in
      "share: \(percent(share)); \(words(of: outcome, facts))"
    }
    if answer.isHeld {
      said.append("note: Postfix keeps a choice at the key * for 30 seconds: bursts go to one gateway")
    }
    said += answer.drawn.map { "drawn: \(printable($0.words))" }
    said += answer.unknown.map { "incomplete: taken as not found: \(printable($0))" }
    let (deciding, others) = answer.steps
    return said
      + (deciding.map { ("decided by", $0) } + others.map { ("looked at too", $0) }).map { what, step in
        let place = step.file.map { file in
          facts.shown(path: file) + (step.line.map { " line \($0)" } ?? "")
        }
        let detail = step.detail.inSingleBlanks
        return "\(what): \(printable(step.parameter)); place: \(place ?? "default")"
          + (detail.isEmpty ? "" : "; value: \(printable(detail))")
      }
  }

  private func words(of outcome: RouteOutcome, _ facts: Facts) -> String {
    let spans = spans(of: outcome, facts).map(\.text)
    guard case .destination = outcome else { return "result: \(spans.joined())" }
    return "destination: \(spans[0])"
      + (spans.count > 1 ? "; state: \(spans[1].inSingleBlanks)" : "")
  }
}

extension SharingDialogue {
  /// The preview in words; nil in the steps before it.
  func previewLines(_ facts: Facts) -> [String]? {
    guard case .preview(let preview, let gateways, _) = step else { return nil }
    let pool = preview.pool
    let stops = (preview.guards ?? pool.plan.guards) + failing(facts)
    return ["mail: \(printable(pool.wish.scope.words))"]
      + gateways.shareWords(of: pool.wish, facts)
      + stops.map { "problem: \(facts.naming($0.message))" }
      + (preview.guards == nil ? ["checking for new errors"] : [])
      + (gateways.weightNotes + pool.plan.notes).map { "note: \(facts.naming($0))" } + preview.words
  }
}

extension GatewaysStep {
  /// One gateway per line, for a screen reader.
  fileprivate func shareWords(of wish: PoolWish, _ facts: Facts) -> [String] {
    guard let choice = try? WeightChoice(wish.members.map(\.weight)) else { return [] }
    return wish.members.enumerated().map { index, member in
      let share = percent(wish.members.count == 1 ? 1 : choice.share(index))
      let state = stateSpans(of: member.description, true, facts).map(\.text).joined().spokenParts
      return "member: \(printable(member.description)); share: \(share)"
        + (state.isEmpty ? "" : "; state: \(state)")
    }
  }
}

extension PreviewStep {
  /// Where mail goes, and the diff, whose lines are as they are.
  fileprivate var words: [String] {
    let routes = routes(arrow: "then").map { route in
      "mail: \(route.mail); goes to: \(route.words)"
    }
    return routes
      + (pool.diff.isEmpty
        ? ["Nothing would change in the files."] : ["What changes in the files:"] + pool.diff)
  }
}
