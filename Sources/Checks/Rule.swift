// A rule as a value: its texts, its examples, and its check. Each rule is in a file of its own
// under Rules/, and in the list of RuleList.swift.

import PostfixFiles

package struct Rule: Sendable {
  /// `RM` and three digits; never reused.
  package let code: String
  package let severity: Severity
  /// One line, what is wrong.
  package let summary: String
  /// What Postfix does with it, and what to do.
  package let why: String
  let check: Check
  // Functions, so that a check, which needs no examples, does not make those of 150 rules.
  private let badExample, goodExample: @Sendable () -> Example
  private let moreBadExamples, moreGoodExamples: @Sendable () -> [Example]

  /// Has the mistake once, marked.
  package var bad: Example { badExample() }
  package var good: Example { goodExample() }
  /// More examples of the mistake, each marked, and more of what is sound: tests, and not on the page.
  var moreBad: [Example] { moreBadExamples() }
  var moreGood: [Example] { moreGoodExamples() }

  init(
    _ code: String, _ severity: Severity, _ summary: String, why: String,
    bad: @autoclosure @escaping @Sendable () -> Example, good: @autoclosure @escaping @Sendable () -> Example,
    moreBad: @autoclosure @escaping @Sendable () -> [Example] = [],
    moreGood: @autoclosure @escaping @Sendable () -> [Example] = [], check: Check
  ) {
    self.code = code
    self.severity = severity
    self.summary = summary
    self.why = why
    self.check = check
    badExample = bad
    goodExample = good
    moreBadExamples = moreBad
    moreGoodExamples = moreGood
  }
}

/// What a rule looks at, and so what it needs. Without it a rule is skipped and counted; it does not guess.
enum Check: Sendable {
  /// The whole directory: main.cf, master.cf and the tables.
  case directory(@Sendable (Subject) -> [Finding])
  /// The same, and states of gateways.
  case live(@Sendable (Subject) -> [Finding])
  /// The same, and readings of gateways.
  case probed(@Sendable (Subject) -> [Finding])
  /// Each gateway that gets mail, with its readings; it is reported once, however many places name it.
  case gateway(@Sendable (ProbedGateway) -> String?)
  /// The same, and the machine that uses the directory.
  case surrounded(@Sendable (Subject, Surroundings) -> [Finding])
  /// main.cf; the other files are not needed.
  case main(@Sendable (Subject) -> [Finding])
  /// master.cf; the other files are not needed.
  case master(@Sendable (MasterCf) -> [Finding])
  /// Each pool with more than one item.
  case pool(@Sendable (PoolView) -> [Finding])
  /// Each destination or next hop, wherever it is written: in main.cf, in a pool, in a table.
  case result(@Sendable (ResultView) -> Offence?)
  /// The same, for a rule that must know master.cf or whether the agent is in use.
  case resultInDirectory(@Sendable (ResultView) -> Offence?)
  /// The key of each entry of a table; given as its bytes, because a table has a million of them.
  case key(
    in: Set<KeySpace>, offends: @Sendable (borrowing Span<UInt8>) -> Bool,
    message: @Sendable (_ key: String) -> String)
  /// Each line of a table that postmap(1) refuses.
  case refusedLine(TableLineError, message: String)
  /// Each entry of a table that has several lines.
  case continuedEntry(@Sendable (_ physicalLines: [SourcedText]) -> Offence?)
  /// Each later entry of a table with a key of an earlier entry. The type is unknown where the table is checked alone.
  case duplicateKey(message: @Sendable (_ key: String, _ first: Position, _ type: TableType?) -> String)
  /// The bytes of any file.
  case document(@Sendable (Document, FileKind, Subject) -> [Finding])
}

/// What is wrong with one value.
struct Offence: Sendable {
  /// The offending part.
  let text: SourcedText
  let message: String
  var fix: Fix?

  init(_ text: SourcedText, _ message: String, fix: Fix? = nil) {
    self.text = text
    self.message = message
    self.fix = fix
  }
}
