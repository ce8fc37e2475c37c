// For people: of three equal lines of a diff or more, one that says how many. patch(1) does not take that.

/// Each line, and how often it follows itself; lines that are twice there stay two.
package func runs<Line: Equatable & Collection>(of lines: some Sequence<Line>) -> [(line: Line, count: Int)] {
  var runs: [(line: Line, count: Int)] = []
  for line in lines {
    if let last = runs.last, last.line == line, !line.isEmpty {
      runs[runs.count - 1].count += 1
    } else {
      runs.append((line, 1))
    }
  }
  return runs.flatMap { $0.count == 2 ? [($0.line, 1), ($0.line, 1)] : [$0] }
}

/// The lines of a diff that is shown, with runs of equal lines as one.
package func foldingRepetitions(in lines: [String]) -> [String] {
  runs(of: lines).map { $0.count > 1 ? "\($0.line)   (\($0.count) times)" : $0.line }
}
