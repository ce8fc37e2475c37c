// The keys of the Problems view.

import Checks
import Editing
import PostfixFiles
import Routing

extension ProblemsView {
  static let keys: [Binding] =
    [
      Binding(
        .change, [.character("f")], "fix", "Make the safe fix of the problem, and show what it changes",
        isHinted: true, isOffered: { $0[ProblemsView.self].rows.contains { $0.fix != nil } },
        disabled: { $0.whyNoFix }, action: { $0.answerProblem { .fix($0) } }),
      Binding(
        .change, [.character("i")], "ignore", "Say with a comment that the problem is meant",
        disabled: { $0.whyNoProblem }, action: { $0.answerProblem { .ignore($0) } }),
      Binding(
        .show, [.character("x")], "explain", "Show the page of the rule", isHinted: true,
        isOffered: { $0[ProblemsView.self].count > 0 },
        disabled: { $0[ProblemsView.self].chosenProblem == nil ? "no problem is chosen" : nil },
        action: { model in
          model.dialog = .detail(from: 0)
          return []
        }),
      Binding(
        .show, [.enter], "go", "Go to the place of the problem", isHinted: true,
        isOffered: { $0[ProblemsView.self].count > 0 },
        disabled: { $0[ProblemsView.self].chosenProblem == nil ? "no problem is chosen" : nil },
        action: { model in
          if let problem = model[ProblemsView.self].chosenProblem { model.go(to: problem) }
          return []
        }),
      .filter,
    ] + Binding.sorts
}

extension Model {
  /// Shows the pool, or else the route, that has the problem.
  fileprivate mutating func go(to problem: Diagnostic) {
    self[PoolsView.self].filter = nil
    self[RoutesView.self].filter = nil
    self[RoutesView.self].sorting = Sorting()
    refreshViews()
    if self[PoolsView.self].choose(file: problem.file, line: problem.start.line, facts) {
      show(PoolsView.self)
    } else if self[RoutesView.self].choose(file: problem.file, line: problem.start.line) {
      show(RoutesView.self)
    } else {
      let place = "\(facts.shown(path: problem.file)), line \(problem.start.line)"
      notice = Notice(text: "\(place): o opens it in an editor", role: .info)
    }
  }

  /// Why nothing can be done about the chosen problem.
  fileprivate var whyNoProblem: String? {
    if let reason = whyReadOnly { return reason }
    if self[ProblemsView.self].chosenProblem == nil { return "no problem is chosen" }
    // Places in a text that has changed since would be other places.
    return facts.checkedRevision == facts.session.revision ? nil : "still checking the last edit"
  }

  fileprivate var whyNoFix: String? {
    whyNoProblem
      ?? (self[ProblemsView.self].chosenProblem?.fix == nil
        ? "no automatic fix: x explains the rule, o opens the file" : nil)
  }

  /// Makes an edit of the chosen problem, and shows it.
  fileprivate mutating func answerProblem(_ edit: (FindingName) -> Edit) -> [Effect] {
    guard let problem = self[ProblemsView.self].chosenProblem else { return [] }
    let edit = edit(FindingName(problem))
    do throws(EditError) {
      let config = facts.session.current
      let edited = if case .fix = edit { try config.fixing(problem) } else { try config.ignoring(problem) }
      facts.session.apply(edited, edits: [edit], summary: edit.summary)
    } catch {
      notice = Notice(text: error.message, role: .warning)
      return []
    }
    notice = Notice(text: "\(edit.summary): u takes it back", role: .changed)
    showChanges()
    return []
  }
}
