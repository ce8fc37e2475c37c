// The names in a list of domains, as far as they can be read here: mydestination, relay_domains and similar lists take
// names, `!` before names that do not belong to the list, files of names and tables (match_list.c).

import PostfixFiles
import Routing

struct DomainNames: Sendable {
  /// One name, with its place.
  struct Name: Sendable {
    /// In lower case.
    let text: String
    let place: SourcedText
    /// Whether it is in the list itself, or in a file of names; otherwise it is the key of a table.
    let isItem: Bool
  }

  let parameter: String
  /// Members, in order.
  private(set) var names: [Name] = []
  /// The names that items with `!` exclude, in lower case.
  private(set) var excepted: Set<String> = []
  /// Tables whose members are unknown: patterns, databases, files that cannot be read.
  private(set) var unknown: [SourcedText] = []
  private var files = ListedFiles()

  init(_ parameter: String, in config: MailConfig, _ parameters: Parameters) {
    self.parameter = parameter
    if let value = try? parameters.value(parameter) { add(value, isNegated: false, in: config) }
    guard !config.templates.isEmpty else { return }
    // What a template leaves open is some name.
    unknown += names.filter { config.isTemplateText($0.place) }.prefix(1).map(\.place)
    names.removeAll { config.isTemplateText($0.place) }
  }

  /// Whether `domain` is one of the names.
  func contains(_ domain: String) -> Bool { names.contains { $0.text == domain } }

  private mutating func add(_ text: SourcedText, isNegated: Bool, in config: MailConfig) {
    for item in text.listItems {
      if files.areTooMany { return }
      if item.bytes.first == UInt8(ascii: "#") { return }
      let marks = item.bytes.prefix { $0 == UInt8(ascii: "!") }.count
      let isNegated = isNegated != (marks % 2 == 1)
      let pattern = item[marks..<item.count]
      switch pattern.bytes.first {
      case nil: continue
      case UInt8(ascii: "/")?: add(fileAt: pattern, isNegated: isNegated, in: config)
      case let first? where first != UInt8(ascii: "[") && pattern.bytes.contains(UInt8(ascii: ":")):
        add(table: pattern, isNegated: isNegated, in: config)
      default: add(pattern.text, at: pattern, isItem: true, isNegated)
      }
    }
  }

  private mutating func add(_ name: String, at place: SourcedText, isItem: Bool, _ isNegated: Bool) {
    let name = name.lowercased()
    if isNegated {
      excepted.insert(name)
    } else if !excepted.contains(name) {
      names.append(Name(text: name, place: place, isItem: isItem))
    }
  }

  private mutating func add(fileAt path: SourcedText, isNegated: Bool, in config: MailConfig) {
    guard let document = config.otherFiles[config.absolute(path.text)]?.document, files.begin(path.text)
    else {
      unknown.append(path)
      return
    }
    defer { files.end(path.text) }
    guard files.read(path.text, document.count) else { return unknown.append(path) }
    for line in document.physicalLines(in: 0..<document.count)
    where document[line].first != UInt8(ascii: "#") {
      add(SourcedText(document, line), isNegated: isNegated, in: config)
    }
  }

  private mutating func add(table text: SourcedText, isNegated: Bool, in config: MailConfig) {
    guard let spec = try? TableSpec(text) else { return unknown.append(text) }
    add(spec.unproxied, isNegated: isNegated, in: config)
  }

  private mutating func add(_ spec: TableSpec, isNegated: Bool, in config: MailConfig) {
    switch spec.content {
    case .entries(let entries):
      for (key, _) in entries { add(key, at: spec.text, isItem: false, isNegated) }
    case .file(let path):
      guard let document = config.otherFiles[config.absolute(path)]?.document else {
        return unknown.append(spec.text)
      }
      if case .pattern = spec.type { return add(PatternRules(document), of: spec, isNegated) }
      // A key of a list of domains is a domain: other tables are named here too.
      for entry in Table(document).entries where !entry.key.bytes.contains(UInt8(ascii: "@")) {
        add(entry.key.text, at: entry.key, isItem: false, isNegated)
      }
    case .patterns(let argument):
      guard let rules = PatternRules(inline: argument) else { return unknown.append(spec.text) }
      add(rules, of: spec, isNegated)
    case .union(let parts): for part in parts { add(part.unproxied, isNegated: isNegated, in: config) }
    case .pipe(let stages):
      if let first = stages.first { add(first.unproxied, isNegated: isNegated, in: config) }
    case .draw, .constant, .service, .proxied: unknown.append(spec.text)
    }
  }

  private mutating func add(_ rules: PatternRules, of spec: TableSpec, _ isNegated: Bool) {
    for rule in rules.rules {
      if let name = PatternRules.onlyName(matchedBy: rule.bytes) {
        add(name, at: rule, isItem: false, isNegated)
      } else {
        unknown.append(spec.text)
      }
    }
  }
}

/// Names for a message: the first few, and how many more there are.
func listed(_ names: [String], most: Int = 8) -> String {
  let shown = names.prefix(most).map { "\"\(printable($0))\"" }
  let more = names.count - shown.count
  if more > 0 { return shown.joined(separator: ", ") + " and \(more) more" }
  guard let last = shown.last, shown.count > 1 else { return shown.first ?? "" }
  return shown.dropLast().joined(separator: ", ") + " and \(last)"
}
