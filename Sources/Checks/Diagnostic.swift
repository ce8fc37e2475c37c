// What the linter says: a place, a severity, a code and one sentence.

import PostfixFiles

/// How grave a finding is. The raw values are those of the JSON contract.
public enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
  /// Mail is lost, deferred or sent elsewhere than the text says.
  case error
  /// It works, and something harmful was probably not meant.
  case warning
  /// Worth knowing.
  case info
  /// A matter of form.
  case style

  /// The graver one is the greater one.
  public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .error: 3
    case .warning: 2
    case .info: 1
    case .style: 0
    }
  }
}

/// One replacement of a part of a file.
public struct Replacement: Hashable, Sendable {
  public let place: FileRange
  public let bytes: Bytes

  public init(_ place: FileRange, with text: String) {
    self.place = place
    bytes = Bytes(text.utf8)
  }
}

/// A change that takes a finding away and alters nothing else that Postfix does.
public struct Fix: Hashable, Sendable {
  public let replacements: [Replacement]

  public init(_ replacements: [Replacement]) { self.replacements = replacements }

  /// Takes `texts` out; nil where one of them does not stand in one piece in a file.
  init?(removing texts: [SourcedText]) {
    let places = texts.compactMap { $0.fileRange() }
    guard places.count == texts.count, !places.isEmpty else { return nil }
    self.init(places.map { Replacement($0, with: "") })
  }

  /// Puts `replacement` in the place of `text`; nil where that does not stand in one piece in a file.
  init?(replacing text: SourcedText, with replacement: String) {
    guard let place = text.fileRange() else { return nil }
    self.init([Replacement(place, with: replacement)])
  }
}

extension Document {
  /// With those replacements of the fixes that fall into it; of two that overlap, the later one counts.
  public func applying(_ fixes: [Fix]) -> Document {
    var untouched = count + 1
    let own = Set(fixes.flatMap(\.replacements)).filter { $0.place.file == path }
      .map { Splice(range: $0.place.range, bytes: $0.bytes) }
      .sorted {
        ($0.range.lowerBound, $0.range.upperBound) > ($1.range.lowerBound, $1.range.upperBound)
      }
      .filter { splice in
        guard splice.range.upperBound <= untouched else { return false }
        untouched = splice.range.lowerBound
        return true
      }
    return applying(own)
  }
}

/// A finding as a rule makes it: its place as bytes.
public struct Finding: Hashable, Sendable {
  public let place: FileRange
  /// What is wrong and what is needed, safe to show.
  public let message: String
  public let fix: Fix?

  public init(_ place: FileRange, _ message: String, fix: Fix? = nil) {
    self.place = place
    self.message = excerpt(message)
    self.fix = fix
  }

  /// At the part of a file that `text` came from, or else at `fallback`; nil where there is neither.
  public init?(_ text: SourcedText, else fallback: FileRange? = nil, _ message: String, fix: Fix? = nil) {
    guard let place = text.span() ?? fallback else { return nil }
    self.init(place, message, fix: fix)
  }
}

/// A finding as people and programs see it.
public struct Diagnostic: Hashable, Sendable {
  public let file: String
  public let start: Position
  /// Behind the last byte of the offending part.
  public let end: Position
  public let severity: Severity
  public let code: String
  /// Safe to show.
  public let message: String
  public let fix: Fix?
}

extension Diagnostic {
  /// The message without line numbers and counts: two findings of one file with the same code and gist are the same
  /// mistake, though lines were added above it.
  public var gist: String {
    var words = self.words
    if let start = startOfCount(words) { words = words[..<start] }
    return words.indices.filter { index in
      index == words.startIndex || words[index - 1] != "line" || words[index].first?.isNumber != true
    }.map { String(words[$0]) }.joined(separator: " ")
  }
}

extension Diagnostic {
  /// How many findings it stands for: of those in a table the first is told, with their number.
  public var count: Int {
    let words = words
    return startOfCount(words).flatMap { words.dropFirst($0 - words.startIndex + 3).first }.flatMap {
      Int($0)
    } ?? 1
  }

  private var words: ArraySlice<Substring> {
    message.split(separator: " ", omittingEmptySubsequences: false)[...]
  }

  /// Where `(the first of 12 such entries)` begins.
  private func startOfCount(_ words: ArraySlice<Substring>) -> Int? {
    let start: [Substring] = ["(the", "first", "of"]
    return words.indices.first { words[$0...].starts(with: start) }
  }
}

extension Diagnostic: Comparable {
  /// By file, line, column and code: the order of every report.
  public static func < (left: Diagnostic, right: Diagnostic) -> Bool {
    if left.file != right.file { return left.file < right.file }
    if left.start != right.start { return left.start < right.start }
    return (left.code, left.message) < (right.code, right.message)
  }
}

extension Report {
  /// The same with the files named otherwise.
  public func namingFiles(_ name: (String) -> String) -> Report {
    Report(
      diagnostics: diagnostics.map {
        Diagnostic(
          file: name($0.file), start: $0.start, end: $0.end, severity: $0.severity, code: $0.code,
          message: $0.message, fix: $0.fix)
      }, skippedRules: skippedRules)
  }
}

/// What one run of the linter found.
public struct Report: Sendable {
  /// In order.
  public let diagnostics: [Diagnostic]
  /// How many rules did not run because what they need was not given: a single file instead of the
  /// configuration directory, or no states or readings of gateways.
  public let skippedRules: Int

  public init(diagnostics: [Diagnostic], skippedRules: Int) {
    self.diagnostics = diagnostics.sorted()
    self.skippedRules = skippedRules
  }

  /// Whether anything is as grave as `level`: then `--check` ends with 1.
  public func fails(at level: Severity) -> Bool { diagnostics.contains { $0.severity >= level } }
}
