// What the console says line by line: notices, questions and answers, rows, and the help.

extension PlainSession {
  /// How many rows of a list are said at once.
  private static let page = 50

  /// Says what is new: a notice, a question, an answer.
  mutating func report(since before: Notice?, _ answer: inout Answer) {
    if let notice = model.notice, notice != before {
      answer.said.append(model.facts.naming(notice.text).replacing("Esc stops it", with: "Ctrl-C stops it"))
    }
    let question = takeQuestion()
    if question != saidQuestion { answer.said += question }
    saidQuestion = question
  }

  /// What an open dialogue says. One that only shows something is closed by that.
  mutating func takeQuestion() -> [String] {
    switch model.dialog {
    case .confirm(let confirmation):
      return (confirmation.writesFiles ? model[ChangesView.self].lines : [])
        + (confirmation.warnings.map(model.facts.naming) + [confirmation.question, confirmation.note]).filter
      { !$0.isEmpty }
        + ["answer \((confirmation.choices.map(\.label) + ["no"]).joined(separator: ", or "))"]
    case .prompt(let prompt):
      return prompt.goesOn ? [] : ["\(words(of: prompt.verdict)); an empty line leaves it"]
    case .sharing(let dialogue):
      if dialogue.isPlanning { return [] }
      if let preview = dialogue.previewLines(model.facts) {
        return preview.filter { !$0.isEmpty } + ["answer write, or keep, or no"]
      }
      model.dialog = nil
      return dialogue.verdict.map { [words(of: $0)] } ?? []
    case .address(let line):
      if line.isWaiting { return [] }
      model.dialog = nil
      return line.words(model.facts)
    case .detail:
      let detail = model.views[model.shown].detail(model.facts)
      model.dialog = nil
      return detail?.words ?? []
    case .answer(let detail, _):
      model.dialog = nil
      return detail.words
    case .help:
      model.dialog = nil
      return help(Filter())
    case nil: return []
    }
  }

  func words(of verdict: Verdict) -> String {
    switch verdict {
    case .bad(let text), .need(let text), .good(let text): model.facts.naming(text)
    }
  }

  var countWords: String {
    let count = model.views[model.shown].count
    return count == 1 ? "1 row" : "\(count) rows"
  }

  func sayChosen(_ answer: inout Answer) {
    if let chosen = model.views[model.shown].chosen { answer.said.append(rowText(chosen)) }
  }

  func rowText(_ index: Int) -> String {
    let words = model.views[model.shown].rowWords(at: index, model.facts).map(\.text).joined(separator: "; ")
    return model.views[model.shown] is ChangesView ? words : "\(index + 1): \(words)"
  }

  /// - Parameter first: 1 for the first row; no more than there are.
  func sayRows(from first: Int, _ answer: inout Answer) {
    let count = model.views[model.shown].count
    let rows = min(first - 1, count)..<min(count, first - 1 + Self.page)
    answer.said += rows.map { rowText($0) }
    if rows.upperBound < count {
      answer.said.append("\(count - rows.upperBound) more: list \(rows.upperBound + 1)")
    }
    if count == 0 { answer.said.append("nothing here") }
  }

  func help(_ filter: Filter) -> [String] {
    let own = [
      "A number: choose that row", "list [FROM]: say the rows", "status: how the gateways are",
      "filter WORDS: only the rows that have all of them; filter alone: all rows",
    ]
    let commands = Binding.all.filter {
      !["filter", "search", "share", "mouse", "tour", "command", "help"].contains($0.command)
    }
    return
      (own + LineCommand.all.map(\.usage)
      + commands.map {
        "\($0.command): \($0.description)\($0.works(in: model.shownType) ? "" : ", in \($0.places)")"
      })
      .filter { filter.matches($0) }
  }
}
