// The line after `:`. A name alone acts on what is chosen, as its key does; with words after it, it is the same command as in
// a call of the program.

import Editing
import PostfixFiles

extension Model {
  /// What is typed: the words before the one that is being typed, and that one.
  private func split(_ text: String) -> (before: [String], last: String) {
    var words = text.split(separator: " ").map(String.init)
    let last = text.hasSuffix(" ") || words.isEmpty ? "" : words.removeLast()
    return (words, last)
  }

  private func lineCommand(_ text: String) -> (command: LineCommand, words: [String])? {
    let words = text.split(separator: " ").map(String.init)
    guard let name = words.first, text.contains(" "),
      let command = LineCommand.all.first(where: { $0.name == name })
    else { return nil }
    return (command, Array(words.dropFirst()))
  }

  /// What comes of the line as it is; nil where it is the name of a key's command.
  private func plan(_ text: String) throws(EditError) -> LineCommand.Plan? {
    guard let (command, words) = lineCommand(text), let call = command.call(words) else { return nil }
    if let reason = whyReadOnly, !command.isForReaders { throw .badText(command.name, reason: reason) }
    return try command.plan(call, self)
  }

  /// Why a line cannot be carried out as it is.
  func problem(ofCommand text: String) -> String? {
    do throws(EditError) {
      _ = try plan(text)
      return nil
    } catch { return error.message }
  }

  func judge(command text: String, in prompt: inout Prompt) {
    if let (command, words) = lineCommand(text) {
      guard command.call(words) != nil else {
        let next = choices(for: text)
        // What the word may become comes first: a narrow screen cuts the rest.
        let usage = next.isEmpty ? [command.usage] : split(text).last.isEmpty ? [command.shortUsage] : []
        prompt.verdict = .need((usage + next.prefix(8)).joined(separator: "  "))
        return
      }
      do throws(EditError) {
        switch try plan(text) {
        case .edits(let edits): rehearse(edits, in: &prompt)
        case .pool(let scope, _):
          prompt.verdict = .good("Enter shows what changes for \(printable(scope.words))")
        case .address: prompt.verdict = .good("Enter shows where its mail goes")
        case .save:
          prompt.verdict = .good("Enter writes the edited files there, and leaves the configuration as it is")
        case .whatIf: prompt.verdict = .good("Enter shows where the mail would go, and changes nothing")
        case .tryAddress: prompt.verdict = .good(LineCommand.trialPromise)
        case .undo(let number): prompt.verdict = .good("Enter shows what taking write \(number) back changes")
        case .setting(let settings, let name, _):
          let what = Setting(rawValue: name)?.summary ?? "what the key does"
          prompt.verdict =
            settings == facts.settings
            ? .good("already set: \(what)") : .good("Enter sets it for you, on this machine: \(what)")
        case nil: prompt.verdict = .need(command.usage)
        }
      } catch {
        // Nothing is wrong with a name that is still being typed.
        let last = split(text).last
        let longer =
          last.isEmpty || !error.isUnknownName ? [] : choices(for: text).filter { $0 != last }
        prompt.verdict =
          longer.isEmpty ? .bad(error.message) : .need(longer.prefix(8).joined(separator: "  "))
      }
      return
    }
    let names = choices(for: text)
    prompt.verdict =
      names.isEmpty
      ? .bad(
        problem(ofAddress: text)
          ?? (text.contains(" ")
            ? "no such command; these take words after them: \(LineCommand.all.map(\.name).joined(separator: ", "))"
            : "no command begins like this; Esc, then ? shows all of them"))
      : .need(names.joined(separator: "  "))
  }

  /// What to say where an address is typed in the place of a command; nil of other words.
  func problem(ofAddress text: String) -> String? {
    guard let word = text.split(separator: " ").first, word.contains("@") else { return nil }
    return
      "that is an address. @ in 3 Routes shows where its mail goes, or type :route \(printable(String(word)))"
  }

  /// What the word that is being typed may become.
  func choices(for text: String) -> [String] {
    let (before, last) = split(text)
    let all: [String]
    if let name = before.first {
      guard let command = LineCommand.all.first(where: { $0.name == name }) else { return [] }
      all = command.choices(after: Array(before.dropFirst()), self)
    } else {
      all = Binding.commands(matching: last).map(\.command) + LineCommand.all.map(\.name)
    }
    var seen: Set<String> = []
    return all.filter { $0.hasPrefix(last) && seen.insert($0).inserted }
  }

  /// Types the rest of a word as far as it is the only one.
  func complete(_ prompt: inout Prompt) {
    let (before, last) = split(prompt.line.text)
    let names = choices(for: prompt.line.text)
    guard var common = names.first else { return }
    for name in names { common = String(zip(common, name).prefix { $0 == $1 }.map(\.0)) }
    guard common.count >= last.count else { return }
    // The only choice is a whole word, unless it is a name that is also written alone.
    let isWhole = names.count == 1 && !common.hasSuffix(":") && !(before.isEmpty)
    prompt.line = LineEditor((before + [common]).joined(separator: " ") + (isWhole ? " " : ""))
  }

  /// Takes the line.
  mutating func run(line prompt: Prompt) -> [Effect] {
    let text = prompt.line.text
    guard lineCommand(text) != nil else {
      dialog = nil
      return run(command: text)
    }
    if prompt.preview != nil {
      take(prompt)
      return []
    }
    let plan: LineCommand.Plan?
    do throws(EditError) { plan = try self.plan(text) } catch {
      // The line may have shown what the word may become.
      say(error.message, below: prompt)
      return []
    }
    switch plan {
    case nil:
      lineCommand(text).map { say("need \($0.command.usage)", below: prompt) }
      return []
    // What is wrong is below the line.
    case .edits: return []
    case .address(let text):
      askForAddress(text)
      return []
    case .pool(let scope, let members):
      share(scope, typed: members)
      return []
    case .setting(let settings, let name, let value):
      dialog = nil
      return use(settings, name: name, value: value)
    case .save(let directory):
      dialog = nil
      let summary = facts.session.summaries.joined(separator: "; ")
      return [.save(facts.session.current, into: directory, summary: summary)]
    case .whatIf(let gateways):
      answerWhatIf(without: gateways)
      return []
    case .tryAddress(let gateway, let recipient):
      dialog = nil
      return tryAddress(recipient, at: gateway)
    case .undo(let number):
      dialog = nil
      if let reason = whyNoUndo {
        notice = Notice(text: "undo: \(reason)", role: .warning)
        return []
      }
      return askToUndo(number)
    }
  }

  private mutating func say(_ problem: String, below prompt: Prompt) {
    var prompt = prompt
    prompt.verdict = .bad(problem)
    dialog = .prompt(prompt)
  }

  /// Takes a setting at once, and keeps it for the next start.
  private mutating func use(_ settings: Settings, name: String, value: String) -> [Effect] {
    let before = facts.settings
    facts.settings = settings
    facts.window = settings.window
    let isKept = !facts.identity.isDemo
    let later = name == Setting.ascii.rawValue ? ", from the next start on" : ""
    notice = Notice(
      text: "\(printable("\(name) = \(value)"))\(later)"
        + (isKept ? "" : "; the demonstration keeps no settings"),
      role: .info)
    return [
      tryingOut(SettingChange(before: before, settings: settings, name: name, value: value, isKept: isKept))
    ]
  }
}
