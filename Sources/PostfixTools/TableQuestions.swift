// What routing asks of Postfix: tables that only it can read.

import PostfixFiles

extension PostfixTools {
  /// What `table` answers for `key`, as postmap(1) says it.
  public func answer(table: String, key: Bytes, configDirectory: String) -> TableAnswer {
    do throws(ToolError) {
      return try query(table: table, key: key.text, configDirectory: configDirectory).map { .found($0) }
        ?? .notFound
    } catch {
      switch error {
      case .failed(_, _, let words): return .failed(words)
      case .notInstalled, .cannotStart, .timedOut, .killed:
        return .unknown("\(printable(table)): \(error.description)")
      }
    }
  }
}
