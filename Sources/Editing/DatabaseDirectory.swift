// The directory of a database. SQLite makes files beside it, and a daemon of Postfix that cannot ends with a fatal error.

import Glibc
import PostfixFiles
import Routing

extension MailConfig {
  /// Why no database is to be made there, with what to do; nil where one can.
  func problem(withNewDatabaseAt path: String) -> String? {
    let directory = FileReader.directory(of: path)
    let name = parameters.text("mail_owner")
    var status = stat()
    guard stat(directory, &status) == 0 else {
      return "\(directory) does not exist: make it, with install -d -o \(name) -m 700 \(directory)"
    }
    guard let owner = getpwnam(name)?.pointee.pw_uid else { return nil }
    let real = FileReader.realPath(directory)
    if let closed = real.flatMap({ MailOwnerRights(name)?.closedDirectory(above: $0) }) {
      return
        "\(name), the user of Postfix's programs, may not enter \(closed), which is above the database: need another directory, with --database"
    }
    if status.st_uid != owner {
      return
        "\(directory) does not belong to \(name), and SQLite makes files there: chown \(name) \(directory), or another directory with --database"
    }
    return nil
  }

  /// Why Postfix cannot use the database that is there; nil where it can.
  private func problem(withDatabaseAt path: String) -> String? {
    let directory = FileReader.directory(of: path)
    let name = parameters.text("mail_owner")
    guard let user = MailOwnerRights(name), let real = FileReader.realPath(path) else { return nil }
    if let closed = user.closedDirectory(above: real) {
      return "\(name), the user of Postfix's programs, may not enter \(closed): chmod o+x \(closed)"
    }
    if user.mayWrite(inDirectory: directory) { return nil }
    var status = stat()
    let isOwn = stat(directory, &status) == 0 && status.st_uid == getpwnam(name)?.pointee.pw_uid
    return
      "\(name), the user of Postfix's programs, cannot make the files that SQLite needs in \(directory): \(isOwn ? "chmod u+rwx" : "chown \(name)") \(directory)"
  }

  /// The same for each database whose rows an edit has changed: the mail waits there, whatever the rows say.
  func notes(onDirectoriesOf edited: MailConfig) -> [String] {
    edited.editedDocuments.filter { $0.storage == .database && !$0.isNew }.compactMap {
      edited.problem(withDatabaseAt: $0.path).map { "mail waits: \($0)" }
    }
  }
}
