// A small configuration that shows a mistake, or the correct form. The examples of a rule are its tests, and they
// are on its page.

import Gateways
import PostfixFiles
import Routing

/// A complete small configuration. In a bad example `«` and `»` enclose what the finding points at.
package struct Example: Sendable {
  package let main: String
  /// Nil: the stock services.
  package let master: String?
  /// `/etc/postfix/transport`
  package let table: String?
  /// `/etc/postfix/pool`
  package let pool: String?
  /// Further files of the directory, by name.
  package let others: [String: String]
  /// Files of the directory with the settings of SQLite tables, by name.
  package let settings: [String: String]
  /// The rows, in words, of the pool database that they name.
  package let rows: String?
  /// Files of the directory that nothing names, by name.
  package let unnamed: [String: String]
  /// The configuration directory.
  let home: String
  let version: PostfixVersion
  /// For the rules that need states or readings.
  let known: KnownGateways
  /// For the rules that need the machine.
  let surroundings: Surroundings?
  /// Whether a journal of randmap is in the directory.
  let hasJournal: Bool
  /// The types of tables that this Postfix has; nil where they are unknown.
  let tableTypes: Set<String>?
  /// Other rules that hold for it too.
  let companions: [String]

  init(
    main: String = "", master: String? = nil, table: String? = nil, pool: String? = nil,
    others: [String: String] = [:], settings: [String: String] = [:], rows: String? = nil,
    unnamed: [String: String] = [:], version: PostfixVersion = .assumed,
    known: KnownGateways = [:], surroundings: Surroundings? = nil, hasJournal: Bool = false,
    tableTypes: Set<String>? = nil, companions: [String] = [], directory: String = Example.directory
  ) {
    home = directory
    self.settings = settings
    self.rows = rows
    self.unnamed = unnamed
    self.tableTypes = tableTypes
    self.main = main
    self.master = master
    self.table = table
    self.pool = pool
    self.others = others
    self.version = version
    self.known = known
    self.surroundings = surroundings
    self.hasJournal = hasJournal
    self.companions = companions
  }

  static let directory = "/etc/postfix"

  /// The pool database of the examples.
  package static let database = "/var/lib/postfix/randmap-pools.db"

  /// A table alone: main.cf names it.
  static func table(_ text: String, type: String = "hash", companions: [String] = []) -> Example {
    Example(
      main: "transport_maps = \(type):\(directory)/transport\n", table: text, companions: companions)
  }

  /// Its files with the marks: name and text, in the order in which people read them.
  package var files: [(name: String, text: String)] {
    [("main.cf", main), ("master.cf", master ?? ""), ("transport", table ?? ""), ("pool", pool ?? "")]
      .filter { !$0.1.isEmpty }
  }

  /// Its further files, in the order of their names.
  var otherFiles: [(name: String, text: String)] {
    (settings.sorted { $0.key < $1.key } + others.sorted { $0.key < $1.key }
      + unnamed.sorted { $0.key < $1.key }).map { ($0.key, $0.value) }
  }

  /// The configuration that it describes.
  package var config: MailConfig {
    var config = MailConfig(
      directory: home,
      environment: Environment(hostName: "mx1.example", version: version).askingTableTypes { [tableTypes] in
        tableTypes
      },
      main: Self.unmarked(main), master: Self.unmarked(master ?? Self.stockMaster),
      isCopy: home != Self.directory)
    for (name, text) in [("transport", table), ("pool", pool)] {
      let path = "\(home)/\(name)"
      if let text {
        config.files[path] = .read(Document(path: path, bytes: Self.bytes(text)))
      }
    }
    for (name, text) in settings {
      let path = "\(home)/\(name)"
      config.files[path] = .read(Document(path: path, bytes: Self.bytes(text)))
    }
    if let rows {
      config.files[Self.database] = .read(
        Document(path: Self.database, bytes: Self.bytes(rows), storage: .database))
    }
    for (name, text) in others {
      let path = "\(home)/\(name)"
      config.otherFiles[path] = .read(Document(path: path, bytes: Self.bytes(text)))
    }
    for (name, text) in unnamed {
      let path = "\(home)/\(name)"
      config.unnamedFiles[path] = Document(path: path, bytes: Self.bytes(text))
    }
    config.surroundings = surroundings
    if hasJournal { config.strayJournal = "\(Self.directory)/.randmap-journal" }
    for path in config.tablePaths where config.files[path] == nil {
      config.files[path] = .unreadable(
        FileError(path: path, reason: "No such file or directory", .missing))
    }
    for path in config.otherTables.compactMap(\.path) where config.otherFiles[path] == nil {
      config.otherFiles[path] = .unreadable(
        FileError(path: path, reason: "No such file or directory", .missing))
    }
    return config
  }

  /// What the marks enclose, by file and offsets; nil where nothing is marked.
  var marked: FileRange? {
    for (name, text) in files + otherFiles {
      guard let start = text.firstIndex(of: "«"), let end = text.firstIndex(of: "»") else { continue }
      let low = Self.bytes(String(text[..<start])).count
      let length = Self.bytes(String(text[text.index(after: start)..<end])).count
      return FileRange(file: "\(home)/\(name)", range: low..<low + length)
    }
    return nil
  }

  /// The text without its marks, U+FFFD in it being a byte that is not UTF-8.
  private static func bytes(_ text: String) -> Bytes {
    unmarked(text).unicodeScalars.flatMap { $0 == "\u{FFFD}" ? [0xFC] : Bytes(String($0).utf8) }
  }

  static func unmarked(_ text: String) -> String { String(text.filter { $0 != "«" && $0 != "»" }) }

  private static let stockMaster = """
    smtp      inet  n       -       y       -       -       smtpd
    smtp      unix  -       -       y       -       -       smtp
    relay     unix  -       -       y       -       -       smtp
    error     unix  -       -       y       -       -       error
    retry     unix  -       -       y       -       -       error
    discard   unix  -       -       y       -       -       discard
    local     unix  -       n       n       -       -       local
    virtual   unix  -       n       n       -       -       virtual
    lmtp      unix  -       -       y       -       -       lmtp

    """
}
