// Opens the tables that a configuration names, each once, and looks keys up in them.

import PostfixFiles

/// Opens tables and looks keys up in them.
final class OpenTables {
  let config: MailConfig
  let context: RouteContext
  /// Whether smtputf8_enable is on.
  let isUnicode: Bool
  /// Whether daemon_table_open_error_is_fatal is on.
  private let isOpenErrorFatal: Bool
  /// What could not be evaluated.
  private(set) var unknown: [String] = []
  private var noted: Set<String> = []
  /// What was drawn.
  private(set) var drawn: [DrawnTable] = []
  /// The lines that make a table fail, by the reason that they are.
  var places: [String: (file: String, line: Int)] = [:]
  /// How long that took.
  var drawingTime = Duration.zero
  private var answers: [Question: TableAnswer] = [:]
  private var draws: [Question: Distribution<SearchAnswer>] = [:]
  private var index: EntryIndex
  /// What the `regexp:` tables share.
  let expressions = ExpressionMemory()
  private lazy var proxied = ProxiedTables(config)

  /// Each file is opened once: a list may name it hundreds of times.
  var files: [Opening: OpenTable] = [:]

  private struct Question: Hashable {
    let table: String
    let key: Bytes
  }

  struct Opening: Hashable {
    let table: String
    let use: TableOpening
  }

  init(
    config: MailConfig, context: RouteContext, isUnicode: Bool, isOpenErrorFatal: Bool = false,
    keepsKeys: Bool = false
  ) {
    index = EntryIndex(keepsKeys: keepsKeys)
    self.config = config
    self.context = context
    self.isUnicode = isUnicode
    self.isOpenErrorFatal = isOpenErrorFatal
  }

  /// A table that cannot be opened, for this reason.
  func failing(_ reason: String) throws(ResolverError) -> OpenTable {
    if isOpenErrorFatal { throw ResolverError(reason: reason) }
    return .unavailable(reason)
  }

  var folding: CaseFolding { isUnicode ? .unicode : .ascii }

  func note(unknown reason: String) {
    if noted.insert(reason).inserted { unknown.append(config.hidingSettings(in: reason)) }
  }

  func note(drawn table: DrawnTable) { drawn.append(table) }

  /// Ends with an address: forgets what was asked for it, and returns what could not be evaluated, and what was drawn.
  func finish() -> (unknown: [String], drawn: [DrawnTable]) {
    defer {
      unknown = []
      noted = []
      drawn = []
      drawingTime = .zero
      answers = [:]
      draws = [:]
      if !index.keepsKeys { index = EntryIndex() }
    }
    return (unknown, drawn)
  }

  /// The entry for `key` in a source text.
  func entry(for key: Bytes, in table: Table, _ folding: CaseFolding) -> TableEntry? {
    index.entry(for: key, in: table, folding: folding, isUnicode: isUnicode)
  }

  /// Opens `type:name` (dict_open.c).
  ///
  /// - Parameter depth: in how many tables it is.
  func open(_ text: SourcedText, for use: TableOpening, depth: Int = 0) throws(ResolverError) -> OpenTable {
    let table = try opened(text, for: use, depth: depth)
    if case .unavailable(let reason) = table { return try failing(reason) }
    return table
  }

  /// The types that nothing is asked for.
  private static let typesOfEvery: Set = [
    "texthash", "regexp", "cidr", "randmap", "inline", "pipemap", "unionmap", "static", "proxy", "fail",
  ]

  private func opened(_ text: SourcedText, for use: TableOpening, depth: Int) throws(ResolverError)
    -> OpenTable
  {
    guard depth <= TableSpec.maximumDepth else {
      return .unknown("tables nested deeper than \(TableSpec.maximumDepth) are not followed", isFixed: true)
    }
    let colon = text.bytes.firstPosition(in: 0..<text.count) { $0 == UInt8(ascii: ":") }
    guard colon > 0, colon + 1 < text.count else {
      throw ResolverError(reason: TableSpecError.missingType(text.text).message)
    }
    let type = TableType(text[0..<colon].text)
    let argument = text[colon + 1..<text.count]
    // Distributions have some types in packages of their own.
    let typeName = text[0..<colon].text
    if !Self.typesOfEvery.contains(typeName), let types = config.environment.tableTypes,
      !types.contains(typeName)
    {
      return .unavailable(
        "unsupported dictionary type: \(printable(typeName)) (this Postfix has no such tables: postconf -m)")
    }
    if type == .pipemap || type == .unionmap {
      return try openParts(of: argument, text, for: use, depth: depth) {
        type == .pipemap ? .pipe($0) : .union($0)
      }
    }
    if type == .proxy {
      guard proxied.contains(argument) else {
        throw ResolverError(
          reason: "proxymap service is not configured for table \"\(printable(argument.text))\"")
      }
      return try open(argument, for: use, depth: depth + 1)
    }
    let spec: TableSpec
    do throws(TableSpecError) { spec = try TableSpec(text) } catch {
      if case .tooManyEntries = error { return .unknown(error.message, isFixed: true) }
      return .unavailable(error.message)
    }
    return try open(spec, for: use)
  }

  /// Each question goes out once for an address: postmap(1) waits a second before it says that it cannot open a table.
  func ask(_ table: String, _ key: Bytes) -> TableAnswer {
    let question = Question(table: table, key: key)
    if let known = answers[question] { return known }
    let answer = context.ask(table, key)
    answers[question] = answer
    return answer
  }

  /// The same of a table that may answer at random; nil where there is nothing random about it.
  func drawn(_ table: String, _ key: Bytes) -> Distribution<SearchAnswer>? {
    let question = Question(table: table, key: key)
    if let known = draws[question] { return known }
    // Asked before: nothing was random.
    if answers[question] != nil { return nil }
    let answer = drawn(table, key, after: ask(table, key))
    draws[question] = answer
    return answer
  }
}
