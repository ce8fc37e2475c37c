// When a running Postfix notices a change. Measured on 3.7; `postfix reload` is what makes it read
// everything again.

import PostfixFiles

/// How a running Postfix comes to see a change.
package enum Uptake: Hashable, Sendable {
  /// By itself: the daemons look every ten seconds and start afresh.
  case byItself
  /// At once: each lookup reads the table.
  case atOnce
  /// Only after `postfix reload`.
  case afterReload

  /// What a table of this type needs after a change of its file, when the file was replaced by a rename, as
  /// every write of ours does. Daemons read `texthash`, `regexp` and the like once, when they start; so is whatever
  /// is in main.cf itself. An unknown type is taken for the worst case.
  package static func ofTable(_ type: TableType) -> Uptake {
    switch type {
    case .indexed: .byItself
    case .other(let name) where servers.contains(name): .atOnce
    default: .afterReload
    }
  }

  private static let servers: Set<String> = [
    "socketmap", "tcp", "ldap", "mysql", "pgsql", "sqlite", "memcache", "nis", "nisplus", "unix",
  ]
}
