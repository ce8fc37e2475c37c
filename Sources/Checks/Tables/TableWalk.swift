// One walk over the lines of a table for all rules that look at entries: a table of a million entries is read once,
// each line is split once, each distinct value is checked once, and strings are made only for what is reported.

import PostfixFiles
import Routing

/// The rules that look at the lines of tables, sorted by what they look at.
struct TableRules: Sendable {
  typealias KeyCheck = @Sendable (borrowing Span<UInt8>) -> Bool
  typealias KeyRule = (index: Int, offends: KeyCheck, message: @Sendable (String) -> String)
  var keys: [KeyRule] = []
  var results: [ShapeJudge.Check] = []
  var continued: [(index: Int, check: @Sendable ([SourcedText]) -> Offence?)] = []
  var refused: [(index: Int, problem: TableLineError, message: String)] = []
  var duplicates: [(index: Int, message: @Sendable (String, Position, TableType?) -> String)] = []

  /// `rules` with their indices in the whole list.
  init(_ rules: [(index: Int, rule: Rule)], for use: TableSource, scope: Subject.Scope) {
    for (index, rule) in rules {
      switch rule.check {
      case .key(let spaces, let offends, let message):
        if spaces.contains(use.keys) { keys.append((index, offends, message)) }
      case .result(let check): results.append((index, check))
      case .resultInDirectory(let check): if scope == .directory { results.append((index, check)) }
      case .continuedEntry(let check): continued.append((index, check))
      case .refusedLine(let problem, let message): refused.append((index, problem, message))
      case .duplicateKey(let message): duplicates.append((index, message))
      default: break
      }
    }
  }
}

/// What one rule found in one table: the first place, and how many there are.
struct TableFinding: Sendable {
  let finding: Finding
  var count: Int
  /// Of the fix of the first, or of those of all where they are asked for.
  private var replacements: [Replacement]

  init(counting count: Int = 1, _ finding: Finding) {
    self.finding = finding
    self.count = count
    replacements = finding.fix?.replacements ?? []
  }

  /// The first finding, with how many there are.
  var summary: Finding {
    finding.first(of: count, fix: replacements.isEmpty ? nil : Fix(replacements))
  }

  mutating func add(_ more: Fix) {
    replacements += more.replacements
  }
}

struct TableWalk {
  private typealias KeyCheck = TableRules.KeyCheck
  private let use: TableSource
  private let subject: Subject
  private let document: Document
  private let table: Table
  private let rules: TableRules
  private let suppressions: Suppressions
  private let codes: [String]
  private let fixesAll: Bool
  private let isTemplate: Bool
  /// By the rule's index.
  private(set) var tallies: [Int: TableFinding] = [:]
  private var index: KeyIndex
  private var firstDomainLine: Int?
  private var judge: ShapeJudge
  private static let linesBetweenReports = 65_536

  init(
    _ use: TableSource, _ document: Document, rules: TableRules, codes: [String], in subject: Subject,
    suppressions: Suppressions, fixesAll: Bool = false
  ) {
    self.use = use
    self.fixesAll = fixesAll
    self.document = document
    self.rules = rules
    self.codes = codes
    self.subject = subject
    self.suppressions = suppressions
    table = Table(document)
    isTemplate = subject.config.templates[document.path] != nil
    judge = ShapeJudge(rules.results, ownNames: subject.setting.ownNames)
    index = KeyIndex(capacity: document.lines.count)
  }

  var digest: TableDigest {
    TableDigest(document: document, index: index, firstDomainLine: firstDomainLine)
  }

  /// Walks through the lines; `progress` gets the fraction that is done.
  mutating func run(_ progress: (Double) -> Void) {
    let bytes = document.bytes
    let lines = document.lines
    // One that comes out of an array is counted as kept, and released, for each of a million keys.
    let keys = rules.keys.map(\.offends)
    var start = 0
    while start < lines.count {
      let end = min(lines.count, start + Self.linesBetweenReports)
      for number in start..<end { visit(lines[number], number, bytes.span, keys.span) }
      start = end
      progress(Double(end) / Double(lines.count))
    }
    let table = table
    let repeats = index.sort(of: bytes.span) { table.key(of: lines[$0], in: bytes) }
    for entry in repeats { reportRepeat(entry, lines, bytes) }
  }

  private mutating func reportRepeat(_ entry: KeyIndex.Repeat, _ lines: LogicalLines, _ bytes: Bytes) {
    for (rule, message) in rules.duplicates where !isCounted(rule) {
      let key = table.key(of: lines[entry.line], in: bytes)
      let place = Position(line: lines[entry.first].number, column: 1)
      take(
        rule,
        Finding(
          document.place(key),
          message(document.shown(key), place, subject.scope == .directory ? use.type : nil)))
    }
  }

  private mutating func visit(
    _ line: LogicalLine, _ number: Int, _ bytes: borrowing Span<UInt8>, _ keys: borrowing Span<KeyCheck>
  ) {
    guard line.kind == .single else {
      visitSlowly(line, number, bytes, keys)
      return
    }
    do throws(TableLineError) {
      let (key, value) = try Table.split(bytes, line.range)
      visit(key: key, number, bytes, keys)
      guard use.values != nil else { return }
      let offended =
        judge.offended(value, of: bytes) ?? judge.judging(view(SourcedText(document, value)))
      for rule in offended where !isCounted(rule) {
        if let offence = judge.offence(rule, view(SourcedText(document, value))) { add(rule, offence) }
      }
    } catch {
      refuse(line, error)
    }
  }

  /// A line that starts with white space, or an entry of several lines.
  private mutating func visitSlowly(
    _ line: LogicalLine, _ number: Int, _ bytes: borrowing Span<UInt8>, _ keys: borrowing Span<KeyCheck>
  ) {
    do throws(TableLineError) {
      let entry = try table.entry(line)
      let start = line.range.lowerBound
      visit(key: start..<start + entry.key.count, number, bytes, keys)
      let physical = document.physicalLines(in: line.range).map { SourcedText(document, $0) }
      for (index, check) in rules.continued {
        if let offence = check(physical) { add(index, offence) }
      }
      guard use.values != nil else { return }
      let view = view(entry.value)
      for rule in rules.results {
        if let offence = rule.offends(view) { add(rule.index, offence) }
      }
    } catch {
      refuse(line, error)
    }
  }

  private mutating func visit(
    key: Range<Int>, _ number: Int, _ bytes: borrowing Span<UInt8>, _ keys: borrowing Span<KeyCheck>
  ) {
    var isASCII = true
    var isAddress = false
    for at in key {
      if bytes[at] >= 0x80 { isASCII = false }
      if bytes[at] == UInt8(ascii: "@") { isAddress = true }
    }
    let span = bytes.extracting(key)
    for at in keys.indices where keys[at](span) {
      let rule = rules.keys[at]
      if isCounted(rule.index) { continue }
      take(rule.index, Finding(document.place(key), rule.message(document.shown(key))))
    }
    if firstDomainLine == nil, !isAddress, !(key.count == 1 && bytes[key.lowerBound] == UInt8(ascii: "*")) {
      firstDomainLine = number
    }
    index.add(key, of: bytes, line: number, isASCII: isASCII)
  }

  private func view(_ value: SourcedText) -> ResultView {
    ResultView(value, kind: use.values ?? .destination, place: .table(use.path), in: subject)
  }

  private mutating func add(_ rule: Int, _ offence: Offence) {
    guard let finding = Finding(offence.text, offence.message, fix: offence.fix) else { return }
    take(rule, finding)
  }

  private mutating func refuse(_ line: LogicalLine, _ problem: TableLineError) {
    for (rule, refused, message) in rules.refused where refused == problem {
      let text = SourcedText(line, of: document).trimmed()
      if let finding = Finding(text, message) { take(rule, finding) }
    }
  }

  /// Counts one more where the first is known: so no text is made of a million like it.
  private mutating func isCounted(_ rule: Int) -> Bool {
    guard suppressions.isEmpty, !isTemplate, !fixesAll, tallies[rule] != nil else { return false }
    tallies[rule]?.count += 1
    return true
  }

  /// The one place where a finding of a table is taken: suppressed ones are not, so that the next one becomes the first.
  private mutating func take(_ rule: Int, _ finding: Finding) {
    if !suppressions.isEmpty,
      suppressions.hides(codes[rule], at: document.position(at: finding.place.range.lowerBound).line)
    {
      return
    }
    // The first of those that are known is shown.
    if isTemplate, subject.isUnknown(finding.place, in: document, codes[rule]) { return }
    if tallies[rule] == nil {
      tallies[rule] = TableFinding(finding)
    } else {
      tallies[rule]?.count += 1
      if fixesAll, let fix = finding.fix { tallies[rule]?.add(fix) }
    }
  }
}

extension Table {
  /// The place of the key of a line; only for a line with a key.
  fileprivate func key(of line: LogicalLine, in bytes: Bytes) -> Range<Int> {
    if line.kind == .single, let (key, _) = try? Table.split(bytes.span, line.range) { return key }
    let count = (try? entry(line))?.key.count ?? 0
    return line.range.lowerBound..<line.range.lowerBound + count
  }
}

extension Document {
  fileprivate func place(_ range: Range<Int>) -> FileRange { FileRange(file: path, range: range) }
  fileprivate func shown(_ range: Range<Int>) -> String { printable(self[range]) }
}
