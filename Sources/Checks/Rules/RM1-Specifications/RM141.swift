// RM141: A SQLite table without proxy:

import PostfixFiles
import Routing

extension Rule {
  static let rm141 = Rule(
    "RM141", .warning, "A SQLite table without proxy:",
    why: """
      Each trivial-rewrite(8) then opens the database itself. If SQLite cannot open or lock one of its files,
      the program ends with a fatal error, and all mail waits, because all mail goes through it. In a chroot
      ("y" in the fifth field of master.cf) it cannot open the write-ahead log at all. With proxy:,
      proxymap(8) opens the database once, outside of the chroot.
      """,
    bad: Example(
      main: """
        transport_maps = «sqlite:/etc/postfix/pools.cf»

        """,
      settings: DatabaseExample.settings, surroundings: DatabaseExample.surroundings()),
    good: Example(
      main: """
        transport_maps = proxy:sqlite:/etc/postfix/pools.cf

        """,
      settings: DatabaseExample.settings, surroundings: DatabaseExample.surroundings()),
    check: .directory { subject in
      let isInChroot = subject.isRewriteInChroot
      return subject.databaseUses.filter { !$0.isProxied && !(isInChroot && $0.failsInChroot) }
        .compactMap { use in
          use.finding(
            "trivial-rewrite(8) opens this database itself, and ends if it cannot; need \"proxy:\(printable(use.spec.text.text))\""
          )
        }
    })
}
