// How each kind of table is opened: its text read, its index looked at, or only its name kept for a question to postmap(1).

import PostfixFiles

extension OpenTables {
  /// The tables of a pipe or a union. One that cannot be opened fails only when its turn comes.
  func openParts(
    of argument: SourcedText, _ whole: SourcedText, for use: TableOpening, depth: Int,
    _ make: ([OpenTable]) -> OpenTable
  ) throws(ResolverError) -> OpenTable {
    let isClosed = argument.endOfBraces(at: 0) == argument.count
    let inside = 1..<max(1, argument.count - 1)
    let ranges = argument.itemRanges(in: inside, where: { $0.isListSeparator }, keepingBraces: true)
    let items = isClosed ? ranges.map { argument[$0] } : []
    guard !items.isEmpty, items.allSatisfy({ $0.bytes.contains(UInt8(ascii: ":")) }) else {
      return .unavailable("bad syntax: \"\(excerpt(whole.bytes))\"")
    }
    var parts: [OpenTable] = []
    for item in items { parts.append(try open(item, for: use, depth: depth + 1)) }
    return make(parts)
  }

  func open(_ spec: TableSpec, for use: TableOpening) throws(ResolverError) -> OpenTable {
    switch spec.content {
    case .draw(let items): return .random(items.map { Bytes(spec.argument.bytes[$0]) })
    case .entries: return .keyed(inlineEntries(spec.argument, for: use))
    case .constant(let value): return .constant(value.bytes)
    case .file(let path): return try open(spec, at: config.absolute(path), for: use)
    case .patterns(let argument):
      guard config.environment.version >= .inlinePatterns, let rules = PatternRules(inline: argument) else {
        return .unavailable("bad syntax: \"\(printable(spec.text.text))\"")
      }
      return open(rules, of: spec, named: spec.text.text, for: use)
    case .service: return openService(spec)
    // Opened part by part.
    case .pipe, .union, .proxied: return .unavailable(printable(spec.text.text))
    }
  }

  /// The entries of an inline table with their keys as written: only lookups that fold keys fold these.
  private func inlineEntries(_ argument: SourcedText, for use: TableOpening) -> [Bytes: Bytes] {
    var entries: [Bytes: Bytes] = [:]
    for range in argument.itemRanges(
      in: 1..<argument.count - 1, where: { $0.isListSeparator }, keepingBraces: true)
    {
      guard let (name, value) = try? argument[range].withoutBraces.splitQuotedNameValue() else { continue }
      entries[use.foldsKeys ? folding.fold(name.bytes) : name.bytes] = value.bytes
    }
    return entries
  }

  private func open(_ spec: TableSpec, at path: String, for use: TableOpening) throws(ResolverError)
    -> OpenTable
  {
    let name = "\(spec.text.text.prefix { $0 != ":" }):\(path)"
    let opening = Opening(table: name, use: use)
    if let known = files[opening] { return known }
    let table = try open(spec, at: path, named: name, for: use)
    files[opening] = table
    return table
  }

  private func open(
    _ spec: TableSpec, at path: String, named name: String, for use: TableOpening
  ) throws(ResolverError) -> OpenTable {
    let document: Document
    do throws(FileError) {
      document = try config.reading(path)
    } catch {
      // An index without its source text is as good to Postfix; one that is missing too need not be asked for.
      if error.kind == .elsewhere {
        let isFixed = if case .pattern = spec.type { false } else { true }
        return .unknown(
          "\(printable(name)) is not read: it is not a file of this configuration", isFixed: isFixed)
      }
      if case .indexed(let type) = spec.type {
        if error.isMissing, case .missing(let index) = TableIndex(type: type, source: path).state {
          return .missing(index)
        }
        return .asked(name, isFixed: true)
      }
      return try unreadable(spec, named: name, error)
    }
    switch spec.type {
    case .indexed(let type):
      switch document.isEdited ? .current : TableIndex(type: type, source: path).state {
      // postmap(1) folds the keys, whatever the table is opened for.
      case .current, .madeByPostmap: return .text(Table(document), folding)
      case .outdated where context.readsTexts, .missing where context.readsTexts:
        return .text(Table(document), folding)
      case .outdated: return .asked(name, isFixed: true)
      case .missing where context.isCopy: return .text(Table(document), folding)
      case .missing(let index): return .missing(index)
      }
    case .texthash:
      let table = Table(document)
      let folding = use.foldsKeys ? folding : .none
      if let twice = table.firstDuplicate(folding: folding) {
        let reason = "\(path), line \(twice.line.number): duplicate entry: \"\(printable(twice.key.text))\""
        places[reason] = (path, twice.line.number)
        return .unavailable(reason)
      }
      return .text(table, folding)
    default: return open(PatternRules(document), of: spec, named: name, for: use)
    }
  }

  /// A table that Postfix reads itself, and we cannot.
  private func unreadable(
    _ spec: TableSpec, named name: String, _ problem: FileError
  ) throws(ResolverError) -> OpenTable {
    let shown = printable(problem.path)
    switch (problem.kind, spec.type) {
    // They can be opened, but not be read: trivial-rewrite(8) ends, or takes the table for an empty one (measured on 3.7).
    case (.directory, .texthash): throw ResolverError(reason: "read \(shown): Is a directory")
    case (.directory, .pattern("cidr")):
      throw ResolverError(reason: "cidr map \(shown): read error: Is a directory")
    case (.directory, _), (.special, _):
      return .unknown("\(printable(name)): \(problem.reason)", isFixed: false)
    case (.missing, _), (.denied, _), (.other, _), (.elsewhere, _): return .unavailable(problem.message)
    }
  }

  private func open(
    _ rules: PatternRules, of spec: TableSpec, named name: String, for use: TableOpening
  ) -> OpenTable {
    switch spec.type {
    case .pattern("cidr"): return .cidr(CidrTable(rules))
    case .pattern("regexp"):
      do throws(RegularExpression.MatchError) {
        return .regexp(
          try RegexpTable(rules, allowsSubstitution: use.allowsSubstitution, memory: expressions),
          named: name)
      } catch {
        if error == .tooLarge { return .unknown(Self.tooLarge(name), isFixed: false) }
      }
    default: break
    }
    // postmap(1) would carry out the rules with a `$1` that trivial-rewrite(8) skips here.
    if !use.allowsSubstitution, rules.haveSubstitution {
      return .unknown("\(name) has rules with $1, which Postfix skips here", isFixed: false)
    }
    return .asked(name, isFixed: false)
  }

  static func tooLarge(_ table: String) -> String {
    "the rules of \(printable(table)) take too much memory to try them here; need fewer rules, or smaller repetitions such as {0,99}, and no ^, $ or \\b in what is repeated"
  }

  private func openService(_ spec: TableSpec) -> OpenTable {
    var config = config
    config.readDatabase(of: spec)
    if let table = config.databaseTable(spec), let document = config.files[table.database]?.document,
      let text = config.databaseText(table.database)
    {
      return .database(DatabaseAnswers(table, document, text, at: Int64(config.environment.clock())))
    }
    guard case .other(let type) = spec.type else { return .unavailable(printable(spec.text.text)) }
    switch type {
    case "fail": return .unavailable(printable(spec.text.text))
    case "socketmap", "tcp": return .asked(spec.text.text, isFixed: false)
    default: return .asked(spec.text.text, isFixed: true)
    }
  }
}

extension PatternRules {
  /// Whether there is a `$1` in a rule.
  fileprivate var haveSubstitution: Bool {
    lines.contains { line in
      line.indices.contains { at in
        guard line[at] == UInt8(ascii: "$"), at == 0 || line[at - 1] != UInt8(ascii: "$") else {
          return false
        }
        let rest = line[(at + 1)...].drop { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "(") }
        return rest.first?.isDigit ?? false
      }
    }
  }
}
