// The line after `:`. A name alone acts on what is chosen, as its key does; with words after it, it is the same command as in
// a call of the program, which may be typed or pasted as it is.

import Editing
import PostfixFiles

extension Model {
  private func lineCommand(_ text: CommandText) -> (command: LineCommand, words: [String])? {
    guard let name = text.name, !text.hasNameAlone,
      !text.hasOtherName,
      let command = LineCommand.all.first(where: { $0.name == name })
    else { return nil }
    return (command, Array(text.words.dropFirst()))
  }

  /// What comes of the line as it is; nil where it is the name of a key's command.
  private func plan(_ text: CommandText) throws(EditError) -> LineCommand.Plan? {
    if let problem = problem(ofCall: text) { throw .badCall(problem) }
    guard let (command, words) = lineCommand(text), let call = command.call(words) else { return nil }
    if let reason = whyReadOnly, !command.isForReaders { throw .badText(command.name, reason: reason) }
    return try command.plan(call, self)
  }

  /// Why a line cannot be carried out as it is.
  func problem(ofCommand text: String) -> String? {
    do throws(EditError) {
      _ = try plan(CommandText(text))
      return nil
    } catch { return error.message }
  }

  /// Why a call of the program is not for this console; nil where it is one of its commands.
  private func problem(ofCall text: CommandText) -> String? {
    if let problem = text.problem(open: facts.session.current.directory) { return problem }
    let isOther = text.isOnlyACall { name in
      LineCommand.all.contains { $0.name == name } || Binding.all.contains { $0.command == name }
    }
    guard isOther, let name = text.name else { return nil }
    return "the console has no \(printable(name)): call it in a shell, randmap \(printable(name))"
  }

  func judge(command line: String, in prompt: inout Prompt) {
    let text = CommandText(line)
    if text.mayBecome(facts.session.current.directory) {
      prompt.verdict = .need("-c \(printable(facts.session.current.directory)), which is open here")
      return
    }
    if let problem = problem(ofCall: text) {
      prompt.verdict = .bad(problem)
      return
    }
    if let (command, words) = lineCommand(text) {
      guard command.call(words) != nil else {
        let next = choices(for: line)
        // What the word may become comes first: a narrow screen cuts the rest.
        let usage = next.isEmpty ? [command.usage] : text.last.isEmpty ? [command.shortUsage] : []
        prompt.verdict = .need((usage + next.prefix(8)).joined(separator: "  "))
        return
      }
      do throws(EditError) {
        switch try plan(text) {
        case .edits(let edits): rehearse(edits, in: &prompt)
        case .pool(let scope, _, _):
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
        let last = text.last
        let longer =
          last.isEmpty || !error.isUnknownName ? [] : choices(for: line).filter { $0 != last }
        prompt.verdict =
          longer.isEmpty ? .bad(error.message) : .need(longer.prefix(8).joined(separator: "  "))
      }
      return
    }
    if text.hasOtherName {
      prompt.verdict = .good("Enter: \(text.plain), as the console calls it")
      return
    }
    if "randmap".hasPrefix(line), line.count > 2 {
      prompt.verdict = .need("a call works here too, such as randmap drain MEMBER")
      return
    }
    let names = choices(for: line)
    prompt.verdict =
      names.isEmpty
      ? .bad(
        problem(ofAddress: line)
          ?? (line.contains(" ")
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
  func choices(for line: String) -> [String] {
    let text = CommandText(line)
    let (before, last) = (text.before, text.last)
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
    let text = CommandText(prompt.line.text)
    let names = choices(for: prompt.line.text)
    guard var common = names.first else { return }
    for name in names { common = String(zip(common, name).prefix { $0 == $1 }.map(\.0)) }
    guard common.count >= text.last.count else { return }
    // The only choice is a whole word, unless it is a name that is also written alone.
    let isWhole = names.count == 1 && !common.hasSuffix(":") && !text.before.isEmpty
    prompt.line = LineEditor(text.beforeLast + (isWhole ? CommandText.spelled(common) + " " : common))
  }

  /// Takes the line.
  mutating func run(line prompt: Prompt) -> [Effect] {
    let text = CommandText(prompt.line.text)
    guard lineCommand(text) != nil else {
      if let problem = problem(ofCall: text) {
        say(problem, below: prompt)
        return []
      }
      dialog = nil
      return run(command: text.isCall ? text.plain : prompt.line.text)
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
    case .pool(let scope, let members, let notation):
      share(scope, typed: members, notation: notation)
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
