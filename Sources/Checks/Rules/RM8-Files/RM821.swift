// RM821: Postfix may not use a database

import PostfixFiles
import Routing

extension Rule {
  static let rm821 = Rule(
    "RM821", .error, "Postfix may not use a database",
    why: """
      proxymap(8) and trivial-rewrite(8) run as mail_owner. Where that user cannot read the file, or the
      database has a write-ahead log and that user cannot make files beside it, the program that looks up
      a route ends with a fatal error, and mail waits. It may work as long as another program has the
      database open, because then the files are there. The directory must belong to mail_owner, as
      data_directory does.
      """,
    bad: Example(
      main: """
        transport_maps = proxy:«sqlite:/etc/postfix/pools.cf»

        """,
      settings: DatabaseExample.settings,
      surroundings: DatabaseExample.surroundings(
        Surroundings.DatabaseFile(isDirectoryWritableByMailOwner: false))),
    good: Example(
      main: """
        transport_maps = proxy:sqlite:/etc/postfix/pools.cf

        """,
      settings: DatabaseExample.settings, surroundings: DatabaseExample.surroundings()),
    check: .surrounded { subject, _ in
      let owner = printable(subject.parameters.text("mail_owner"))
      return subject.databaseFiles.compactMap { database in
        let path = printable(database.path)
        let file = database.file
        if !file.isReadableByMailOwner {
          let closed = file.closedDirectory.map(printable)
          return database.finding(
            "\(owner), the user of Postfix's programs, cannot read \(path)\(closed.map { ", as it may not enter \($0)" } ?? ""): "
              + "mail waits; need \"\(closed.map { "chmod o+x \($0)" } ?? "chown \(owner) \(path)")\"")
        }
        guard file.hasWriteAheadLog == true, !file.isDirectoryWritableByMailOwner else { return nil }
        return database.finding(
          "\(owner), the user of Postfix's programs, cannot make the files that SQLite needs beside \(path): mail waits; "
            + "need \"chown \(owner) \(printable(FileReader.directory(of: database.path)))\"")
      }
    })
}
