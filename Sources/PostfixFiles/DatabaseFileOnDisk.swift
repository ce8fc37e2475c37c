// Looking at the file of a SQLite database: who may do what with it. It is not opened here: to close it would take away the
// locks that this process has on it.

#if canImport(Glibc)
  import Glibc
#endif

extension Surroundings.DatabaseFile {
  /// Nil where no regular file is there: then there is nothing to say of it.
  ///
  /// - Parameter hasWriteAheadLog: asked only where there is a regular file.
  package init?(at path: String, mailOwner name: String, hasWriteAheadLog: (String) -> Bool?) {
    var file = stat()
    guard lstat(path, &file) == 0, file.st_mode & S_IFMT == S_IFREG else { return nil }
    let directory = FileReader.directory(of: path)
    var around = stat()
    guard stat(directory, &around) == 0 else { return nil }
    let mailOwner = MailOwnerRights(name)
    // In a sticky directory no user can replace the file of another.
    let isReplaceable = around.st_mode & S_IWOTH != 0 && around.st_mode & S_ISVTX == 0
    self.init(
      hasWriteAheadLog: hasWriteAheadLog(path), isReadableByMailOwner: mailOwner?.mayRead(path) ?? true,
      closedDirectory: FileReader.realPath(path).flatMap { mailOwner?.closedDirectory(above: $0) },
      isDirectoryWritableByMailOwner: mailOwner?.mayWrite(inDirectory: directory) ?? true,
      isWritableByAll: file.st_mode & S_IWOTH != 0 || isReplaceable, holdsPools: false)
  }
}
