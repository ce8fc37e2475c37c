// View 6: every write that is remembered, with who, when and what, the last one first. Each can be taken back.

import Changes
import PostfixFiles

struct HistoryView: View {
  static let title = "History"

  var selection: Selection?
  var filter: String?
  var sorting = Sorting()
  /// Nil until they were read.
  private(set) var writes: [LoggedWrite]?
  private(set) var rows: [LoggedWrite] = []
  /// The filter that the rows went through.
  private var usedFilter: String?
  /// Why they cannot be read.
  private(set) var problem: String?
  /// The diffs that were asked for, by the number of the write.
  private var diffs: [Int: [String]] = [:]
  /// Why a write cannot be taken back, place by place.
  private var conflict: (number: Int, lines: [String], author: String)?
  /// Whether the view was in front: before that nothing is read.
  private var isWanted = false
  /// How many writes of this console the list knows of.
  private var known: Int?
  private var questions = Newest<Question>()

  private enum Question: Hashable, Sendable {
    /// The list, after so many writes of this console.
    case list(Int)
    case diff(Int)
  }

  var count: Int { rows.count }
  var chosenWrite: LoggedWrite? { chosen.map { rows[$0] } }
  var hasReadNothing: Bool { writes == nil && problem == nil }

  func orders(_ facts: Facts) -> [String] { ["number", "when", "who", "what"] }

  func isReading(_ facts: Facts) -> Bool { isWanted && known != facts.writes }

  mutating func appear() {
    // Another program may have written since.
    isWanted = true
    known = nil
    questions.forget()
  }

  mutating func refresh(_ facts: Facts, _ dialog: Dialog?) {
    let filter = Filter(filter ?? "")
    let followed = self.filter != usedFilter ? nil : chosenWrite?.number
    usedFilter = self.filter
    let all: [LoggedWrite] = (writes ?? []).reversed().filter { write in
      filter.isEmpty
        || filter.matches(
          "\(write.number) \(write.who) \(write.command) \(write.summary) "
            + write.files.map(\.path).joined(separator: " "))
    }
    switch sorting.column {
    case "number": rows = sorting.turned(sorting.sorted(all, by: \.number))
    case "when": rows = sorting.turned(sorting.sorted(all, by: \.time))
    case "who": rows = sorting.turned(sorting.sorted(all, by: \.who))
    case "what": rows = sorting.turned(sorting.sorted(all, by: \.summary))
    default: rows = sorting.turned(all)
    }
    if let followed, let index = rows.firstIndex(where: { $0.number == followed }) { choose(index) }
    if known != nil, known != facts.writes { known = nil }
    if case .detail? = dialog {} else { conflict = nil }
  }

  mutating func work(_ facts: Facts) -> ViewWork? {
    guard isWanted else { return nil }
    let missing = chosenWrite.map(\.number).flatMap { diffs[$0] == nil ? $0 : nil }
    let wanted = known == nil ? Question.list(facts.writes) : missing.map { .diff($0) }
    guard let question = questions.start(wanted) else { return nil }
    let archive = facts.archive
    switch question {
    case .list(let count):
      return {
        let found = archive.log()
        return { $0[HistoryView.self].take(found, after: count) }
      }
    case .diff(let number):
      return {
        let found = archive.diff(number)
        return { $0[HistoryView.self].take(found, of: number) }
      }
    }
  }

  private mutating func take(_ found: Result<[LoggedWrite], WriteError>, after count: Int) {
    questions.end()
    let followed = conflict?.number ?? chosenWrite?.number
    known = count
    switch found {
    case .success(let writes):
      self.writes = writes
      problem = nil
      // What others have changed since may be known now, or known no more.
      diffs = [:]
    case .failure(let error): problem = printable(error.description)
    }
    rows = (writes ?? []).reversed()
    if let followed, let index = rows.firstIndex(where: { $0.number == followed }) { choose(index) }
  }

  private mutating func take(_ found: Result<[String], WriteError>, of number: Int) {
    questions.end()
    switch found {
    case .success(let lines): diffs[number] = lines
    case .failure(let error): diffs[number] = [printable(error.description)]
    }
  }

  /// Shows why a write cannot be taken back.
  mutating func take(conflict lines: [String], of number: Int, by author: String) {
    if let index = rows.firstIndex(where: { $0.number == number }) { choose(index) }
    conflict = (number, lines, author)
  }

  func clipping(_ facts: Facts) -> String? {
    chosenWrite.flatMap { diffs[$0.number] }.map { $0.joined(separator: "\n") + "\n" }
  }

  /// Where the chosen write changed its first line: the line of that write, which may be another one by now.
  func place(_ facts: Facts) -> FilePlace? {
    guard let write = chosenWrite, let diff = diffs[write.number], let first = diff.firstChange else {
      return nil
    }
    return diff.place(ofDiffLine: first, on: write.undone == nil ? .after : .before)
  }

  func detail(_ facts: Facts) -> Detail? {
    if let conflict {
      return Detail(
        title: "Write \(conflict.number) cannot be taken back: \(conflict.author) changed the same lines",
        lines: conflict.lines.map { [Span($0, $0.hasPrefix("    ") ? .text : .title)] })
    }
    guard let write = chosenWrite else { return nil }
    var lines: [[Span]] = [
      [.label("who"), Span(printable(write.who))], [.label("when"), Span(write.clock)],
      [.label("command"), Span(printable(write.command))],
      [.label("files"), Span(write.files.map { facts.shown(path: $0.path) }.joined(separator: ", "))],
    ]
    if write.otherDirectory == true {
      lines.append([
        .label("directory"),
        Span(
          "another one that was at \(write.otherPath.map { facts.shown(path: $0) } ?? "this path"), or this one before it was restored"
        ),
      ])
    }
    if let undone = write.undone {
      lines.append([
        .label("taken back"), Span(clock(undone.time) + " by " + printable(undone.sudoUser ?? undone.user)),
      ])
    }
    let diff = diffs[write.number] ?? ["reading what it was"]
    return Detail(
      title: "Write \(write.number): \(printable(write.summary))",
      lines: lines + [[]] + diff.map { [Span($0, Style(ofDiffLine: $0))] })
  }
}
