// The index that postmap(1) makes of a table's source text: the file that Postfix really reads.

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

  /// Seconds and nanoseconds as one duration.
  private static func changeTime(_ path: String) -> Duration? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return .seconds(status.st_mtim.tv_sec) + .nanoseconds(status.st_mtim.tv_nsec)
  }
}
