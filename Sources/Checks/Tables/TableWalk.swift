// One walk over the lines of a table for all rules that look at entries: a table of a million entries is read once,
// each line is split once, each distinct value is judged once, and strings are made only for what is reported.

import PostfixFiles
import Routing

/// The rules that look at the lines of tables, sorted by what they look at.
struct TableRules: Sendable {
  typealias KeyRule = (
    index: Int, offends: @Sendable (borrowing Span<UInt8>) -> Bool, message: @Sendable (String) -> String
  )
  var keys: [KeyRule] = []
  var results: [(index: Int, check: @Sendable (ResultView) -> Offence?)] = []
  var continued: [(index: Int, check: @Sendable ([SourcedText]) -> Offence?)] = []
  var refused: [(index: Int, problem: TableLineProblem, message: String)] = []
  var duplicates: [(index: Int, message: @Sendable (String, Position) -> String)] = []

  /// `rules` with their indices in the whole list.
  init(_ rules: [(index: Int, rule: Rule)], for use: TableUse, scope: Subject.Scope) {
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
struct Tally: Sendable {
  let finding: Finding
  var count = 1
}

struct TableWalk {
  private let use: TableUse
  private let subject: Subject
  private let document: Document
  private let table: Table
  private let rules: TableRules
  private let suppressions: Suppressions
  private let codes: [String]
  /// By the rule's index.
  private(set) var tallies: [Int: Tally] = [:]
  private var index: KeyIndex
  private var firstDomainLine: Int?
  /// The indices of the rules that a value offends, for the values met so far.
  private var judged: [Bytes: [Int]] = [:]
  private var lastValue: (bytes: Bytes, offended: [Int])?
  /// No more distinct values than this are remembered: the memory stays bounded.
  private static let rememberedValues = 100_000

  init(
    _ use: TableUse, _ document: Document, rules: TableRules, codes: [String], in subject: Subject,
    suppressions: Suppressions
  ) {
    self.use = use
    self.document = document
    self.rules = rules
    self.codes = codes
    self.subject = subject
    self.suppressions = suppressions
    table = Table(document)
    index = KeyIndex(capacity: document.lines.count)
  }

  var digest: TableDigest {
    TableDigest(document: document, index: index, firstDomainLine: firstDomainLine)
  }

  mutating func run() {
    let bytes = document.bytes
    let lines = document.lines
    for number in lines.indices { visit(lines[number], number, bytes.span, lines) }
  }

  private mutating func visit(
    _ line: LogicalLine, _ number: Int, _ bytes: borrowing Span<UInt8>, _ lines: LogicalLines
  ) {
    guard line.kind == .single else {
      visitSlowly(line, number, bytes, lines)
      return
    }
    do throws(TableLineProblem) {
      let (key, value) = try Table.split(bytes, line.range)
      visit(key: key, number, bytes, lines)
      guard use.values != nil else { return }
      let document = document
      let offended = judge(bytes.extracting(value)) { SourcedText(document, value) }
      for rule in offended { count(rule, at: value) { SourcedText(document, value) } }
    } catch {
      refuse(line, error)
    }
  }

  /// A line that starts with white space, or an entry of several lines.
  private mutating func visitSlowly(
    _ line: LogicalLine, _ number: Int, _ bytes: borrowing Span<UInt8>, _ lines: LogicalLines
  ) {
    do throws(TableLineProblem) {
      let entry = try table.entry(line)
      let start = line.range.lowerBound
      visit(key: start..<start + entry.key.count, number, bytes, lines)
      let physical = document.physicalLines(in: line.range).map { SourcedText(document, $0) }
      for (index, check) in rules.continued {
        if let offence = check(physical) { add(index, offence) }
      }
      guard use.values != nil else { return }
      let offended = judge(entry.value.bytes.span) { entry.value }
      for rule in offended { count(rule, at: line.range) { entry.value } }
    } catch {
      refuse(line, error)
    }
  }

  private mutating func visit(
    key: Range<Int>, _ number: Int, _ bytes: borrowing Span<UInt8>, _ lines: LogicalLines
  ) {
    var isASCII = true
    var isAddress = false
    for at in key {
      if bytes[at] >= 0x80 { isASCII = false }
      if bytes[at] == UInt8(ascii: "@") { isAddress = true }
    }
    let span = bytes.extracting(key)
    let document = document
    for rule in rules.keys where rule.offends(span) {
      tally(rule.index, at: key) { Finding(document.place(key), rule.message(document.shown(key))) }
    }
    if firstDomainLine == nil, !isAddress, !(key.count == 1 && bytes[key.lowerBound] == UInt8(ascii: "*")) {
      firstDomainLine = number
    }
    if let first = index.insert(key, of: bytes, line: number, isASCII: isASCII, lines: lines) {
      for (rule, message) in rules.duplicates {
        tally(rule, at: key) {
          Finding(
            document.place(key), message(document.shown(key), Position(line: lines[first].number, column: 1)))
        }
      }
    }
  }

  /// The rules that a value offends; the text is made only for a value that was not met before.
  private mutating func judge(_ value: borrowing Span<UInt8>, _ text: () -> SourcedText) -> [Int] {
    if let last = lastValue, equal(value, last.bytes.span) { return last.offended }
    var bytes = Bytes()
    bytes.reserveCapacity(value.count)
    for at in 0..<value.count { bytes.append(value[at]) }
    let offended: [Int]
    if let known = judged[bytes] {
      offended = known
    } else {
      let view = view(text())
      offended = rules.results.compactMap { $0.check(view) == nil ? nil : $0.index }
      if judged.count < Self.rememberedValues { judged[bytes] = offended }
    }
    lastValue = (bytes, offended)
    return offended
  }

  private func view(_ value: SourcedText) -> ResultView {
    ResultView(value, kind: use.values ?? .destination, home: .entry, in: subject)
  }

  /// Counts one more value that offends `rule`; the first is judged again, for its place and message.
  private mutating func count(_ rule: Int, at range: Range<Int>, _ value: () -> SourcedText) {
    if tallies[rule] != nil {
      tally(rule, at: range) { nil }
      return
    }
    guard let check = rules.results.first(where: { $0.index == rule })?.check,
      let offence = check(view(value()))
    else { return }
    add(rule, offence)
  }

  private mutating func add(_ rule: Int, _ offence: Offence) {
    guard let finding = Finding(offence.text, offence.message, fix: offence.fix) else { return }
    tally(rule, at: finding.place.range) { finding }
  }

  private mutating func refuse(_ line: LogicalLine, _ problem: TableLineProblem) {
    for (rule, refused, message) in rules.refused where refused == problem {
      let text = SourcedText(line, of: document).trimmed()
      tally(rule, at: line.range) { Finding(text, message) }
    }
  }

  /// The one place where a finding of a table is taken: suppressed ones are not, so that the next one becomes the first.
  private mutating func tally(_ rule: Int, at range: Range<Int>, _ finding: () -> Finding?) {
    if !suppressions.isEmpty,
      suppressions.hides(codes[rule], at: document.position(at: range.lowerBound).line)
    {
      return
    }
    if tallies[rule] != nil {
      tallies[rule]?.count += 1
    } else if let finding = finding() {
      tallies[rule] = Tally(finding: finding)
    }
  }
}

extension Document {
  fileprivate func place(_ range: Range<Int>) -> FileRange { FileRange(file: path, range: range) }
  fileprivate func shown(_ range: Range<Int>) -> String { printable(self[range]) }
}

private func equal(_ left: borrowing Span<UInt8>, _ right: borrowing Span<UInt8>) -> Bool {
  guard left.count == right.count else { return false }
  for at in 0..<left.count where left[at] != right[at] { return false }
  return true
}
