// The console line by line, as a value: a line in, lines out. It has the same views, commands and questions, and nothing
// of it is meant by a place on the screen.

import Gateways
import PostfixFiles
import Routing
import System
import Threads

struct PlainSession: Sendable {
  var model: Model
  /// Lines that were typed while something was still being done.
  private var waiting: [String] = []
  private var hasSaidSummary = false
  /// Whether the rows of a view that has come to the front are to be said, as soon as they are there.
  private var hasRowsToSay = false
  /// The question that was said last: it is not said again at each message.
  var saidQuestion: [String] = []

  /// What came of a line or a message.
  struct Answer {
    var said: [String] = []
    var effects: [Effect] = []
  }

  init(_ model: Model) {
    self.model = model
    self.model.isPlain = true
  }

  /// What is asked; what is typed comes after it.
  var prompt: String {
    switch model.dialog {
    case .prompt(let prompt): "\(prompt.label(model.facts)): "
    case .confirm, .sharing: "answer: "
    case .address, .help, .detail, .answer, nil: "\(model.shownType.title.lowercased())> "
    }
  }

  /// Whether a line has to wait: what it acts on is not there yet.
  var isBusy: Bool {
    // The first list would be an empty one.
    if model.facts.foundGateways == nil || model.facts.diagnostics == nil || model.work != nil { return true }
    // What is to be said of an edit comes before the next line.
    if model.recorded != nil { return true }
    switch model.dialog {
    case .prompt(let prompt): return prompt.goesOn
    case .address(let line): return line.isWaiting
    case .sharing(let dialogue): return dialogue.isPlanning
    case nil: return !rowsAreReady && (hasRowsToSay || waiting.first.map(Self.needsRows) == true)
    default: return false
    }
  }

  /// Whether the rows of the view in front are what the edits made of them.
  private var rowsAreReady: Bool {
    model.foundRevision == model.facts.session.revision && !model.views[model.shown].isReading(model.facts)
  }

  /// Whether a line says rows or acts on one: it waits for them. One that names all it needs does not, so that a script of
  /// edits is not checked after each of them.
  private static func needsRows(_ line: String) -> Bool {
    let words = CommandText(line).words
    guard let name = words.first else { return false }
    if words.count > 1, LineCommand.all.contains(where: { $0.name == name }) { return false }
    return !["help", "?", "share", "undo", "redo", "write", "undo-write", "quit"].contains(name)
  }

  /// See the function of that name: lines that wait are not read any more.
  mutating func endKeeping(_ mailbox: Mailbox<Message>, status: Int32, perform: (Effect) -> LoopOutcome) {
    Console.endKeeping(&model, mailbox, status: status, perform: perform)
  }

  var hasWaitingLines: Bool { !waiting.isEmpty }

  /// What is said first.
  var greeting: String {
    let facts = model.facts
    let mode =
      facts.identity.isReadOnly
      ? ", read-only"
      : facts.identity.obstacle.map {
        ", \($0.mark(facts.session.current.directory))"
      } ?? ""
    let kind = facts.identity.isDemo ? ", a sample" : facts.isProduction ? ", production" : ""
    return
      "randmap on \(facts.identity.hostName), \(facts.session.current.directory)\(kind)\(mode); help says what to type"
  }

  // MARK: In

  /// ^C: stops what can be stopped, leaves a question, and says how one leaves the program.
  mutating func interrupt(_ now: ContinuousClock.Instant) -> Answer {
    var answer = Answer()
    waiting = []
    hasRowsToSay = false
    let before = model.notice
    saidQuestion = []
    if model.dialog == nil, model.work == nil {
      answer.said.append("quit leaves")
      return answer
    }
    answer.effects = model.update(.key(model.dialog == nil ? .escape : .control("c")), now: now)
    report(since: before, &answer)
    return answer
  }

  mutating func take(line: String, now: ContinuousClock.Instant) -> Answer {
    waiting.append(line)
    return goOn(now)
  }

  mutating func take(_ event: Event<Message>, now: ContinuousClock.Instant) -> Answer {
    var answer = Answer()
    let states = model.facts.statuses.mapValues(\.state)
    let before = model.notice
    let isJudging = isJudging
    answer.effects = model.update(event, now: now)
    model.settleViews()
    if isJudging { sayVerdict(&answer) }
    if case .message(.status(let status)) = event, let old = states[status.gateway], old != status.state,
      old != .unknown
    {
      let why = status.reason.isEmpty ? "" : ": \(status.reason)"
      answer.said.append("\(status.state.word.lowercased()): \(status.gateway)\(why)")
    }
    if !hasSaidSummary, !model.facts.gateways.isEmpty,
      model.facts.gateways.allSatisfy({ use in
        use.isDrained || model.facts.statuses[use.gateway] != nil
      })
    {
      hasSaidSummary = true
      answer.said.append(model.facts.summary)
    }
    report(since: before, &answer)
    let more = goOn(now)
    answer.said += more.said
    answer.effects += more.effects
    return answer
  }

  private mutating func goOn(_ now: ContinuousClock.Instant) -> Answer {
    var answer = Answer()
    while !isBusy, hasRowsToSay || !waiting.isEmpty {
      if hasRowsToSay {
        hasRowsToSay = false
        answer.said.append("\(model.shownType.title): \(countWords)")
        sayRows(from: 1, &answer)
        continue
      }
      let line = waiting.removeFirst().trimmingPrefix { $0 == " " }
      let before = model.notice
      act(String(line), &answer, now)
      model.settleViews()
      report(since: before, &answer)
    }
    return answer
  }

  // MARK: Lines

  private mutating func act(_ line: String, _ answer: inout Answer, _ now: ContinuousClock.Instant) {
    saidQuestion = []
    let view = model.shown
    func press(_ key: Key, _ model: inout Model) { answer.effects += model.update(.key(key), now: now) }
    // An answer may show another view.
    defer { if model.shown != view, model.dialog == nil, model.work == nil { hasRowsToSay = true } }
    switch model.dialog {
    case .confirm(let confirmation):
      let yes = line == "yes" ? confirmation.choices.first : nil
      let choice = yes ?? confirmation.choices.first { [$0.label, $0.key.label].contains(line) }
      press(choice?.key ?? .escape, &model)
      return
    case .prompt:
      press(.control("u"), &model)
      if line.isEmpty { return press(.escape, &model) }
      press(.paste(line), &model)
      press(.enter, &model)
      return
    case .sharing:
      let keys: [String: Key] = ["write": .character("w"), "keep": .character("k")]
      press(keys[line] ?? .control("c"), &model)
      return
    case .address, .help, .detail, .answer, nil: model.dialog = nil
    }
    command(line, &answer, now)
  }

  private mutating func command(_ line: String, _ answer: inout Answer, _ now: ContinuousClock.Instant) {
    // As one types it in the console with a screen.
    let line = line.hasPrefix(":") ? String(line.dropFirst()) : line
    let words = line.split(separator: " ").map(String.init)
    guard let name = words.first else { return }
    if let number = Int(name), words.count == 1 {
      guard (1...max(1, model.views[model.shown].count)).contains(number), model.views[model.shown].count > 0
      else {
        answer.said.append("there is no row \(number): \(countWords)")
        return
      }
      model.views[model.shown].choose(number - 1)
      sayChosen(&answer)
      return
    }
    switch name {
    case "list":
      let (first, count) = (words.count > 1 ? Int(words[1]) ?? 1 : 1, model.views[model.shown].count)
      if first > max(1, count) {
        answer.said.append("there is no row \(first): \(countWords)")
      } else {
        sayRows(from: max(1, first), &answer)
      }
    case "status": answer.said.append(model.facts.summary)
    case "help", "?": answer.said += help(Filter(words.dropFirst().joined(separator: " ")))
    case "filter", "search":
      model.views[model.shown].filter = words.count > 1 ? words.dropFirst().joined(separator: " ") : nil
      answer.effects += model.update(.wake, now: now)
      answer.said.append(countWords)
    case "share":
      answer.said.append(
        "type it in one line, such as: pool outbound [gw1.example]:587=70 [gw2.example]:587=30")
    default: run(line, &answer, now)
    }
  }

  /// A command of the console, by its name or with words after it.
  private mutating func run(_ line: String, _ answer: inout Answer, _ now: ContinuousClock.Instant) {
    let (view, row) = (model.shown, model.views[model.shown].chosen)
    let sorting = model.views[view].sorting
    model.ask(.command, text: line)
    answer.effects += model.update(.key(.enter), now: now)
    model.settleViews()
    if case .prompt(let prompt) = model.dialog, prompt.purpose == .command {
      // A thread may have to look at it first.
      if !prompt.goesOn { sayVerdict(&answer) }
    } else if model.shown == view, model.views[view].sorting != sorting {
      answer.said.append(model.views[view].sorting.words ?? "as the list comes")
    } else if model.shown == view, model.views[view].chosen != row {
      sayChosen(&answer)
    }
  }

  /// Whether a thread looks at a line that is to be taken then.
  private var isJudging: Bool { if case .prompt(let prompt) = model.dialog { prompt.goesOn } else { false } }

  /// Says why a command is not carried out, and leaves it: a whole line is not half typed.
  private mutating func sayVerdict(_ answer: inout Answer) {
    guard case .prompt(let prompt) = model.dialog, prompt.purpose == .command, !prompt.goesOn else { return }
    answer.said.append(
      model.problem(ofCommand: prompt.line.text).map(model.facts.naming) ?? words(of: prompt.verdict))
    model.dialog = nil
  }

  /// What the word that is being typed may become.
  func completions(of text: String) -> [String] {
    if case .confirm(let confirmation) = model.dialog {
      return (confirmation.choices.map(\.label) + ["no"]).filter { $0.hasPrefix(text) }
    }
    guard model.dialog == nil else { return [] }
    let own = text.contains(" ") ? [] : ["list", "status", "help", "filter"].filter { $0.hasPrefix(text) }
    var seen: Set<String> = []
    return (own + model.choices(for: text)).filter { seen.insert($0).inserted }
  }

  /// Edits that are not written; they are kept as they are made.
  var unwrittenCount: Int { model.facts.session.isEdited ? model.facts.session.summaries.count : 0 }
}
