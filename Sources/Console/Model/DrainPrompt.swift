// The line that a drain asks: until when, and why. Enter alone drains without an end.

import Editing
import PostfixFiles
import Routing

extension DrainWish {
  /// `2h --why new disk`, `18:00`, or with an option before the time. The reason is the last: it goes on to the end of the line.
  ///
  /// - Returns: nil where the words are others.
  init?(typed line: String) {
    self.init()
    var words = line.split(separator: " ").map(String.init)[...]
    while let word = words.popFirst() {
      switch word {
      case "--for": span = words.popFirst() ?? ""
      case "--until":
        // `tomorrow 8:00`
        let time = words.prefix { !$0.hasPrefix("--") }
        words = words.dropFirst(time.count)
        until = time.joined(separator: " ")
      case "--why":
        why = words.joined(separator: " ").trimmingQuotes
        return
      default:
        // `tomorrow 8:00`
        let more = words.prefix { !$0.hasPrefix("--") }
        words = words.dropFirst(more.count)
        let time = ([word] + more).joined(separator: " ")
        guard WrittenTime.parse(time, now: 0, spans: .ahead) != nil, take(end: time) else { return nil }
      }
    }
  }

  /// Takes a time without an option: a span such as `2h` is one from now on, `18:00` the end.
  ///
  /// - Returns: whether there was none yet.
  mutating func take(end text: String) -> Bool {
    guard span == nil, until == nil else { return false }
    if WrittenTime.span(text) == nil { until = text } else { span = text }
    return true
  }
}

extension String {
  fileprivate var trimmingQuotes: String {
    for quote in ["'", "\""] where count > 1 && hasPrefix(quote) && hasSuffix(quote) {
      return String(dropFirst().dropLast())
    }
    return self
  }
}

extension Model {
  /// A gateway may be a member of hundreds of pools: then no key waits for all of them.
  private static let fewDrains = 20

  func judge(drain line: String, of edits: [Edit], in prompt: inout Prompt) {
    guard !line.isEmpty else {
      rehearseDrain(
        edits, in: &prompt, words: "type 18:00 or 2h, then --why TEXT; Enter alone: without an end")
      return
    }
    guard let wish = DrainWish(typed: line) else {
      prompt.verdict = .bad(
        "need a time such as 18:00, 2h or tomorrow 8:00, then --why TEXT; Enter alone: without an end")
      return
    }
    let drain: Drain
    do throws(EditError) { drain = try wish.drain(in: facts.session.current) } catch {
      // What is missing may still be typed.
      let example: String? =
        switch line.split(separator: " ").last {
        case "--for", "--why": "--for 2h --why new disk"
        case "--until": "--until 18:00 --why new disk"
        default: nil
        }
      prompt.verdict = example.map { .need("such as \($0)") } ?? .bad(error.message)
      return
    }
    let timed = edits.map { edit in
      if case .drain(let pool, let member, _) = edit {
        Edit.drain(pool: pool, member: member, drain)
      } else {
        edit
      }
    }
    rehearseDrain(timed, in: &prompt, words: "Enter drains it")
  }

  private func rehearseDrain(_ edits: [Edit], in prompt: inout Prompt, words: String) {
    if edits.count > Self.fewDrains, !prompt.isOnThread {
      prompt.needsThread = true
      return
    }
    switch making(edits) {
    case .failure(let refusal): prompt.verdict = .bad(refusal.message)
    case .success(let config):
      prompt.preview = Prompt.Preview(
        config: config, pools: config.pools(), edits: edits,
        summary: edits.map(\.summary).joined(separator: ", "))
      prompt.verdict = .good("\(words), Esc leaves it")
    }
  }
}
