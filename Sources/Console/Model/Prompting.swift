// What typing does: each key is checked at once against the configuration as it would be.

import Editing
import PostfixFiles
import Routing
import System

extension Model {
  /// Opens a prompt.
  mutating func ask(_ purpose: Purpose, text: String = "") {
    notice = nil
    dialogues += 1
    var prompt = Prompt(number: dialogues, purpose: purpose, line: LineEditor(text), verdict: .need(""))
    look(at: &prompt)
    dialog = .prompt(prompt)
  }

  mutating func type(_ key: Key, in prompt: Prompt) -> [Effect] {
    var prompt = prompt
    switch key {
    case .escape, .control("c"), .control("g"):
      if case .filter = prompt.purpose { views[shown].filter = nil }
      if prompt.purpose == .hostName {
        unnamedWrite = nil
        notice = Notice(text: "left as it is", role: .dim)
      }
      dialog = nil
      return []
    case .enter: return finish(prompt)
    case .tab where prompt.purpose == .command: complete(&prompt)
    case .up: choosePlace(-1, &prompt)
    case .down: choosePlace(1, &prompt)
    default: _ = prompt.line.handle(key)
    }
    if case .filter(let narrows) = prompt.purpose {
      views[shown].filter = prompt.line.isEmpty ? nil : prompt.line.text
      if !narrows { lookForMatch() }
    }
    look(at: &prompt)
    dialog = .prompt(prompt)
    return []
  }

  /// Judges the line at once, or leaves it to a thread.
  private func look(at prompt: inout Prompt) {
    prompt.goesOn = false
    prompt.needsThread = false
    if !isSlow(prompt) { judge(&prompt) }
    guard isSlow(prompt) else { return }
    prompt.preview = nil
    prompt.verdict = .need("looking it up")
  }

  /// Whether judging goes over the keys of very large tables, or reads files.
  private func isSlow(_ prompt: Prompt) -> Bool {
    if prompt.needsThread { return true }
    return switch prompt.purpose {
    case .newRoute, .routeValue: facts.session.current.routes().count > RoutesView.fewRoutes
    case .command:
      ["set-route", "remove-route"].contains(CommandText(prompt.line.text).name)
        && facts.session.current.routes().count > RoutesView.fewRoutes
    default: false
    }
  }

  /// Has a thread judge the line that is open, the newest one alone.
  mutating func askForVerdict() -> [Effect] {
    guard case .prompt(var prompt) = dialog, isSlow(prompt) else { return [] }
    let wanted = JudgeQuestion(purpose: prompt.purpose, text: prompt.line.text)
    guard let question = prompt.questions.start(wanted) else { return [] }
    dialog = .prompt(prompt)
    return [
      .workOut { [self, prompt] in
        var judged = prompt
        judged.isOnThread = true
        judge(&judged)
        return { [judged] in $0.take(judged, as: question) }
      }
    ]
  }

  private mutating func take(_ judged: Prompt, as question: JudgeQuestion) {
    guard case .prompt(var prompt) = dialog, prompt.number == judged.number else { return }
    prompt.questions.end()
    let isNewest = JudgeQuestion(purpose: prompt.purpose, text: prompt.line.text) == question
    if isNewest { (prompt.verdict, prompt.preview) = (judged.verdict, judged.preview) }
    let goesOn = isNewest && prompt.goesOn
    if goesOn { prompt.goesOn = false }
    dialog = .prompt(prompt)
    if goesOn { _ = finish(prompt) }
  }

  private mutating func finish(_ prompt: Prompt) -> [Effect] {
    switch prompt.purpose {
    case .filter:
      dialog = nil
      return []
    case .hostName:
      return prompt.line.text == facts.identity.hostName ? goOnWithNamedWrite() : []
    case .recipient(let gateway):
      guard case .good = prompt.verdict else {
        if prompt.line.isEmpty { dialog = nil }
        return []
      }
      dialog = nil
      return tryAddress(prompt.line.text, at: gateway)
    case .command where prompt.preview == nil && !isWaiting(prompt), .command where !isSlow(prompt):
      return run(line: prompt)
    default: break
    }
    guard prompt.preview != nil else {
      if isWaiting(prompt) {
        var waiting = prompt
        waiting.goesOn = true
        dialog = .prompt(waiting)
        return []
      }
      guard case .need = prompt.verdict else { return [] }
      if case .newRoute(let place, _) = prompt.purpose, !prompt.line.isEmpty {
        var unfinished = prompt
        unfinished.verdict = .bad(place.refusal(of: prompt.line.text))
        dialog = .prompt(unfinished)
      } else {
        dialog = nil
      }
      return []
    }
    take(prompt)
    return []
  }

  /// Makes what is typed an edit.
  mutating func take(_ prompt: Prompt) {
    guard let preview = prompt.preview else { return }
    dialog = nil
    record(preview.config, edits: preview.edits, summary: preview.summary)
    chooseMade(by: preview.edits)
  }

  /// Whether a thread is still to judge the line as it is.
  private func isWaiting(_ prompt: Prompt) -> Bool {
    isSlow(prompt)
      && prompt.questions.isWaiting(for: JudgeQuestion(purpose: prompt.purpose, text: prompt.line.text))
  }

  /// Chooses the row that `edits` have made, also where the filter would hide it.
  mutating func chooseMade(by edits: [Edit]) {
    guard let edit = edits.first else { return }
    refreshViews()
    if views[shown].choose(madeBy: edit) { return }
    let filter = views[shown].filter
    guard filter != nil else { return }
    views[shown].filter = nil
    refreshViews()
    if !views[shown].choose(madeBy: edit) { views[shown].filter = filter }
  }

  /// The configuration with all of `edits` made, or why one of them cannot be.
  func making(_ edits: [Edit]) -> Result<MailConfig, EditError> {
    do throws(EditError) { return .success(try facts.session.current.applying(edits)) } catch {
      return .failure(error)
    }
  }

  /// Makes `edits`, all of them or none, and says what was done.
  mutating func make(_ edits: [Edit]) {
    switch making(edits) {
    case .failure(let refusal): notice = Notice(text: refusal.message, role: .warning)
    case .success(let config):
      record(config, edits: edits, summary: edits.map(\.summary).joined(separator: ", "))
    }
  }
}
