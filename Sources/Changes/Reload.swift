// When a running Postfix notices a change. Measured on 3.7; `postfix reload` is what makes it read
// everything again.

/// How a running Postfix comes to see a change.
public enum Uptake: Hashable, Sendable {
  /// By itself: the daemons look every ten seconds and start afresh.
  case byItself
  /// At once: the table is asked anew with each lookup.
  case atOnce
  /// Only after `postfix reload`.
  case afterReload

  /// What a table of this type needs after a change of its file, when the file was replaced by a rename, as
  /// every write of ours does. Daemons read `texthash`, `regexp` and the like once, when they start; a table
  /// within another (`pipemap:{...}`) needs what its parts need. An unknown type is taken for the worst case.
  public static func ofTable(type: String) -> Uptake {
    switch type {
    case "hash", "btree", "lmdb", "cdb", "dbm", "sdbm": .byItself
    case "socketmap", "tcp", "ldap", "mysql", "pgsql", "sqlite", "memcache", "nis", "nisplus", "unix": .atOnce
    default: .afterReload
    }
  }

  /// main.cf, and everything that stands in it: in-line pools, `inline:`, `static:`.
  public static let ofMainConfiguration = Uptake.afterReload
  /// master.cf: master(8) reads it when it starts and on reload.
  public static let ofMasterConfiguration = Uptake.afterReload
}
