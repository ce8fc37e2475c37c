// A lookup-table specification, `type:name`, as Postfix's dict_open() parses it
// (measured with postmap -q).

/// What a table type means to routing.
package enum TableType: Hashable, Sendable {
  /// Built by postmap(1) from a source text: `hash`, `btree`, `lmdb`, `cdb`, `dbm`, `sdbm`.
  case indexed(String)
  case texthash
  /// Patterns, in a file or in-line: `regexp`, `pcre`, `cidr`.
  case pattern(String)
  case randmap, inline, pipemap, unionmap, `static`, proxy
  /// Asked over a socket or a database client: `socketmap`, `tcp`, `ldap`, `mysql`...; and unknown names.
  case other(String)

  package init(_ name: String) {
    switch name {
    case "hash", "btree", "lmdb", "cdb", "dbm", "sdbm": self = .indexed(name)
    case "regexp", "pcre", "cidr": self = .pattern(name)
    case "texthash": self = .texthash
    case "randmap": self = .randmap
    case "inline": self = .inline
    case "pipemap": self = .pipemap
    case "unionmap": self = .unionmap
    case "static": self = .static
    case "proxy": self = .proxy
    default: self = .other(name)
    }
  }
}

extension TableType {
  /// The types that a server, a database or a program is asked for (postconf -m).
  private static let asked: Set = [
    "environ", "fail", "ldap", "memcache", "mongodb", "mysql", "nis", "nisplus", "pgsql", "socketmap",
    "sqlite",
    "tcp", "unix",
  ]

  /// Whether some Postfix has this type.
  package var isPostfixs: Bool { if case .other(let name) = self { Self.asked.contains(name) } else { true } }
}

/// Why a table is not followed. Where Postfix cannot open it, every lookup in it is a temporary error.
package enum TableSpecError: Error, Hashable, Sendable {
  /// No `type:`: fatal for the daemon that opens it.
  case missingType(String)
  case badSyntax(String, need: String)
  case emptyName(String)
  /// Postfix opens it, and randmap does not: it has more entries than anybody writes into a setting.
  case tooManyEntries(String)

  /// In Postfix's words, where it has any.
  package var message: String {
    switch self {
    case .tooManyEntries(let text):
      "\"\(printable(text))...\" has more than \(TableSpec.mostEntries) entries, and is not followed; need a table in a file of its own"
    case .missingType(let text):
      "open dictionary: expecting \"type:name\" form instead of \"\(printable(text))\""
    case .badSyntax(let text, let need): "bad syntax: \"\(printable(text))\"; need \"\(need)\""
    case .emptyName(let text): "no table name in \"\(printable(text))\""
    }
  }
}

/// One table of a list such as `transport_maps`.
package struct TableSpec: Sendable {
  package let text: SourcedText
  package let type: TableType
  /// The part after `type:`.
  package let argument: SourcedText
  package let content: Content

  package indirect enum Content: Sendable {
    /// `randmap:{...}`: one of these parts of the argument at random.
    case draw([Range<Int>])
    /// `inline:{key=value, ...}`; of several equal keys the last wins.
    case entries([(key: String, value: SourcedText)])
    /// `pipemap:{...}`: each table looks up the result of the one before.
    case pipe([TableSpec])
    /// `unionmap:{...}`: the results of all, joined with a comma.
    case union([TableSpec])
    /// `static:value`: answers every key with the value.
    case constant(SourcedText)
    /// A source text: keys and values, or patterns.
    case file(path: String)
    /// Patterns in braces.
    case patterns(SourcedText)
    /// `proxy:type:name`: the same table, read by proxymap(8).
    case proxied(TableSpec)
    /// Not to be read here: its server must be asked.
    case service
  }

  package init(_ text: SourcedText) throws(TableSpecError) {
    // Looked at once, here: each level below would go over the rest again.
    var depth = 0
    for byte in text.bytes {
      if byte == .openBrace { depth += 1 } else if byte == .closeBrace { depth -= 1 }
      guard depth <= Self.maximumDepth else { throw Self.tooDeep(text) }
    }
    try self.init(text, depth: 0)
  }

  /// Tables in tables: no more than a stack can take. Postfix has no such limit, and no one a use for it.
  package static let maximumDepth = 50

  /// Entries in one `inline:`, which are each a place of a report. A table in a file may have any number.
  package static let mostEntries = 100_000

  private static func tooDeep(_ text: SourcedText) -> TableSpecError {
    .badSyntax(
      "\(text[0..<min(text.count, 20)].text)...", need: "tables nested no deeper than \(maximumDepth)")
  }

  private init(_ text: SourcedText, depth: Int) throws(TableSpecError) {
    guard depth <= Self.maximumDepth else { throw Self.tooDeep(text) }
    let colon = text.bytes.firstPosition(in: 0..<text.count) { $0 == .colon }
    guard colon < text.count, colon > 0 else { throw .missingType(text.text) }
    let typeName = text[0..<colon].text
    let argument = text[colon + 1..<text.count]
    guard !argument.isEmpty else { throw .missingType(text.text) }
    self.text = text
    self.argument = argument
    type = TableType(typeName)
    func inBraces(_ need: String) throws(TableSpecError) -> Range<Int> {
      guard argument.endOfBraces(at: 0) == argument.count else {
        throw .badSyntax(text.text, need: "\(typeName):{\(need)...}")
      }
      return 1..<argument.count - 1
    }
    switch type {
    case .randmap:
      let inside = try inBraces("value")
      let items = argument.itemRanges(in: inside, where: { $0.isListSeparator }, keepingBraces: true)
      guard !items.isEmpty else { throw .badSyntax(text.text, need: "randmap:{value...}") }
      content = .draw(items)
    case .inline:
      let inside = try inBraces("name=value")
      content = .entries(try Self.entries(of: argument, inside: inside, whole: text))
    case .pipemap, .unionmap:
      let inside = try inBraces("type:name")
      var stages: [TableSpec] = []
      for range in argument.itemRanges(in: inside, where: { $0.isListSeparator }, keepingBraces: true) {
        stages.append(try TableSpec(argument[range], depth: depth + 1))
      }
      guard !stages.isEmpty else { throw .badSyntax(text.text, need: "\(typeName):{type:name...}") }
      content = type == .pipemap ? .pipe(stages) : .union(stages)
    case .static:
      guard argument.isClosed else { throw .badSyntax(text.text, need: "static:{value}") }
      content = .constant(argument.withoutBraces)
    case .proxy: content = .proxied(try TableSpec(argument, depth: depth + 1))
    case .pattern where argument.bytes.first == .openBrace: content = .patterns(argument)
    case .indexed, .texthash, .pattern: content = .file(path: argument.text)
    case .other: content = .service
    }
  }

  private static func entries(
    of argument: SourcedText, inside: Range<Int>, whole: SourcedText
  ) throws(TableSpecError) -> [(key: String, value: SourcedText)] {
    var entries: [(String, SourcedText)] = []
    let ranges = argument.itemRanges(in: inside, where: { $0.isListSeparator }, keepingBraces: true)
    guard ranges.count <= mostEntries else { throw .tooManyEntries(whole[0..<min(whole.count, 20)].text) }
    for range in ranges {
      guard argument[range].isClosed else { throw .badSyntax(whole.text, need: "inline:{name=value...}") }
      do throws(AssignmentError) {
        let (name, value) = try argument[range].withoutBraces.splitQuotedNameValue()
        entries.append((name.text.lowercased(), value))
      } catch {
        throw .badSyntax(whole.text, need: "inline:{name=value...}")
      }
    }
    guard !entries.isEmpty else { throw .badSyntax(whole.text, need: "inline:{name=value...}") }
    return entries
  }

  /// Whether it is asked for parts of an address (the domain, parent domains), and not only for the whole address
  /// and `*`. A pipe or a union follows its first table.
  package var takesPartialKeys: Bool {
    switch content {
    case .entries, .constant: true
    case .draw, .patterns, .service: false
    case .file: if case .pattern = type { false } else { true }
    case .pipe(let stages), .union(let stages): stages.first?.takesPartialKeys ?? false
    case .proxied(let table): table.takesPartialKeys
    }
  }

  /// It and all the tables in it.
  package var flattened: [TableSpec] {
    switch content {
    case .pipe(let stages), .union(let stages): [self] + stages.flatMap(\.flattened)
    case .proxied(let table): [self] + table.flattened
    default: [self]
    }
  }
}
