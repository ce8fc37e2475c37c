// `randmap --check`: the linter.

import ArgumentParser
import Changes
import Checks
import Editing
import PostfixFiles
import System

extension Severity: ExpressibleByArgument {}
extension FileKind: ExpressibleByArgument {}

struct CheckCommand: ParsableCommand {
  // With the name of the whole program the library does not look for a request for completions here, which takes
  // longer than all other options.
  static let configuration = CommandConfiguration(
    commandName: "check", _superCommandName: "randmap",
    abstract: "Find mistakes in a Postfix configuration, and fix the safe ones.",
    discussion: """
      Without a FILE it checks the whole configuration directory: main.cf, master.cf, the tables and the pool files. \
      With one it checks that file alone; rules that need the rest are skipped. Formats: \
      \(ReportFormatName.allCases.map(\.rawValue).joined(separator: ", ")).

      --fix makes the safe fixes of what it finds, prints the diff and writes; --fix --diff only prints. Both report \
      what has no safe fix.

      --probe connects to every gateway once, as --status does, for the rules that need what a probe finds: names that \
      do not resolve, greetings, TLS, certificates, sizes, loops. Without it randmap connects to no gateway. -o and --settings \
      are those of --status.

      ~/.config/randmap/check.conf and then .randmap-check in the configuration directory may set select, ignore, \
      severity, fail_level and map, a line each as in main.cf; an option of the call replaces what they say.

      Examples:
        randmap --check -c /etc/postfix --probe
        randmap --check --format gcc --fail-level error main.cf
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var probing: ProbeOptions

  @Argument(
    help: ArgumentHelp("Files to check alone; - is standard input.", valueName: "file"), completion: .file())
  var files: [String] = []

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "What the file is: main.cf, master.cf, transport or pool; otherwise by its name or its lines.",
      valueName: "kind"))
  var kind: FileKind?

  @Option(
    help: ArgumentHelp(
      "Report only from this severity on: error, warning, info or style (the default).", valueName: "severity"
    ))
  var severity: Severity?

  @Option(help: ArgumentHelp("Exit with 1 from this severity on (warning).", valueName: "severity"))
  var failLevel: Severity?

  @Option(help: ArgumentHelp("Only rules whose code starts with this, such as RM1.", valueName: "codes"))
  var select: [String] = []

  @Option(help: ArgumentHelp("No rules whose code starts so.", valueName: "codes"))
  var ignore: [String] = []

  @Flag(help: "Make the safe fixes and write them, all or nothing; undo takes them back.")
  var fix = false

  @Flag(help: "With --fix: only print what it would change.")
  var diff = false

  @Flag(help: "Probe the gateways first, for the rules that need what a probe finds.")
  var probe = false

  @Option(help: ArgumentHelp("Print the page of a rule.", valueName: "code"))
  var explain: String?

  @Flag(help: "List all rules.")
  var listRules = false

  func validate() throws {
    if diff, !fix { throw ValidationError("--diff shows what --fix would change: need --fix") }
    if fix, common.template != nil {
      throw ValidationError("--fix cannot be combined with --template: it would write to templates")
    }
    if probe, !files.isEmpty {
      throw ValidationError("--probe cannot be combined with a file: it needs the whole configuration")
    }
    if !probe, probing.isGiven { throw ValidationError("-o and --settings are for the probes: need --probe") }
  }

  func run() throws {
    if let explain { return try printPage(of: explain) }
    if listRules { return printRules() }
    let format = try common.format(or: ReportFormatName.text)
      .format(framed: Output.standard.isTerminal, toolVersion: randmapVersion)
    let checked = try files.isEmpty ? checkDirectory() : checkFiles()
    if !diff {
      Output.standard.write(Bytes(format.render(checked.report) { checked.sources[$0] }.utf8))
    }
    if checked.hasUnreadable { throw ExitCode(ExitStatus.wrongCall.rawValue) }
    if checked.fails { throw ExitCode(ExitStatus.findings.rawValue) }
  }

  private struct Checked {
    var report = Report(diagnostics: [], skippedRules: 0)
    var sources: [String: Document] = [:]
    var hasUnreadable = false
    /// Whether there is a finding at or above the level for it.
    var fails = false

    mutating func add(_ found: Report, _ settings: CheckSettings) {
      report = Report(
        diagnostics: report.diagnostics + found.diagnostics,
        skippedRules: max(report.skippedRules, found.skippedRules))
      fails = fails || found.fails(at: settings.failLevel)
    }
  }

  /// The settings files, then the options.
  private func settings(in directory: String?) throws(CommandError) -> CheckSettings {
    var settings = try CheckSettings(directory: directory)
    if !select.isEmpty { try settings.set(.select, to: select.joined(separator: ","), at: "--select") }
    if !ignore.isEmpty { try settings.set(.ignore, to: ignore.joined(separator: ","), at: "--ignore") }
    if let severity { try settings.set(.severity, to: severity.rawValue, at: "--severity") }
    if let failLevel { try settings.set(.failLevel, to: failLevel.rawValue, at: "--fail-level") }
    return settings
  }

  private func checkDirectory() throws -> Checked {
    let settings = try settings(in: common.demo ? nil : absolutePath(common.directory))
    var common = common
    // The options of the call come before the settings of the directory.
    if common.maps.isEmpty { common.maps = settings.maps }
    let place = try Workplace(
      common, command: CallArguments.texts.joined(separator: " "),
      interrupted: fix && !diff ? .settles : .reads)
    defer { place.close() }
    let linter = Linter(settings.lintOptions)
    var config = place.config
    if fix {
      var fixed = linter.fixing(config)
      if !place.isDemo {
        for path in fixed.leaveFilesOfOthers(as: config) {
          Output.error.line(
            "randmap: \(printable(path)): not fixed: the file is outside \(printable(config.directory)), and no Postfix of this "
              + "machine uses that directory. To fix it: "
              + printable("randmap --fix --check \(path.asArgument)"))
        }
      }
      let errors =
        config.newErrors(in: fixed).map { EditGuard.newError($0) }
        + config.unfinishedFileGuards(against: fixed)
      let set = fixed.changeSet(summary: Fixes.summary)
      try Fixes(set: set, config: config, format: common.format, isDry: diff).make(
        with: place.writer, unless: errors, reloadReason: fixed.reloadReason)
      if !diff { config = fixed }
    }
    var checked = Checked()
    for document in config.documentsToShow { checked.sources[place.shown(document.path)] = document }
    let known = probe ? config.probingGateways(try probing.probeSettings(config)) : [:]
    let report = showingProgress { linter.lint(config, known: known, progress: $0) }
    checked.add(report.namingFiles(place.shown).saying(Output.naming), settings)
    return checked
  }

  private func showingProgress(_ lint: (LintProgress) -> Report) -> Report {
    var line = ProgressLine()
    let report = lint { path, done in
      line.show { "checking \(printable(path)): \(Int(done * 100))%" }
    }
    line.clear()
    return report
  }

  private func checkFiles() throws -> Checked {
    var checked = Checked()
    for file in files {
      let bytes: Bytes
      do throws(FileError) {
        bytes = try file == "-" ? FileReader.readStandardInput() : FileReader.read(file)
      } catch {
        Output.error.line("randmap: \(error.message)")
        checked.hasUnreadable = true
        continue
      }
      let settings = try settings(in: file == "-" ? common.configDirectory : FileReader.directory(of: file))
      let linter = Linter(settings.lintOptions)
      var document = Document(path: file, bytes: bytes)
      if kind == nil, document.holdsPasswords {
        Output.error.line(
          "randmap: \(printable(file)) looks like a table of passwords. It is not checked here, as messages would show them. Use --check -c DIR; if it is another file, say what it is with --as"
        )
        checked.hasUnreadable = true
        continue
      }
      if kind == nil, FileKind.isPatterns(document) {
        Output.error.line(
          "randmap: \(printable(file)) looks like a table of patterns (regexp:, pcre:), which is not checked alone: need --check -c DIR, "
            + "or --as with what it is")
        checked.hasUnreadable = true
        continue
      }
      let guess = FileKind(of: document)
      if kind == nil, !guess.isNamed(by: file) {
        Output.error.line("randmap: \(printable(file)) is taken for a \(guess.words); --as says what it is")
      }
      let kind = kind ?? guess
      if fix {
        let fixed = linter.fixing(file: document, as: kind, environment: common.environment)
        try make(fixed, of: kind)
        if !diff { document = fixed }
      }
      let whole = MailConfig(alone: document, as: kind)
      checked.sources[file] = whole.blankedSecrets?.covering([document]).first ?? document
      let report = showingProgress {
        linter.lint(file: document, as: kind, environment: common.environment, progress: $0)
      }
      checked.add(report, settings)
    }
    return checked
  }

  private func make(_ fixed: Document, of kind: FileKind) throws {
    guard diff || fixed.path != "-" else {
      throw CommandError(.wrongCall, "--fix cannot write standard input: need --diff with it")
    }
    let path = fixed.path == "-" ? "-" : absolutePath(fixed.path)
    let change = FileChange(path: path, before: fixed.original, after: fixed.bytes)
    let set = ChangeSet(
      directory: FileReader.directory(of: path), changes: fixed.isEdited ? [change] : [],
      summary: Fixes.summary)
    let writer = Writer(author: .current(command: CallArguments.texts.joined(separator: " ")))
    let config = MailConfig(alone: Document(path: path, bytes: fixed.original), as: kind)
    var edited = config
    edited.update(fixed)
    try Fixes(set: set, config: config, format: common.format, isDry: diff).make(
      with: writer, unless: config.unfinishedFileGuards(against: edited))
    if kind == .transport, !diff, fixed.isEdited {
      Output.error.line("randmap: where it has an index (hash:, lmdb:), that needs postmap(1) now")
    }
  }

  private func printPage(of code: String) throws {
    guard let rule = Rule.named(code.uppercased()) else {
      throw CommandError(.wrongCall, "no rule \"\(printable(code))\"; --list-rules lists them")
    }
    Output.standard.write(Bytes(page(for: rule).utf8))
  }

  private func printRules() {
    var table = TextTable([.left, .left, .left])
    for rule in Rule.all { table.add(rule.code, rule.severity.rawValue, rule.summary) }
    for line in table.lines { Output.standard.line(line) }
  }
}
