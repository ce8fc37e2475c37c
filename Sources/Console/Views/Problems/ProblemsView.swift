// View 4: what the rules find, the edits included.

import Checks
import PostfixFiles

struct ProblemsView: View {
  static let title = "Problems"

  var selection: Selection?
  var filter: String?
  var sorting = Sorting()
  /// The gravest first.
  private(set) var rows: [Diagnostic] = []
  /// What the rows were made of.
  private var source: Source?

  private struct Source: Hashable {
    var checks: Int
    var filter: String?
    var sorting: Sorting
  }

  var count: Int { rows.count }

  mutating func refresh(_ facts: Facts, _ dialog: Dialog?) {
    let new = Source(checks: facts.checks, filter: filter, sorting: sorting)
    if new == source { return }
    // Sorted or found anew, the choice stays on the same problem.
    let followed = source?.filter == new.filter ? chosenProblem : nil
    source = new
    let filter = Filter(filter ?? "")
    rows = (facts.diagnostics ?? []).filter {
      filter.isEmpty || filter.matches("\($0.severity.rawValue) \($0.file) \($0.code) \($0.message)")
    }
    .sorted { ($1.severity, $0) < ($0.severity, $1) }
    switch sorting.column {
    case "place": rows = sorting.sorted(rows) { $0 }
    case "rule": rows = sorting.sorted(rows, by: \.code)
    case "message": rows = sorting.sorted(rows, by: \.message)
    default: break
    }
    rows = sorting.turned(rows)
    if let followed, let index = index(of: followed) { choose(index) }
  }

  /// Where a problem is now: an edit above it moves its lines.
  private func index(of problem: Diagnostic) -> Int? {
    rows.firstIndex(of: problem)
      ?? rows.firstIndex {
        ($0.code, $0.file, $0.message) == (problem.code, problem.file, problem.message)
      }
  }

  func isReading(_ facts: Facts) -> Bool { facts.checkedRevision != facts.session.revision }

  func orders(_ facts: Facts) -> [String] { ["place", "rule", "message", "severity"] }

  func badge(_ facts: Facts) -> Badge? {
    // As many as the list has rows: a person who sees 3 here and 4 rows there would take that for an error. The colour is
    // that of the most severe one.
    let all = facts.diagnostics ?? []
    return all.map(\.severity).max().map { Badge(text: "\(all.count)", role: Role($0)) }
  }

  var chosenProblem: Diagnostic? { chosen.map { rows[$0] } }

  /// The page of its rule.
  func detail(_ facts: Facts) -> Detail? {
    guard let problem = chosenProblem, let rule = Rule.named(problem.code) else { return nil }
    let lines = Self.withWholeParagraphs(page(for: rule))
    return Detail(
      title: "\(rule.code): \(printable(rule.summary))",
      // The title says what the first line does.
      lines: lines.dropFirst(2).map { line in
        let isHeading = line.hasPrefix("## ")
        return [Span(String(isHeading ? line.dropFirst(3) : line[...]), isHeading ? .title : .text)]
      })
  }

  /// The lines of a page, those of a paragraph as one: the screen folds it to its own width.
  private static func withWholeParagraphs(_ page: String) -> [String] {
    var lines: [String] = []
    var isOpen = false
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      let isText = !line.isEmpty && !line.hasPrefix("    ") && !line.hasPrefix("#")
      let startsAnew = line.hasPrefix("- ") || line.hasPrefix("|")
      if isText, isOpen, !startsAnew, let last = lines.popLast() {
        lines.append("\(last) \(line.trimmingPrefix { $0 == " " })")
      } else {
        lines.append(String(line))
      }
      isOpen = isText && !line.hasPrefix("|")
    }
    return lines
  }

  func clipping(_ facts: Facts) -> String? {
    chosenProblem.map {
      "\(printable($0.file)):\($0.start.line): \($0.severity.rawValue): \($0.message) [\($0.code)]"
    }
  }

  func place(_ facts: Facts) -> FilePlace? {
    chosenProblem.map { FilePlace(path: $0.file, line: $0.start.line) }
  }
}
