// `randmap --check`: the linter.

import ArgumentParser
import Checks
import PostfixFiles

extension Severity: ExpressibleByArgument {}
extension FileKind: ExpressibleByArgument {}

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Say what Postfix will not do as the configuration reads.",
    discussion: """
      Without a FILE it checks the whole configuration directory: main.cf, master.cf, the tables and the pool files. \
      With one it checks that file alone; rules that need the rest are skipped. Formats: text, gcc, json, sarif, \
      github, checkstyle.
      """)

  @OptionGroup var common: CommonOptions

  @Argument(
    help: ArgumentHelp("Files to check alone; - is standard input.", valueName: "file"), completion: .file())
  var files: [String] = []

  @Option(name: .customLong("as"), help: "What the file is: main.cf, master.cf, transport or pool.")
  var kind: FileKind?

  @Option(
    help: ArgumentHelp("Report nothing less grave: error, warning, info or style.", valueName: "severity"))
  var severity: Severity = .style

  @Option(help: ArgumentHelp("Exit with 1 from this severity on.", valueName: "severity"))
  var failLevel: Severity = .warning

  @Option(help: ArgumentHelp("Only rules whose code starts so, such as RM1.", valueName: "codes"))
  var select: [String] = []

  @Option(help: ArgumentHelp("No rules whose code starts so.", valueName: "codes"))
  var ignore: [String] = []

  @Option(help: ArgumentHelp("Print the page of a rule.", valueName: "code"))
  var explain: String?

  @Flag(help: "List all rules.")
  var listRules = false

  func run() throws {
    if let explain { return try printPage(of: explain) }
    if listRules { return printRules() }
    let format = try common.format(or: ReportFormatName.text)
      .format(framed: Output.standard.isTerminal, toolVersion: randmapVersion)
    let options = LintOptions(select: codes(select), ignore: codes(ignore), severity: severity)
    let checked = try files.isEmpty ? checkDirectory(options) : checkFiles(options)
    Output.standard.write(Bytes(format.render(checked.report) { checked.sources[$0] }.utf8))
    if checked.hasUnreadable { throw ExitCode(ExitStatus.wrongCall.rawValue) }
    if checked.report.fails(at: failLevel) { throw ExitCode(ExitStatus.findings.rawValue) }
  }

  private struct Checked {
    var report: Report
    var sources: [String: Document]
    var hasUnreadable = false
  }

  /// `RM1,RM2` and repeated options mean the same.
  private func codes(_ given: [String]) -> [String] {
    given.flatMap { $0.split(separator: ",").map { $0.trimmingPrefix(" ").uppercased() } }
  }

  private func checkDirectory(_ options: LintOptions) throws -> Checked {
    let place = try Workplace(common, command: "check")
    defer { place.close() }
    let config = place.config
    var sources: [String: Document] = [:]
    for document in [config.main.document, config.master?.document].compactMap({ $0 })
      + config.files.values.compactMap(\.document)
    {
      sources[document.path] = document
    }
    return Checked(report: Linter(options).lint(config), sources: sources)
  }

  private func checkFiles(_ options: LintOptions) throws -> Checked {
    var checked = Checked(report: Report(diagnostics: [], skippedRules: 0), sources: [:])
    for file in files {
      do throws(FileProblem) {
        let bytes = try file == "-" ? FileReader.readStandardInput() : FileReader.read(file)
        let document = Document(path: file, bytes: bytes)
        let found = Linter(options)
          .lint(file: document, as: kind ?? FileKind(of: document), environment: common.environment)
        checked.sources[file] = document
        checked.report = Report(
          diagnostics: checked.report.diagnostics + found.diagnostics,
          skippedRules: max(checked.report.skippedRules, found.skippedRules))
      } catch {
        Output.error.line("randmap: \(error.message)")
        checked.hasUnreadable = true
      }
    }
    return checked
  }

  private func printPage(of code: String) throws {
    guard let rule = Rule.named(code.uppercased()) else {
      throw Failure(.wrongCall, "no rule \"\(printable(code))\"; --list-rules lists them")
    }
    Output.standard.write(Bytes(page(for: rule).utf8))
  }

  private func printRules() {
    var table = TextTable([.left, .left, .left])
    for rule in Rule.all { table.add(rule.code, rule.severity.rawValue, rule.summary) }
    for line in table.lines { Output.standard.line(line) }
  }
}

extension FileKind {
  /// What a file is that nobody said anything of: by its name, otherwise by its first lines: a pool file has no white
  /// space inside its lines.
  init(of document: Document) {
    let name = document.path.split(separator: "/").last.map(String.init) ?? ""
    if name.hasSuffix("main.cf") {
      self = .main
    } else if name.hasSuffix("master.cf") {
      self = .master
    } else {
      let isPool = document.lines.prefix(20).allSatisfy { line in
        line.kind == .single && !SourcedText(line, of: document).trimmed().bytes.contains(where: \.isSpace)
      }
      self = isPool && !document.lines.isEmpty ? .pool : .transport
    }
  }
}
