// The types of lookup tables that some Postfix has (`postconf -m`, 3.0 to 3.12).

enum TableTypes {
  static let known: Set = [
    "btree", "cdb", "cidr", "dbm", "debug", "environ", "fail", "hash", "inline", "internal", "ldap", "lmdb",
    "memcache", "mongodb", "mysql", "netinfo", "nis", "nisplus", "pcre", "pgsql", "pipemap", "proxy",
    "randmap",
    "regexp", "sdbm", "socketmap", "sqlite", "static", "tcp", "texthash", "unionmap", "unix",
  ]
}
