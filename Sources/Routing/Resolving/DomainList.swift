// A list that decides an address class: mydestination, relay_domains, virtual_alias_domains... with names, tables,
// files of names and `!` (match_list.c).

import PostfixFiles

/// Whether a domain is in a list.
enum Membership: Hashable {
  case yes, no
  case failed(String)
}

struct DomainList {
  /// How an entry matches a subdomain.
  enum Style {
    /// Not at all.
    case exact
    /// `.example.com` matches the subdomains of example.com.
    case dotted
    /// `example.com` does.
    case parent
  }

  let parameter: String
  private let style: Style
  private var entries: [Entry] = []
  private var files = ListedFiles()

  private struct Entry {
    /// Whether a match means that the domain is not in the list.
    var isNegated: Bool
    var content: Content
    enum Content {
      case name(Bytes)
      case table(OpenTable)
    }
  }

  init(
    _ parameter: String, _ text: SourcedText, style: Style, config: MailConfig, tables: OpenTables
  ) throws(ResolverError) {
    self.parameter = parameter
    self.style = style
    try add(text, isNegated: false, config: config, tables: tables)
  }

  private mutating func add(
    _ text: SourcedText, isNegated: Bool, config: MailConfig, tables: OpenTables
  ) throws(ResolverError) {
    for item in text.listItems {
      if files.areTooMany { return }
      // The rest of the line is taken for a comment, with a warning.
      if item.bytes.first == UInt8(ascii: "#") { return }
      let marks = item.bytes.prefix { $0 == UInt8(ascii: "!") }.count
      let isNegated = isNegated != (marks % 2 == 1)
      let pattern = item[marks..<item.count]
      guard let first = pattern.bytes.first else {
        throw ResolverError(reason: "\(parameter): no pattern after '!'")
      }
      if first == UInt8(ascii: "/") {
        try add(fileAt: pattern.text, isNegated: isNegated, config: config, tables: tables)
      } else if first != UInt8(ascii: "["), pattern.bytes.contains(UInt8(ascii: ":")) {
        let table = try tables.open(pattern, for: .domains)
        entries.append(Entry(isNegated: isNegated, content: .table(table)))
      } else {
        entries.append(Entry(isNegated: isNegated, content: .name(tables.folding.fold(pattern.bytes))))
      }
    }
  }

  /// A file's lines take its place; one that cannot be read fails when its turn comes.
  private mutating func add(
    fileAt path: String, isNegated: Bool, config: MailConfig, tables: OpenTables
  ) throws(ResolverError) {
    guard files.begin(path) else { return addTooMany(path) }
    defer { files.end(path) }
    let document: Document
    do throws(FileError) {
      document = try config.reading(path)
    } catch {
      let shown = printable(path)
      switch error.kind {
      // Opened, but not read: trivial-rewrite(8) ends (measured on 3.7).
      case .directory:
        throw ResolverError(reason: "read file \(shown): Is a directory")
      case .special, .elsewhere:
        let reason = "\(parameter): \(shown) \(error.reason)"
        entries.append(Entry(isNegated: false, content: .table(.unknown(reason, isFixed: false))))
        return
      case .missing, .denied, .other: break
      }
      entries.append(Entry(isNegated: isNegated, content: .table(try tables.failing(error.message))))
      return
    }
    guard files.read(path, document.count) else { return addTooMany(path) }
    if config.environment.version >= .logicalListFiles {
      for line in document.lines where line.kind != .orphan {
        try add(SourcedText(line, of: document), isNegated: isNegated, config: config, tables: tables)
      }
      return
    }
    for line in document.physicalLines(in: 0..<document.count)
    where document[line].first != UInt8(ascii: "#") {
      try add(SourcedText(document, line), isNegated: isNegated, config: config, tables: tables)
    }
  }

  private mutating func addTooMany(_ path: String) {
    let reason = "\(parameter): \(printable(path)) is in a circle of files, or in too many of them"
    entries.append(Entry(isNegated: false, content: .table(.unknown(reason, isFixed: false))))
  }

  /// Whether `domain` is in it: the first entry that matches decides.
  func contains(_ domain: Bytes, tables: OpenTables) -> Distribution<Membership> {
    let name = tables.folding.fold(domain)
    // Nil: no entry has matched yet.
    let decided: Distribution<Membership?> = entries.reduce(Distribution(nil)) { results, entry in
      results.flatMap { result in
        guard result == nil else { return Distribution(result) }
        return matches(name, entry, tables).map { match in
          switch match {
          case .yes: entry.isNegated ? .no : .yes
          case .no: nil
          case .failed: match
          }
        }
      }
    }
    return decided.map { $0 ?? .no }
  }

  private func matches(_ name: Bytes, _ entry: Entry, _ tables: OpenTables) -> Distribution<Membership> {
    switch entry.content {
    case .name(let pattern): return Distribution(matches(name, pattern) ? .yes : .no)
    case .table(let table):
      let keys = style == .exact || !table.isFixed ? [name] : nameAndParents(name)
      return keys.reduce(Distribution(.no)) { results, key in
        results.flatMap { result in
          guard result == .no else { return Distribution(result) }
          return tables.look(up: key, in: table, for: .domains).map { answer in
            switch answer {
            case .found: .yes
            case .notFound: .no
            case .failed(let reason): .failed(reason)
            }
          }
        }
      }
    }
  }

  private func matches(_ name: Bytes, _ pattern: Bytes) -> Bool {
    if name == pattern { return true }
    guard name.count > pattern.count else { return false }
    switch style {
    case .exact: return false
    case .dotted: return pattern.first == UInt8(ascii: ".") && name.suffix(pattern.count) == pattern[...]
    case .parent: return name.suffix(pattern.count + 1) == ([UInt8(ascii: ".")] + pattern)[...]
    }
  }

  private func nameAndParents(_ name: Bytes) -> [Bytes] {
    name.isEmpty ? [] : [name] + parents(of: name, dotted: style == .dotted)
  }
}

/// The parent domains of a name, nearest first, each with its dot in front or without it.
func parents(of name: Bytes, dotted: Bool) -> [Bytes] {
  var found: [Bytes] = []
  var rest = name[...]
  while let dot = rest.dropFirst().firstIndex(of: UInt8(ascii: ".")) {
    rest = dotted ? rest[dot...] : rest[(dot + 1)...]
    if rest.isEmpty { break }
    found.append(Bytes(rest))
  }
  return found
}
