// The linter: which rules run, what they check, and how their findings are filtered.

import Gateways
import PostfixFiles
import Routing

package struct LintOptions: Sendable {
  /// Prefixes of the codes that are wanted; empty: all.
  package var select: [String] = []
  /// Prefixes of the codes that are left out.
  package var ignore: [String] = []
  /// The lowest severity that is reported.
  package var severity: Severity = .style
  /// Whether a finding that represents many entries has the fixes of all of them.
  var fixesAll = false

  package init(select: [String] = [], ignore: [String] = [], severity: Severity = .style) {
    self.select = select
    self.ignore = ignore
    self.severity = severity
  }

  func wants(_ rule: Rule) -> Bool {
    rule.severity >= severity && (select.isEmpty || select.contains { rule.code.hasPrefix($0) })
      && !ignore.contains { rule.code.hasPrefix($0) }
  }
}

/// Progress callback: the table that is being checked and the fraction done (0 to 1).
package typealias LintProgress = (_ path: String, _ done: Double) -> Void

package struct Linter: Sendable {
  package private(set) var options: LintOptions

  package init(_ options: LintOptions = LintOptions()) { self.options = options }

  /// Checks a whole configuration directory. Read its tables and pool files first
  /// (`MailConfig.readingFiles()`); files that were not read are not checked. Where `known` has no states, or no
  /// readings, the rules that need them are skipped.
  package func lint(
    _ config: MailConfig, known: KnownGateways = [:], progress: LintProgress = { _, _ in }
  ) -> Report {
    look(at: Subject(config, known: known), progress)
  }

  /// What it finds, without passwords.
  private func look(at subject: Subject, _ progress: LintProgress) -> Report {
    LintRun(subject, options: options).report(progress).hidingSecrets(of: subject.config) { blanked, codes in
      var options = options
      options.select = codes.sorted()
      let other = Subject(blanked, scope: subject.scope, known: subject.known)
      return LintRun(other, options: options).report { _, _ in }.diagnostics
    }
  }

  /// The configuration with every fix of a finding made, so that another round finds none.
  package func fixing(_ config: MailConfig) -> MailConfig {
    var fixed = config
    rounds { linter in
      let fixes = linter.lint(fixed).diagnostics.compactMap(\.fix)
      let documents = Set(fixes.flatMap(\.replacements).map(\.place.file)).compactMap { fixed.document($0) }
      for document in documents { fixed.update(document.applying(fixes)) }
      return !documents.isEmpty
    }
    return fixed
  }

  /// One file, checked without the rest of its configuration, with every fix of a finding made.
  package func fixing(
    file document: Document, as kind: FileKind, environment: Environment = Environment()
  ) -> Document {
    var fixed = document
    rounds { linter in
      let report = linter.lint(file: fixed, as: kind, environment: environment)
      let fixes = report.diagnostics.compactMap(\.fix)
      fixed = fixed.applying(fixes)
      return !fixes.isEmpty
    }
    return fixed
  }

  /// One fix may show the next mistake; `round` says whether it changed anything.
  private func rounds(_ round: (Linter) -> Bool) {
    var linter = self
    linter.options.fixesAll = true
    let most = 20
    for _ in 0..<most where !round(linter) { return }
  }

  /// Checks one file without the rest of its configuration: the rules that need that are skipped.
  package func lint(
    file document: Document, as kind: FileKind, environment: Environment = Environment(),
    progress: LintProgress = { _, _ in }
  ) -> Report {
    look(at: Subject(alone: document, as: kind, environment: environment), progress)
  }
}

extension Subject {
  /// One file in a configuration that gives only the kind of the file.
  init(alone document: Document, as kind: FileKind, environment: Environment) {
    let config = MailConfig(alone: document, as: kind, environment: environment)
    self.init(config, scope: .file(kind))
  }
}
