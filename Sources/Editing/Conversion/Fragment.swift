// The changed part of main.cf as text, to be put into a main.cf that something else manages.

import PostfixFiles

extension MailConfig {
  /// The assignments of `edited` that this configuration does not have as they are there, with the comments of
  /// their drained members; those that go are named in comments.
  package func fragment(of edited: MailConfig) -> String {
    let old = Set(main.assignments.map { "\($0.name)=\(text(of: $0))" })
    var lines: [String] = []
    if edited.saysAgent, !saysAgent { lines.append(MailConfig.agentMark) }
    for assignment in edited.main.assignments
    where !old.contains("\(assignment.name)=\(edited.text(of: assignment))") {
      lines.append(edited.text(of: assignment))
    }
    let names = Set(edited.main.assignments.map(\.name))
    var gone: Set<String> = []
    for assignment in main.assignments
    where !names.contains(assignment.name) && gone.insert(assignment.name).inserted {
      lines.append("# to be taken out: \(assignment.name)")
    }
    return lines.map { "\($0)\n" }.joined()
  }

  /// The logical line of an assignment, and the comments of drained members that belong to it.
  private func text(of assignment: Assignment) -> String {
    let document = main.document
    let line = assignment.line.range
    let whole = document.logicalLineWithComments(around: line.lowerBound) ?? line
    let drained = drainedItems(in: FileRange(file: document.path, range: line.upperBound..<whole.upperBound))
    return ([line] + drained.map(\.line.range)).map { document[$0].text }.joined(separator: "\n")
  }
}
