// The keys of the Problems view.

import Checks
import PostfixFiles
import Routing

extension ProblemsView {
  static let keys: [Binding] = [
    Binding(
      .show, [.enter], "go", "Go to the place of the problem", isHinted: true,
      disabled: { $0[ProblemsView.self].chosenProblem == nil ? "no problem is chosen" : nil },
      action: { model in
        if let problem = model[ProblemsView.self].chosenProblem { model.go(to: problem) }
        return []
      }),
    .filter,
  ]
}

extension Model {
  /// Shows the pool, or else the route, that has the problem.
  fileprivate mutating func go(to problem: Diagnostic) {
    self[PoolsView.self].filter = nil
    self[RoutesView.self].filter = nil
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
}
