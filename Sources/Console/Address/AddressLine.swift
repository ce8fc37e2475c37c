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

  private var words: Result<AddressQuestion?, AddressWordsError> {
    do throws(AddressWordsError) { return .success(try AddressQuestion(words: line.text)) } catch {
      return .failure(error)
    }
  }

  /// What is asked: the recipient and the sender that the words name; nil where nothing is typed, or other words.
  var question: AddressQuestion? { (try? words.get()).flatMap(\.self) }

  /// Why the words are no question; safe to show.
  var problem: String? { if case .failure(let error) = words { error.message } else { nil } }

  static let howToAsk =
    "Type an address, and the sender after it where that matters: user@example.com from me@example.org"

  var isWaiting: Bool { question != nil && question != answered }

  /// - Returns: whether the line stays open.
  mutating func take(_ key: Key) -> Bool {
    switch key {
    // What is wrong is seen, and can be put right.
    case .enter where problem != nil: break
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

/// Words that name no recipient with a sender.
struct AddressWordsError: Error {
  /// Safe to show.
  let message: String

  init(_ message: String) { self.message = printable(message) }
}

extension AddressQuestion {
  /// `RECIPIENT`, `RECIPIENT from SENDER`, `RECIPIENT --from SENDER`, `RECIPIENT SENDER`; nil where there is no word.
  fileprivate init?(words text: String) throws(AddressWordsError) {
    var rest = text.split(whereSeparator: \.isWhitespace).map(String.init)[...]
    var sender: String?
    var recipients: [String] = []
    func checked(_ word: String) throws(AddressWordsError) -> String {
      for prefix in ["to:", "from:"] where word.hasPrefix(prefix) {
        let address = word.dropFirst(prefix.count)
        throw AddressWordsError(
          prefix == "to:"
            ? "\"\(word)\" is no address: need \"\(address)\""
            : "\"\(word)\" is no address: need the recipient, then \"from \(address)\"")
      }
      if word.hasPrefix("-") {
        throw AddressWordsError("\"\(word)\" is no address and no option: need --from")
      }
      // The null sender, and what a mail program puts around an address.
      return word.hasPrefix("<") && word.hasSuffix(">") ? String(word.dropFirst().dropLast()) : word
    }
    while let word = rest.popFirst() {
      let isOption = word.hasPrefix("--from=")
      if isOption || word == "--from" || word == "from" && !recipients.isEmpty {
        guard sender == nil else { throw AddressWordsError("the sender is named twice: need it once") }
        // It is still being typed.
        guard let name = isOption ? String(word.dropFirst(7)) : rest.popFirst() else { break }
        sender = try checked(name)
      } else {
        recipients.append(try checked(word))
      }
    }
    if recipients.count == 2, sender == nil {
      let second = recipients.removeLast()
      // The beginning of "from" is no sender yet.
      if !"from".hasPrefix(second) {
        guard second.contains("@") || second.isEmpty else {
          throw AddressWordsError("\"\(second)\" is no address: need \"\(recipients[0]) from SENDER\"")
        }
        sender = second
      }
    }
    guard recipients.count <= 1 else {
      throw AddressWordsError("\"\(recipients[1])\" is one word too many: need one recipient, and one sender")
    }
    guard let recipient = recipients.first else {
      guard sender == nil else { throw AddressWordsError("need the recipient too, before the sender") }
      return nil
    }
    self.init(recipient: recipient, sender: sender ?? "")
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
