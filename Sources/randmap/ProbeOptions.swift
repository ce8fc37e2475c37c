// The settings of the probing: a file of `name = value` lines, and options before it.

import ArgumentParser
import Liveness
import PostfixFiles
import System

struct ProbeOptions: ParsableArguments {
  @Option(
    name: .customShort("o"), parsing: .singleValue,
    help: ArgumentHelp("Set a number of the probing, for example -o interval=1m.", valueName: "name=value"))
  var assignments: [String] = []

  @Option(
    help: ArgumentHelp(
      "The file with these settings, one on each line.", discussion: "By default ~/.config/randmap/settings.",
      valueName: "file"), completion: .file())
  var settings: String?

  /// Whether the call has any of them.
  var isGiven: Bool { settings != nil || !assignments.isEmpty }

  /// Every setting with its default and its range, for the help.
  static var listing: String {
    ProbeSetting.allCases.map { setting in
      let range = setting.range
      return "  \(setting.rawValue) = \(setting.words(setting.standard))"
        + " (\(setting.words(range.lowerBound)) to \(setting.words(range.upperBound))): \(setting.summary)"
    }.joined(separator: "\n")
  }

  /// The settings of the configuration, then of the file, then the options.
  func probeSettings(_ config: MailConfig) throws(CommandError) -> ProbeSettings {
    try Self.probeSettings(config, file: settings, assignments: assignments)
  }

  /// The same for a command without these options.
  static func probeSettings(
    _ config: MailConfig, file: String? = nil, assignments: [String] = []
  ) throws(CommandError) -> ProbeSettings {
    var result = ProbeSettings(config)
    try read(file, into: &result)
    for assignment in assignments {
      guard let (name, value) = try? SourcedText(builtIn: assignment).splitNameValue() else {
        throw CommandError(.wrongCall, "-o \(printable(assignment)): need name=value")
      }
      try set(name.text, value.text, in: &result, at: "-o")
    }
    return result
  }

  /// The person's own file need not be there, nor be ours to read (a monitoring system with HOME=/root); one that is named
  /// must.
  private static func read(_ named: String?, into settings: inout ProbeSettings) throws(CommandError) {
    guard let path = named ?? personalFile("settings") else { return }
    let bytes: Bytes
    do throws(FileError) { bytes = try FileReader.readSettings(path) } catch {
      if named == nil, error.isMissing { return }
      if named == nil, error.isDenied {
        Output.error.line("randmap: \(error.message); going on without these settings")
        return
      }
      throw CommandError(.wrongCall, error.message)
    }
    let file = MainCf(Document(path: path, bytes: bytes))
    if let (line, problem) = file.problems.first {
      throw CommandError(.wrongCall, "\(printable(path)):\(line.number): \(problem.rawValue)")
    }
    for assignment in file.assignments {
      let place = "\(printable(path)):\(assignment.line.number)"
      try set(assignment.name, assignment.value.text, in: &settings, at: place)
    }
  }

  private static func set(
    _ name: String, _ value: String, in settings: inout ProbeSettings, at place: String
  ) throws(CommandError) {
    do throws(ProbeSettingError) { try settings.set(name, to: value) } catch {
      throw CommandError(.wrongCall, "\(place): \(error)")
    }
  }
}

extension ProbeSettings {
  /// The defaults, with the settings of main.cf.
  init(_ config: MailConfig) {
    self.init()
    let protocols = Set(config.parameters.text("inet_protocols").split { $0 == "," || $0 == " " })
    ownName = config.parameters.text("myhostname")
    messageSizeLimit = Int(config.parameters.text("message_size_limit")) ?? 0
    if protocols == ["ipv4"] { families = .ipv4 }
    if protocols == ["ipv6"] { families = .ipv6 }
  }
}
