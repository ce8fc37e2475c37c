// Why a pool database cannot be read or written, each with what to do about it.

import Glibc

package enum StoreError: Error, Hashable, Sendable {
  /// There is no file.
  case missing(String)
  /// We may not read it, or not write it.
  case denied(String, isWrite: Bool)
  /// Root uses it with the rights of this user, the owner of its directory, who may not.
  case notForOwner(String, owner: String)
  /// It is no regular file, and not opened: to open a FIFO would wait for its other end.
  case notAFile(String)
  /// It is no SQLite file, or one with another program's tables only.
  case notADatabase(String)
  case noPools(String)
  /// SQLite cannot read its pages.
  case corrupt(String, reason: String)
  /// A newer randmap made it.
  case newer(String, version: Int)
  /// Another program has held its lock for the whole time that we wait.
  case locked(String)
  /// SQLite makes two files beside a database, and cannot here.
  case directoryNotWritable(String)
  /// The log of a copy, without the file that says what in it is in force.
  case logOfACopy(String)
  /// A rollback journal lies beside it: SQLite would change the database by it, and remove the file that it names.
  case journal(String)
  /// Another user may put names where root would write.
  case foreignPlace(String, place: String, reason: String)
  /// Triggers, views and the like that randmap did not make.
  case foreignParts(String, [String])
  /// To read it would not end, or needs more memory than its size explains.
  case endless(String)
  /// A row that the tables of randmap do not allow: made in another way.
  case badRow(String, row: String, need: String)
  /// Rows that were read are no longer so.
  case changed(String)
  /// Anything else, in SQLite's words.
  case sqlite(String, reason: String)

  package var path: String {
    switch self {
    case .missing(let path), .denied(let path, _), .notForOwner(let path, _), .notAFile(let path),
      .notADatabase(let path), .noPools(let path), .corrupt(let path, _), .newer(let path, _),
      .locked(let path), .directoryNotWritable(let path),
      .logOfACopy(let path), .journal(let path), .foreignPlace(let path, _, _), .foreignParts(let path, _),
      .endless(let path),
      .badRow(let path, _, _), .changed(let path), .sqlite(let path, _):
      path
    }
  }

  /// What is wrong and what is needed, without the path.
  package var reason: String {
    switch self {
    case .missing: "No such file or directory"
    case .denied(_, let isWrite):
      isWrite
        ? "this user may not write it: run randmap as root or as the owner of its directory"
        : "Permission denied"
    case .notForOwner(let path, let owner):
      "\(owner), who owns its directory and reads it for Postfix, may not read and write it: chown \(owner) \(path)*"
    case .notAFile: "is no regular file: need the database itself, and no link to it"
    case .notADatabase: "is no SQLite database: need one that \"randmap convert --to database\" has made"
    case .noPools: "has no pools of randmap: need a database that \"randmap convert --to database\" has made"
    case .corrupt(_, let reason): "is damaged (\(reason)): bring it back from a backup, or make it anew"
    case .newer(_, let version):
      "was made by a newer randmap (schema \(version), this one knows \(Schema.version)): update randmap"
    case .locked:
      "another program holds its lock, or writes it all the time: try again when that has ended"
    case .logOfACopy(let path):
      "\(path)-wal is there and \(path)-shm is not, as after a copy of single files: need a copy made by "
        + "sqlite3 DATABASE \".backup COPY\""
    case .journal(let path):
      "\(path)-journal is there, and neither randmap nor Postfix makes it. With it, SQLite would change the database; "
        + "remove it, or take the database from a backup"
    case .foreignPlace(_, let place, let reason):
      "root does not write there, because of \(place): \(reason); need a directory that only one user may write"
    case .foreignParts(let path, let parts):
      "has \(parts.joined(separator: ", ")), which randmap did not make. Postfix may get other answers than the rows say: "
        + (Self.dropping(parts).map { "take that out, with sqlite3 \(path) '\($0)', or " } ?? "")
        + "need a database that \"randmap convert --to database\" has made, or one from a backup"
    case .endless:
      "reading it takes too long, or too much memory, for its size: need a database that randmap has made"
    case .directoryNotWritable(let path):
      "its directory is not writable for its owner: SQLite needs to make \(path)-wal beside it"
    case .badRow(_, let row, let need): "\(row): need \(need)"
    case .changed: "changed since it was read"
    case .sqlite(_, let reason): reason
    }
  }

  /// What takes them out; nil where that leaves no database of pools: a table or a view is needed, with its right text.
  private static func dropping(_ parts: [String]) -> String? {
    let drops = parts.map { part -> String? in
      let words = part.split(separator: " ")
      guard words.count == 3, ["trigger", "index"].contains(words[1]),
        words[2].utf8.allSatisfy({ $0 == UInt8(ascii: "_") || isalnum(Int32($0)) != 0 })
      else { return nil }
      return "DROP \(words[1].uppercased()) \(words[2])"
    }
    return drops.contains(nil) ? nil : drops.compactMap(\.self).joined(separator: "; ")
  }

  package var message: String { "\(path): \(reason)" }

  /// Of a look at `path` that ended with this errno.
  static func notSeen(_ path: String, _ number: Int32) -> StoreError {
    number == EACCES ? .denied(path, isWrite: false) : .missing(path)
  }
}
