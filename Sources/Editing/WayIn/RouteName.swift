// A route that an edit names, and the setting that decides for its mail in its place.

import PostfixFiles
import Routing
import System

/// A route as a person names it.
struct RouteName {
  let key: String
  let table: String?

  var isParameter: Bool { table == nil && RoutingParameter(rawValue: key) != nil }

  /// Whether it is named by its mail.
  var isMail: Bool {
    guard table == nil, let scope = try? Scope(key) else { return false }
    if case .named = scope { return false }
    return true
  }

  /// Those that go by it.
  func parameters(in config: MailConfig) -> [RoutingParameter] {
    if table == nil, let parameter = RoutingParameter(rawValue: key) { return [parameter] }
    if let parameter = table.flatMap({ RoutingParameter(rawValue: $0) }) { return [parameter] }
    return sites(in: config).map(\.parameter)
  }

  /// Whether it has a value.
  func isThere(in config: MailConfig) -> Bool {
    if table == nil, let parameter = RoutingParameter(rawValue: key) { return config.main[parameter] != nil }
    return sites(in: config).contains { has(key, $0, config) }
  }

  /// Whether that is the setting of a step.
  func isPlace(of step: RouteStep, in config: MailConfig) -> Bool {
    // An option of the rewrite service has the same name.
    if table == nil, RoutingParameter(rawValue: key) != nil {
      return step.parameter == key && step.file != config.master?.document.path
    }
    guard let file = step.file, sites(in: config).contains(where: { $0.source == file }) else { return false }
    return config.files[file]?.document.flatMap { Table($0).first(key) }?.line.number == step.line
  }

  /// Whether a table that is meant has patterns in the place of keys.
  func isPattern(in config: MailConfig) -> Bool {
    sites(in: config).contains { $0.table?.spec.isPattern ?? false }
  }

  /// The tables that are meant.
  private func sites(in config: MailConfig) -> [Site] {
    config.tableSites.filter { site in
      guard let path = site.source else { return false }
      guard let table else { return has(key, site, config) }
      return config.isTable(path, named: table) || site.parameter.rawValue == table
    }
  }

  private func has(_ key: String, _ site: Site, _ config: MailConfig) -> Bool {
    site.source.flatMap { config.files[$0]?.document.flatMap { Table($0).first(key) } } != nil
  }
}

/// The setting that decides for a message, where a file has it.
struct DecidingSetting {
  let sample: RouteSample
  let answer: RouteAnswer
  /// The file, and the line where that is the same before an edit and after it: which of the two a person looks at is not known.
  private(set) var location: String

  init?(_ sample: RouteSample, _ answer: RouteAnswer) {
    guard answer.isComplete, let step = answer.deciding, let file = step.file else { return nil }
    (self.sample, self.answer) = (sample, answer)
    location = "\(file):\(step.line ?? 0)"
  }

  /// As it is found in the configuration on the other side of an edit too.
  func placed(alsoIn other: MailConfig, _ context: RouteContext) -> DecidingSetting {
    guard let step = answer.deciding, let file = step.file else { return self }
    let main = step.file == other.main.document.path ? other.main[step.parameter]?.line.number : nil
    let line =
      main ?? other.answer(to: sample, context).deciding.flatMap { $0.file == file ? $0.line : step.line }
    var placed = self
    if line != step.line { placed.location = file }
    return placed
  }

  /// What decides, and for what.
  var decides: String { saying("decides") }

  private func saying(_ verb: String) -> String {
    "\(answer.deciding?.parameter ?? "") (\(location)) \(verb) for \(sample.what), which goes to \(answer.words)"
  }

  /// What is so, and each way out for itself: these are calls to be copied.
  func words(_ edit: String, advice: [String]) -> [String] {
    let advice = advice.isEmpty ? ["edit \(location) first"] : advice
    return ["\(saying("decides first")): \(edit) changes nothing for it"] + advice
  }
}
