// What the linter says: a place, a severity, a code and one sentence.

import PostfixFiles

/// How serious a finding is. The raw values are those of the JSON contract.
package enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
  /// Mail is lost, deferred, or sent to another place than the text names.
  case error
  /// It works, and something harmful was probably not meant.
  case warning
  /// Worth knowing.
  case info
  /// A matter of form.
  case style

  /// The more serious severity is the greater one.
  package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .error: 3
    case .warning: 2
    case .info: 1
    case .style: 0
    }
  }
}

/// A finding as a rule makes it: its place as bytes.
package struct Finding: Hashable, Sendable {
  /// The kind of entries that a finding represents, of which it is the first.
  package enum Unit: String, Hashable, Sendable { case entries, lines }

  package let place: FileRange
  /// What is wrong and what is needed, safe to show.
  package let message: String
  /// The same without the numbers of lines: two findings of one file with the same code and gist are the same mistake,
  /// though lines were added above it.
  package let gist: String
  package let fix: Fix?
  /// How many equal findings it represents.
  package let count: Int
  package let unit: Unit

  package init(
    _ place: FileRange, _ message: String, gist: String? = nil, fix: Fix? = nil, count: Int = 1,
    of unit: Unit = .entries
  ) {
    self.place = place
    self.message = excerpt(message)
    self.gist = gist.map { excerpt($0) } ?? self.message
    self.fix = fix
    self.count = count
    self.unit = unit
  }

  /// At the part of a file that `text` came from, or else at `fallback`; nil where there is neither.
  package init?(
    _ text: SourcedText, else fallback: FileRange? = nil, _ message: String, fix: Fix? = nil, count: Int = 1
  ) {
    guard let place = text.span() ?? fallback else { return nil }
    self.init(place, message, fix: fix, count: count)
  }

  /// As the first of `count`, with the fix of all.
  func first(of count: Int, fix: Fix?) -> Finding {
    Finding(place, message, gist: gist, fix: fix, count: count, of: unit)
  }
}

/// A finding as people and programs see it.
package struct Diagnostic: Hashable, Sendable {
  /// The file as it is shown; `place` has its path.
  package private(set) var file: String
  package let place: FileRange
  package let start: Position
  /// After the last byte of the offending part.
  package let end: Position
  package let severity: Severity
  package let code: String
  /// Safe to show.
  package private(set) var message: String
  /// The message as the rule says it, wherever the configuration is: two runs with other directories find the same.
  package private(set) var messageAnywhere: String
  /// The message without the numbers of lines and without the count.
  package private(set) var gist: String
  /// How many findings it represents: of those in a table the first is shown, with their number.
  package let count: Int
  package let fix: Fix?

  package init(
    _ finding: Finding, code: String, severity: Severity, start: Position, end: Position
  ) {
    file = finding.place.file
    place = finding.place
    self.start = start
    self.end = end
    self.severity = severity
    self.code = code
    message =
      finding.count == 1
      ? finding.message
      : excerpt(finding.message + " (the first of \(finding.count) such \(finding.unit.rawValue))")
    messageAnywhere = message
    gist = finding.gist
    count = finding.count
    fix = finding.fix
  }

  /// The same in other words.
  func saying(_ message: String, gist: String) -> Diagnostic {
    var other = self
    (other.message, other.messageAnywhere, other.gist) = (message, message, gist)
    return other
  }

  /// The same in other words for people.
  func saying(_ words: (String) -> String) -> Diagnostic {
    var other = self
    other.message = words(message)
    return other
  }

  /// The same with another name for the file.
  func named(_ file: String) -> Diagnostic {
    var named = self
    named.file = file
    return named
  }
}

extension Diagnostic: Comparable {
  /// By file, line, column and code: the order of every report.
  package static func < (left: Diagnostic, right: Diagnostic) -> Bool {
    if left.file != right.file { return left.file < right.file }
    if left.start != right.start { return left.start < right.start }
    return (left.code, left.message) < (right.code, right.message)
  }

  /// Whether it has the same place in that order.
  func isBeside(_ other: Diagnostic) -> Bool {
    start == other.start && code == other.code && message == other.message && file == other.file
  }
}

extension Report {
  /// The same with other names for the files.
  package func namingFiles(_ name: (String) -> String) -> Report {
    Report(diagnostics: diagnostics.map { $0.named(name($0.file)) }, skippedRules: skippedRules)
  }
}

extension Report {
  /// The same with other words for people, such as calls with a directory in them.
  package func saying(_ words: (String) -> String) -> Report {
    Report(diagnostics: diagnostics.map { $0.saying(words) }, skippedRules: skippedRules)
  }
}

/// What one run of the linter found.
package struct Report: Sendable {
  /// In order.
  package let diagnostics: [Diagnostic]
  /// How many rules did not run because what they need was not given: a single file instead of the
  /// configuration directory, or no states or readings of gateways.
  package let skippedRules: Int

  package init(diagnostics: [Diagnostic], skippedRules: Int) {
    // Mostly they come in order, and there may be 100,000.
    let isInOrder = zip(diagnostics, diagnostics.dropFirst()).allSatisfy { !($1 < $0) }
    self.diagnostics = isInOrder ? diagnostics : diagnostics.sorted()
    self.skippedRules = skippedRules
  }

  /// Whether a finding is at least as serious as `level`: then `--check` ends with 1.
  package func fails(at level: Severity) -> Bool { diagnostics.contains { $0.severity >= level } }
}
