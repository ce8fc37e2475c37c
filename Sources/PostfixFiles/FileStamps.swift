// Noticing that a configuration on disk is no longer what was read of it.

#if canImport(Glibc)
  import Glibc
#endif

/// What changes when a file is written or replaced: cheap to look at, and it outlives a restart.
package struct FileStamp: Hashable, Codable, Sendable {
  package let inode: UInt64
  package let size: Int
  package let seconds: Int
  package let nanoseconds: Int

  package init(_ status: stat) {
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }

  /// Of the file at `path`, symbolic links followed; nil if it does not exist.
  package static func ofFile(_ path: String) -> FileStamp? {
    var status = stat()
    return stat(path, &status) == 0 ? FileStamp(status) : nil
  }

  /// Of the name itself, symbolic links not followed; nil if it does not exist.
  package static func ofName(_ path: String) -> FileStamp? {
    var status = stat()
    return lstat(path, &status) == 0 ? FileStamp(status) : nil
  }
}

/// The stamps of some files at one time.
package struct FileStamps: Hashable, Sendable {
  /// Nil for a file that was not there.
  private var stamps: [String: FileStamp?] = [:]

  /// Of `paths`, as they are now.
  package init(of paths: some Sequence<String>) { add(paths) }

  /// Adds further files, as they are now; those that are known keep their stamps.
  package mutating func add(_ paths: some Sequence<String>) {
    for path in paths where !stamps.keys.contains(path) { stamps.updateValue(.ofFile(path), forKey: path) }
  }

  /// Whether one of the files is no longer what it was.
  package var areOutdated: Bool { stamps.contains { FileStamp.ofFile($0.key) != $0.value } }

  /// The same files as they are now.
  package var renewed: FileStamps { FileStamps(of: stamps.keys) }
}

extension MailConfig {
  /// Whether all files are the same in both.
  package func hasSameTexts(as other: MailConfig) -> Bool {
    main.document.bytes == other.main.document.bytes
      && master?.document.bytes == other.master?.document.bytes
      && files.mapValues { $0.document?.bytes } == other.files.mapValues { $0.document?.bytes }
  }

  /// The files that are not what they were in `other`.
  package func changedPaths(since other: MailConfig) -> [String] {
    let own = files.keys + [main.document.path] + [master?.document.path].compactMap(\.self)
    return Set(own).union(other.files.keys).filter { document($0)?.bytes != other.document($0)?.bytes }
      .sorted()
  }
}
