// Looking at the file of a SQLite database without SQLite: what its head says, and who may do what with it. Nothing is locked
// or written, and whatever lies there is not waited for.

#if canImport(Glibc)
  import Glibc
#endif

extension Surroundings.DatabaseFile {
  /// Nil where no regular file is there: then there is nothing to say of it.
  package init?(at path: String, mailOwner name: String) {
    var file = stat()
    guard lstat(path, &file) == 0, file.st_mode & S_IFMT == S_IFREG else { return nil }
    let directory = FileReader.directory(of: path)
    var around = stat()
    guard stat(directory, &around) == 0 else { return nil }
    let mailOwner = MailOwner(name)
    // In a sticky directory nobody replaces the file of another user.
    let isReplaceable = around.st_mode & S_IWOTH != 0 && around.st_mode & S_ISVTX == 0
    self.init(
      hasWriteAheadLog: Self.hasWriteAheadLog(path), isReadableByMailOwner: mailOwner?.mayRead(path) ?? true,
      isDirectoryWritableByMailOwner: mailOwner?.mayWrite(inDirectory: directory) ?? true,
      isWritableByAll: file.st_mode & S_IWOTH != 0 || isReplaceable, holdsPools: false)
  }

  /// The bytes 18 and 19 of a SQLite database are 2 where it has a write-ahead log, and otherwise 1.
  private static func hasWriteAheadLog(_ path: String) -> Bool? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var head = [UInt8](repeating: 0, count: 20)
    guard pread(file, &head, head.count, 0) == head.count, head.starts(with: "SQLite format 3\0".utf8),
      head[18] == head[19]
    else { return nil }
    return head[18] == 2 ? true : head[18] == 1 ? false : nil
  }
}
