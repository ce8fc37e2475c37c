// One run of the linter: walks over the tables, pools and results, asks the rules, and puts what they find in order.

import Gateways
import PostfixFiles
import Routing

/// One run over one subject.
struct LintRun {
  private var subject: Subject
  private let rules: [(index: Int, rule: Rule)]
  private let codes = Rule.all.map(\.code)
  private let fixesAll: Bool
  private var findings: [(rule: Int, finding: Finding)] = []
  private var suppressions: [String: Suppressions] = [:]
  private var documents: [String: Document] = [:]

  init(_ subject: Subject, options: LintOptions) {
    self.subject = subject
    fixesAll = options.fixesAll
    rules = Rule.all.enumerated().filter { options.wants($0.element) }.map { ($0.offset, $0.element) }
    for document in subject.otherDocuments + subject.documents {
      documents[document.path] = document
      suppressions[document.path] = Suppressions(document)
    }
  }

  func report(_ progress: LintProgress) -> Report {
    var run = self
    run.walkTables(progress)
    let able = rules.filter { run.canRun($0.rule) }
    for (index, rule) in able { run.findings += run.findings(of: rule).map { (index, $0) } }
    run.walkPools(able)
    run.walkResults(able)
    run.leaveOutWhatFollows()
    return Report(diagnostics: run.diagnostics(), skippedRules: rules.count - able.count)
  }

  /// What else is said of a value with an indented setting in it, or of the words of an indented service, comes from that mistake.
  private mutating func leaveOutWhatFollows() {
    let causes: Set = [Rule.rm328.code, Rule.rm414.code]
    let places = findings.filter { causes.contains(codes[$0.rule]) }.map(\.finding.place)
    if places.isEmpty { return }
    let settings = subject.config.main.assignments.map(\.line.range)
    let ranges = places.map { place in
      let whole =
        place.file == subject.config.main.document.path
        ? settings.first { $0.contains(place.range.lowerBound) } : nil
      return FileRange(file: place.file, range: whole ?? place.range)
    }
    findings.removeAll { rule, finding in
      !causes.contains(codes[rule])
        && ranges.contains {
          $0.file == finding.place.file && $0.range.contains(finding.place.range.lowerBound)
        }
    }
  }

  private func canRun(_ rule: Rule) -> Bool {
    switch (rule.check, subject.scope) {
    case (.live, _): subject.scope == .directory && !subject.known.isEmpty
    case (.probed, _), (.gateway, _): subject.scope == .directory && subject.known.haveReadings
    case (.surrounded, _): subject.scope == .directory && subject.config.surroundings != nil
    case (.directory, .file), (.resultInDirectory, .file): false
    case (_, .directory), (.document, _): true
    case (.main, .file(let kind)): kind == .main
    case (.master, .file(let kind)): kind == .master
    case (.pool, .file(let kind)), (.result, .file(let kind)): kind != .master
    case (.key, .file(let kind)), (.refusedLine, .file(let kind)), (.continuedEntry, .file(let kind)),
      (.duplicateKey, .file(let kind)):
      kind == .transport
    }
  }

  /// What a rule finds outside of the walks.
  private func findings(of rule: Rule) -> [Finding] {
    switch rule.check {
    case .directory(let check), .live(let check), .probed(let check), .main(let check): return check(subject)
    case .gateway(let check): return subject.findings(of: check)
    case .surrounded(let check): return subject.config.surroundings.map { check(subject, $0) } ?? []
    case .master(let check): return subject.config.master.map(check) ?? []
    case .document(let check):
      return subject.kindsOfDocuments.flatMap { check($0.document, $0.kind, subject) }
    case .pool, .result, .resultInDirectory, .key, .refusedLine, .continuedEntry, .duplicateKey: return []
    }
  }

  // One pool or result after the other, and all rules for it: there may be 100,000, more than a processor's cache holds.

  private mutating func walkPools(_ rules: [(index: Int, rule: Rule)]) {
    let checks = rules.compactMap { index, rule in
      if case .pool(let check) = rule.check { (index, check) } else { nil }
    }
    let setting = PoolSetting(subject)
    for pool in subject.soundPools where pool.text.items.count > 1 {
      let view = PoolView(pool: pool, in: setting)
      for (index, check) in checks { findings += check(view).map { (index, $0) } }
    }
  }

  /// Of the results in one table the first one that offends a rule is reported, with their number.
  private mutating func walkResults(_ rules: [(index: Int, rule: Rule)]) {
    let checks = rules.compactMap { index, rule -> ShapeJudge.Check? in
      switch rule.check {
      case .result(let check), .resultInDirectory(let check): (index, check)
      default: nil
      }
    }
    walkMembers(checks)
    var tallies = Array(repeating: [String: TableFinding](), count: checks.count)
    for view in subject.siteViews {
      for (number, (index, check)) in checks.enumerated() {
        guard let offence = check(view) else { continue }
        var place: FileRange?
        if let parameter = view.place.valueOf { place = subject.place(of: parameter) }
        guard let finding = Finding(offence.text, else: place, offence.message, fix: offence.fix) else {
          continue
        }
        if view.place.isInTable, !fixesAll {
          tallies[number][finding.place.file, default: TableFinding(counting: 0, finding)].count += 1
        } else {
          findings.append((index, finding))
        }
      }
    }
    for ((index, _), tallies) in zip(checks, tallies) {
      findings += tallies.values.map { (index, $0.summary) }
    }
  }

  private mutating func walkMembers(_ checks: [ShapeJudge.Check]) {
    var judges: [PoolItems.Kind: ShapeJudge] = [:]
    for items in subject.poolItems {
      // Taken out while it is in use: a copy would be made of all that it remembers.
      var judge =
        judges.removeValue(forKey: items.kind) ?? ShapeJudge(checks, ownNames: subject.setting.ownNames)
      for range in items.ranges(all: fixesAll) {
        let offended =
          judge.offended(range, of: items.pool.text.bytes.span)
          ?? judge.judging(items.view(range, in: subject))
        if offended.isEmpty { continue }
        let view = items.view(range, in: subject)
        for rule in offended {
          guard let offence = judge.offence(rule, view),
            let finding = Finding(offence.text, offence.message, fix: offence.fix)
          else { continue }
          findings.append((rule, finding))
        }
      }
      judges[items.kind] = judge
    }
  }

  private mutating func walkTables(_ progress: LintProgress) {
    var done: Set<String> = []
    for use in subject.tables {
      if case .pattern = use.type { continue }
      guard done.insert(use.path).inserted, let document = subject.config.files[use.path]?.document else {
        continue
      }
      var walk = TableWalk(
        use, document, rules: TableRules(rules, for: use, scope: subject.scope), codes: codes, in: subject,
        suppressions: suppressions[document.path] ?? Suppressions(document), fixesAll: fixesAll)
      walk.run { progress(document.path, $0) }
      subject.digests[use.path] = walk.digest
      for (rule, tally) in walk.tallies {
        findings.append((rule, tally.summary))
      }
    }
  }

  /// The findings with lines and columns, those that a comment switches off left out.
  private func diagnostics() -> [Diagnostic] {
    // There may be one for each of 100,000 members: each file is looked up once, and each line is counted once.
    Dictionary(grouping: findings.indices) { findings[$0].finding.place.file }
      .sorted { $0.key < $1.key }.flatMap { diagnostics(of: $0.key, $0.value) }
  }

  /// Those of the findings at `indices`, all of them in one file: in order, each once.
  private func diagnostics(of path: String, _ indices: [Int]) -> [Diagnostic] {
    guard let document = documents[path] else { return [] }
    let suppressed = suppressions[path]
    var finder = PositionFinder(document)
    var found: [Diagnostic] = []
    for index in indices.sorted(by: { isBefore(findings[$0], findings[$1]) }) {
      let (rule, finding) = findings[index]
      let start = finder.position(at: finding.place.range.lowerBound)
      // From there: the next finding may begin before this one ends, and is never counted from the start of its line.
      var onward = finder
      let end = onward.position(at: finding.place.range.upperBound)
      guard suppressed?.hides(codes[rule], at: start.line) != true,
        !subject.isUnknown(finding.place, in: document, codes[rule])
      else { continue }
      let new = Diagnostic(
        finding, code: codes[rule], severity: Rule.all[rule].severity, start: start, end: end)
      // Equal ones have the same place, rule and words, so they are side by side.
      let isKnown = found.reversed().lazy.prefix { $0.isBeside(new) }.contains(new)
      if !isKnown { found.append(new) }
    }
    return found
  }

  private func isBefore(_ left: (rule: Int, finding: Finding), _ right: (rule: Int, finding: Finding)) -> Bool
  {
    let starts = (left.finding.place.range.lowerBound, right.finding.place.range.lowerBound)
    if starts.0 != starts.1 { return starts.0 < starts.1 }
    return (codes[left.rule], left.finding.message) < (codes[right.rule], right.finding.message)
  }
}
