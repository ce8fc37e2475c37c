// Where mail for an address goes, as it is typed: `user@example.com`, or `user@example.com from me@example.org`.

import PostfixFiles
import Routing
import Synchronization

/// A line with an address, and the answer to it.
struct AddressLine: Sendable {
  let number: Int
  let resolver = KeptResolver()
  var line = LineEditor()
  /// The answer to `answered`; it stays until the next one is there.
  private(set) var answer: RouteAnswer?
  private(set) var answered: AddressQuestion?
  private var questions = Newest<AddressQuestion>()
  /// The line of the answer that the screen begins with.
  private(set) var top = 0
  private var lastTop = 0

  init(number: Int, _ text: String = "") {
    self.number = number
    line = LineEditor(text)
  }

  /// What is asked: the recipient and the sender that the words name; nil where nothing is typed.
  var question: AddressQuestion? {
    let words = line.text.split(whereSeparator: \.isWhitespace).map(String.init).filter { $0 != "from" }
    return words.first.map { AddressQuestion(recipient: $0, sender: words.count > 1 ? words[1] : "") }
  }

  var isWaiting: Bool { question != nil && question != answered }

  /// - Returns: whether the line stays open.
  mutating func take(_ key: Key) -> Bool {
    switch key {
    case .escape, .enter, .control("c"), .control("g"): return false
    case .down: top = min(top + 1, lastTop)
    case .up: top = max(0, top - 1)
    case .pageDown: top = min(top + 10, lastTop)
    case .pageUp: top = max(0, top - 10)
    default: if line.handle(key) { top = 0 }
    }
    return true
  }

  /// What a thread should find out now.
  mutating func nextQuestion() -> AddressQuestion? { questions.start(question == answered ? nil : question) }

  mutating func take(_ answer: RouteAnswer, to question: AddressQuestion) {
    questions.end()
    self.answer = answer
    answered = question
  }

  mutating func settle(lastTop: Int) {
    self.lastTop = max(0, lastTop)
    top = min(top, self.lastTop)
  }
}

/// One resolver for all that is typed into a line: it opens the tables once, whatever they have in them.
final class KeptResolver: Sendable {
  private let kept = Mutex<(revision: Int, resolver: Resolver)?>(nil)

  /// - Parameters:
  ///   - revision: that of the configuration; for another one `make` is called.
  func answer(
    _ question: AddressQuestion, _ revision: Int, _ make: @Sendable () -> Resolver
  ) -> RouteAnswer {
    kept.withLock { kept in
      let known = kept.flatMap { $0.revision == revision ? $0.resolver : nil }
      let resolver = known ?? make()
      kept = (revision, resolver)
      return resolver.route(
        resolver.completed(question.recipient), from: resolver.completed(question.sender))
    }
  }
}

struct AddressQuestion: Hashable, Sendable {
  let recipient: String
  /// Empty for the null sender.
  let sender: String
}

extension Binding {
  static let address = Binding(
    .show, [.character("@")], "route", "Type an address: where its mail goes, and why", isHinted: true,
    disabled: { $0.facts.hasFiles ? nil : "the tables are still being read" },
    action: { model in
      model.askForAddress()
      return []
    })
}

extension Model {
  /// Opens the line for an address.
  mutating func askForAddress(_ text: String = "") {
    notice = nil
    dialogues += 1
    dialog = .address(AddressLine(number: dialogues, text))
  }

  mutating func press(_ key: Key, in line: AddressLine) {
    var line = line
    dialog = line.take(key) ? .address(line) : nil
  }

  /// What the open line wants to know, asked for after each event: the newest question alone.
  mutating func askForRoute() -> [Effect] {
    guard case .address(var line) = dialog, let question = line.nextQuestion() else { return [] }
    dialog = .address(line)
    let (config, machine, number) = (facts.session.current, facts.machine, line.number)
    let (resolver, revision) = (line.resolver, facts.session.revision)
    return [
      .workOut {
        let answer = resolver.answer(question, revision) {
          Resolver(config, context: machine(config).context, keepsKeys: true)
        }
        return { $0.take(answer, to: question, of: number) }
      }
    ]
  }

  private mutating func take(_ answer: RouteAnswer, to question: AddressQuestion, of number: Int) {
    guard case .address(var line) = dialog, line.number == number else { return }
    line.take(answer, to: question)
    dialog = .address(line)
  }
}
