// A lookup table as a daemon of Postfix has it open: one that cannot be opened stays in its place, and each lookup in
// it fails.

import PostfixFiles

/// What a table is opened for.
struct TableOpening: Hashable {
  /// Whether keys are folded to lower case before a lookup; lists of domains fold the domain themselves, and leave
  /// the keys of texthash and inline tables as they are.
  let foldsKeys: Bool
  /// Whether `$1` may be in the results of patterns.
  let allowsSubstitution: Bool

  static let routing = TableOpening(foldsKeys: true, allowsSubstitution: false)
  static let relocated = TableOpening(foldsKeys: true, allowsSubstitution: true)
  static let domains = TableOpening(foldsKeys: false, allowsSubstitution: true)
}

indirect enum OpenTable {
  /// `randmap:` one of the results at random, whatever the key.
  case random([Bytes])
  /// `inline:`
  case keyed([Bytes: Bytes])
  /// `static:`
  case constant(Bytes)
  /// The source text of an indexed table, or a texthash.
  case text(Table, CaseFolding)
  case regexp(RegexpTable, named: String)
  case cidr(CidrTable)
  case pipe([OpenTable])
  case union([OpenTable])
  /// A pool database.
  case database(DatabaseAnswers)
  /// To be asked from Postfix, by this specification.
  case asked(String, isFixed: Bool)
  /// Neither to be read nor to be asked; the reason.
  case unknown(String, isFixed: Bool)
  /// Every lookup fails, for this reason.
  case unavailable(String)

  /// An indexed table without its index.
  static func missing(_ index: String) -> Self {
    .unavailable("open database \(index): No such file or directory")
  }

  /// Whether it is asked for parts of an address (DICT_FLAG_FIXED). A pipe or a union follows its first table.
  var isFixed: Bool {
    switch self {
    case .keyed, .constant, .text, .database: true
    case .random, .regexp, .cidr, .unavailable: false
    case .pipe(let stages), .union(let stages): stages.first?.isFixed ?? false
    case .asked(_, let isFixed), .unknown(_, let isFixed): isFixed
    }
  }

  /// Whether it answers every key alike.
  var ignoresKey: Bool {
    switch self {
    case .random, .constant: true
    default: false
    }
  }

  /// The line that answers `key`, as far as it is in the source text of a table.
  func place(of key: Bytes, in tables: OpenTables) -> (file: String, line: Int)? {
    switch self {
    case .text(let table, let folding):
      let key = tables.folding.fold(key)
      return tables.entry(for: key, in: table, folding)
        .map { (table.document.path, $0.line.number) }
    case .pipe(let stages): return stages.first?.place(of: key, in: tables)
    case .database(let answers): return answers.place(of: tables.folding.fold(key))
    default: return nil
    }
  }
}

/// trivial-rewrite(8) ends with this message.
struct ResolverError: Error {
  let reason: String
}
