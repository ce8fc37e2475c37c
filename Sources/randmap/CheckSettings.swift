// The settings of --check: a person's own file, the one of the configuration directory, and the options of the call. What
// comes later replaces what came before it.

import Checks
import PostfixFiles
import System

struct CheckSettings {
  /// What a file or the call may set. The raw values are the names in the files.
  enum Name: String, CaseIterable {
    case select, ignore, severity, map
    case failLevel = "fail_level"
  }

  private(set) var select: [String] = []
  private(set) var ignore: [String] = []
  private(set) var severity: Severity = .style
  private(set) var failLevel: Severity = .warning
  /// `PATH=DIR`, as --map takes them, DIR absolute.
  private(set) var maps: [String] = []

  var lintOptions: LintOptions { LintOptions(select: select, ignore: ignore, severity: severity) }

  /// From `check.conf` beside the other settings of this person and `.randmap-check` in `directory`; neither need be
  /// there. Nil: a text that belongs to no directory.
  init(directory: String?) throws(CommandError) {
    if let path = personalFile("check.conf") { try read(path, isPersonal: true) }
    if let directory { try read("\(directory)/.randmap-check", isPersonal: false) }
  }

  /// - Parameter place: of the value, for the message: `file:line`, or the option.
  mutating func set(_ name: Name, to value: String, at place: String) throws(CommandError) {
    switch name {
    case .select: select = try Self.codes(value, at: place)
    case .ignore: ignore = try Self.codes(value, at: place)
    case .severity: severity = try Self.severity(value, at: place)
    case .failLevel: failLevel = try Self.severity(value, at: place)
    case .map: maps = try Self.maps(value, at: place)
    }
  }

  /// - Parameter isPersonal: such a file need not be ours to read (a service that runs with HOME=/root).
  private mutating func read(_ path: String, isPersonal: Bool) throws(CommandError) {
    let bytes: Bytes
    do throws(FileError) { bytes = try FileReader.readSettings(path) } catch {
      if error.isMissing { return }
      if isPersonal, error.isDenied {
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
      guard let name = Name(rawValue: assignment.name) else {
        let known = Name.allCases.map(\.rawValue).joined(separator: ", ")
        throw CommandError(
          .wrongCall, "\(place): unknown name \"\(printable(assignment.name))\"; need one of \(known)")
      }
      try set(name, to: assignment.value.text, at: place)
    }
  }

  /// Prefixes of codes, between commas or white space.
  private static func codes(_ text: String, at place: String) throws(CommandError) -> [String] {
    let codes = text.split { $0 == "," || $0.isWhitespace }.map { $0.uppercased() }
    for code in codes where !Rule.all.contains(where: { $0.code.hasPrefix(code) }) {
      throw CommandError(
        .wrongCall, "\(place): no rule's code starts with \"\(printable(code))\"; --list-rules lists them")
    }
    return codes
  }

  /// `PATH=DIR`, between white space; a relative DIR is taken from the directory of the settings file.
  private static func maps(_ text: String, at place: String) throws(CommandError) -> [String] {
    var maps: [String] = []
    for map in text.split(whereSeparator: \.isWhitespace).map(String.init) {
      guard let (path, named) = pathMapping(map) else {
        throw CommandError(
          .wrongCall,
          "\(place): \"\(printable(map))\" is not PATH=DIR; need an absolute PATH, such as /etc/postfix=.")
      }
      let home = FileReader.directory(of: String(place.prefix { $0 != ":" }))
      maps.append("\(path)=\(named.hasPrefix("/") ? named : named == "." ? home : "\(home)/\(named)")")
    }
    return maps
  }

  private static func severity(_ text: String, at place: String) throws(CommandError) -> Severity {
    guard let severity = Severity(rawValue: text) else {
      let known = Severity.allCases.map(\.rawValue).joined(separator: ", ")
      throw CommandError(
        .wrongCall, "\(place): \"\(printable(text))\" is not a severity; need one of \(known)")
    }
    return severity
  }
}
