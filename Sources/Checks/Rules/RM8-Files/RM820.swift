// RM820: A database is locked while a program writes it

import PostfixFiles
import Routing

extension Rule {
  static let rm820 = Rule(
    "RM820", .warning, "A database is locked while a program writes it",
    why: """
      A SQLite database without a write-ahead log (journal_mode WAL) is locked for readers while a program
      writes it. Postfix does not wait: proxymap(8), or trivial-rewrite(8) without proxy:, ends with
      "database is locked", and mail waits. `randmap convert --to database` makes its database with a
      write-ahead log; a copy by .dump, or "PRAGMA journal_mode = DELETE", loses that.
      """,
    bad: Example(
      main: """
        transport_maps = proxy:«sqlite:/etc/postfix/pools.cf»

        """,
      settings: DatabaseExample.settings,
      surroundings: DatabaseExample.surroundings(Surroundings.DatabaseFile(hasWriteAheadLog: false))),
    good: Example(
      main: """
        transport_maps = proxy:sqlite:/etc/postfix/pools.cf

        """,
      settings: DatabaseExample.settings, surroundings: DatabaseExample.surroundings()),
    check: .surrounded { subject, _ in
      subject.databaseFiles.filter { $0.file.hasWriteAheadLog == false }.compactMap { database in
        let path = printable(database.path)
        return database.finding(
          "\(path) has no write-ahead log: while a program writes it, Postfix's lookups end with \"database is locked\"; "
            + "need to run once: sqlite3 \(path) \"PRAGMA journal_mode = WAL\"")
      }
    })
}
