// What routing asks of Postfix: tables that only it can read.

import Glibc
import PostfixFiles

extension PostfixCommands {
  /// What `table` answers for `key`, as postmap(1) says it.
  ///
  /// - Parameter queueDirectory: The working directory of Postfix's programs, which `unix:private/name` starts from; this
  ///   user may have no access to it.
  package func answer(
    table: String, key: Bytes, configDirectory: String, queueDirectory: String? = nil
  ) -> TableAnswer {
    // A key is an argument of the command.
    guard key.isUTF8, !key.contains(0) else {
      return .unknown("\(printable(table)) cannot be asked for a key that is not UTF-8")
    }
    guard Self.isSafe(table) || ownPath(of: configDirectory) != nil else {
      return .unknown(
        "\(printable(table)): its server is asked only for a configuration that this machine's Postfix uses"
      )
    }
    do throws(ToolError) {
      let directory = queueDirectory.flatMap { access($0, X_OK) == 0 ? $0 : nil }
      return try query(table: table, key: key.text, configDirectory: configDirectory, in: directory)
        .map { .found($0) } ?? .notFound
    } catch {
      switch error {
      case .failed(_, _, let words): return .failed(words)
      case .notInstalled, .cannotStart, .timedOut, .killed, .notOwn:
        return .unknown("\(printable(table)): \(error.description)")
      }
    }
  }
  /// Whether a lookup does no more than read a file: every other type reaches servers, and `sqlite:` carries out statements
  /// that may write files.
  private static func isSafe(_ table: String) -> Bool {
    switch TableType(String(table.prefix { $0 != ":" })) {
    case .indexed, .texthash, .pattern, .inline, .static: true
    case .randmap, .pipemap, .unionmap, .proxy, .other: false
    }
  }
}
