// The index that postmap(1) makes of a table's source text, and postalias(1) of an aliases file: the file that Postfix
// really reads.

#if canImport(Glibc)
  import Glibc
#endif

package struct TableIndex: Sendable {
  package enum State: Hashable, Sendable {
    /// Not older than the source: Postfix reads the contents of the source.
    case current
    /// The source was changed after it: Postfix goes on with what the source was.
    case outdated
    /// The index is missing, and the table is unavailable.
    case missing(path: String)
    /// postmap(1) made it of an aliases file: each key ends with the colon that is after it in the text.
    case madeByPostmap
  }

  /// The program that makes it.
  package enum Maker: String, Hashable, Sendable {
    case postmap
    /// Of aliases files; newaliases(1) calls it for those of alias_database.
    case postalias
    /// With the contents of the files that the values name: of tls_server_sni_maps.
    case postmapWithFiles = "postmap -F"
  }

  package let path: String
  private let source: String

  /// - Parameter type: `hash`, `lmdb`...
  package init(type: String, source: String) {
    self.source = source
    let ending =
      switch type {
      case "lmdb": "lmdb"
      case "cdb": "cdb"
      case "dbm", "sdbm": "pag"
      default: "db"
      }
    path = "\(source).\(ending)"
  }

  package var state: State {
    guard let index = Self.changeTime(path) else { return .missing(path: path) }
    guard let text = Self.changeTime(source) else { return .current }
    return index < text ? .outdated : .current
  }

  /// The same of an aliases file, whose index postmap(1) makes without a failure, and in which no alias is found then.
  package var stateOfAliases: State {
    let state = state
    guard state == .current, hasKeysWithColons else { return state }
    return .madeByPostmap
  }

  /// Whether the first keys of the source are in the index together with their colons.
  private var hasKeysWithColons: Bool {
    guard [source, path].allSatisfy({ (FileReader.size(of: $0) ?? .max) <= Self.largestAliases }),
      let text = try? FileReader.read(source), let bytes = try? FileReader.read(path)
    else { return false }
    let table = Table(Document(path: source, bytes: text))
    let keys = Array(
      table.document.lines.lazy.compactMap { try? table.entry($0).key.text.lowercased() }
        .filter { $0.hasSuffix(":") && !$0.hasPrefix("\"") }.prefix(10))
    let index = Document(path: path, bytes: bytes)
    func has(_ word: String) -> Bool { !index.positions(of: word).isEmpty }
    // LMDB keeps what was in it before, unused: there the keys must be missing without their colons too.
    let isPostaliases = path.hasSuffix(".lmdb") && keys.allSatisfy { has($0.dropLast() + "\0") }
    return !keys.isEmpty && keys.allSatisfy(has) && !isPostaliases
  }

  private static let largestAliases = 8 << 20

  /// Seconds and nanoseconds as one duration.
  private static func changeTime(_ path: String) -> Duration? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return .seconds(status.st_mtim.tv_sec) + .nanoseconds(status.st_mtim.tv_nsec)
  }
}
