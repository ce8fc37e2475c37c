// View 4: what the rules find, the edits included.

import Checks

struct ProblemsView: View {
  static let title = "Problems"

  var selection: Selection?
  var filter: String?
  /// The gravest first.
  private(set) var rows: [Diagnostic] = []
  /// What the rows were made of.
  private var source: Source?

  private struct Source: Hashable {
    var checks: Int
    var filter: String?
  }

  var count: Int { rows.count }

  mutating func refresh(_ facts: Facts, _ dialog: Dialog?) {
    let new = Source(checks: facts.checks, filter: filter)
    if new == source { return }
    source = new
    let filter = Filter(filter ?? "")
    rows = (facts.diagnostics ?? []).filter {
      filter.isEmpty || filter.matches("\($0.severity.rawValue) \($0.file) \($0.code) \($0.message)")
    }
    .sorted { ($1.severity, $0) < ($0.severity, $1) }
  }

  func badge(_ facts: Facts) -> Badge? {
    let grave = (facts.diagnostics ?? []).filter { $0.severity >= .warning }
    if grave.isEmpty { return nil }
    return Badge(
      text: "\(grave.count)", role: grave.contains { $0.severity == .error } ? .error : .warning)
  }

  var chosenProblem: Diagnostic? { chosen.map { rows[$0] } }

  func clipping(_ facts: Facts) -> String? {
    chosenProblem.map { "\($0.file):\($0.start.line): \($0.severity.rawValue): \($0.message) [\($0.code)]" }
  }

  func place(_ facts: Facts) -> FilePlace? {
    chosenProblem.map { FilePlace(path: $0.file, line: $0.start.line) }
  }
}
