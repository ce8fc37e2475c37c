// RM140: A SQLite table without proxy: in a chroot

import PostfixFiles
import Routing

extension Rule {
  static let rm140 = Rule(
    "RM140", .error, "A SQLite table without proxy: in a chroot",
    why: """
      trivial-rewrite(8) opens the table before it enters its chroot ("y" in the fifth field of master.cf,
      the default on Debian). SQLite opens the write-ahead log of the database later, at the first lookup.
      That file is not in the chroot, so trivial-rewrite ends with a fatal error at each lookup, and all mail
      waits. With proxy:, proxymap(8) reads the database outside of the chroot.
      """,
    bad: Example(
      main: """
        transport_maps = «sqlite:/etc/postfix/pools.cf»

        """,
      master: DatabaseExample.master, settings: DatabaseExample.settings,
      surroundings: DatabaseExample.surroundings()),
    good: Example(
      main: """
        transport_maps = proxy:sqlite:/etc/postfix/pools.cf

        """,
      master: DatabaseExample.master, settings: DatabaseExample.settings,
      surroundings: DatabaseExample.surroundings()),
    check: .directory { subject in
      guard subject.isRewriteInChroot else { return [] }
      return subject.databaseUses.filter(\.failsInChroot).compactMap { use in
        use.finding(
          "trivial-rewrite(8) runs in a chroot and cannot open the write-ahead log of \(printable(use.path)): "
            + "it ends at each lookup, and mail waits; need \"proxy:\(printable(use.spec.text.text))\"")
      }
    })
}

extension DatabaseUse {
  /// A database without such a log is one open file, which stays open.
  var failsInChroot: Bool { !isProxied && (file?.hasWriteAheadLog ?? (table != nil)) }
}

/// What the examples about databases have in common.
enum DatabaseExample {
  static let master = """
    smtp      inet  n       -       y       -       -       smtpd
    rewrite   unix  -       -       y       -       -       trivial-rewrite
    proxymap  unix  -       -       n       -       -       proxymap
    smtp      unix  -       -       y       -       -       smtp
    relay     unix  -       -       y       -       -       smtp
    error     unix  -       -       y       -       -       error
    retry     unix  -       -       y       -       -       error
    local     unix  -       n       n       -       -       local
    virtual   unix  -       n       n       -       -       virtual

    """

  static let settings = settings("SELECT destination FROM draw WHERE map = 'transport_maps' AND key = '%s'")

  static func settings(_ query: String) -> [String: String] {
    ["pools.cf": "dbpath = \(Example.database)\nquery = \(query)\n"]
  }

  /// This machine, with such a database on it.
  static func surroundings(
    _ file: Surroundings.DatabaseFile = Surroundings.DatabaseFile()
  ) -> Surroundings {
    Surroundings(databases: [Example.database: file])
  }

  static let rows = """
    member to_example to smtp:[gw1.example] weight 2
    member to_example to smtp:[gw2.example] weight 1
    route transport_maps example.com to to_example

    """
}
