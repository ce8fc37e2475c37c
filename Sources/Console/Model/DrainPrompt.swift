// The line that a drain asks: until when, and why. Enter alone drains without an end.

import Editing
import PostfixFiles
import Routing

extension DrainWish {
  /// `--for 2h --why new disk`, or the time alone. The reason is the last: it goes on to the end of the line.
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
      case _ where span == nil && until == nil && WrittenTime.span(word) != nil: span = word
      default: return nil
      }
    }
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
      rehearseDrain(edits, in: &prompt, words: "Enter drains it without an end; or type --for 2h --why TEXT")
      return
    }
    guard let wish = DrainWish(typed: line) else {
      prompt.verdict = .bad("need --for 2h or --until 18:00, then --why TEXT; Enter alone: without an end")
      return
    }
    let drain: Drain
    do throws(EditError) { drain = try wish.drain(in: facts.session.current) } catch {
      // What is missing may still be typed.
      let isOpen = ["--for", "--until", "--why"].contains { line.split(separator: " ").last == $0[...] }
      prompt.verdict = isOpen ? .need("such as --for 2h --why new disk") : .bad(error.message)
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
