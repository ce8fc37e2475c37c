// The types of lookup tables that some Postfix has (`postconf -m`, 3.0 to 3.12).

import PostfixFiles

enum TableTypes {
  static let known: Set = [
    "btree", "cdb", "cidr", "dbm", "debug", "environ", "fail", "hash", "inline", "internal", "ldap", "lmdb",
    "memcache", "mongodb", "mysql", "netinfo", "nis", "nisplus", "pcre", "pgsql", "pipemap", "proxy",
    "randmap",
    "regexp", "sdbm", "socketmap", "sqlite", "static", "tcp", "texthash", "unionmap", "unix",
  ]

  /// Those that every Postfix from 3.0 on has.
  static let everywhere: Set = [
    "cidr", "environ", "fail", "inline", "internal", "memcache", "pipemap", "proxy", "randmap", "regexp",
    "socketmap",
    "static", "tcp", "texthash", "unionmap", "unix",
  ]

  /// The parameters beside those of routing that are lists of tables.
  static let lists = OtherTableParameter.lists
}
