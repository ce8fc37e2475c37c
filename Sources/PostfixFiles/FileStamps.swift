// Noticing that a configuration on disk is no longer what was read of it.

#if canImport(Glibc)
  import Glibc
#endif

/// What changes when a file is written or replaced. A symbolic link is looked at where it leads.
public struct FileStamp: Hashable, Sendable {
  private var inode: UInt = 0
  public private(set) var size = 0
  private var seconds = 0
  private var nanoseconds = 0

  /// Of the file at `path`; of one that is not there, a stamp that equals no other.
  public init(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    inode = UInt(status.st_ino)
    size = Int(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}

/// The stamps of some files at one time.
public struct FileStamps: Hashable, Sendable {
  private var stamps: [String: FileStamp] = [:]

  /// Of `paths`, as they are now.
  public init(of paths: some Sequence<String>) { add(paths) }

  /// Adds further files, as they are now; those that are known keep their stamps.
  public mutating func add(_ paths: some Sequence<String>) {
    for path in paths where stamps[path] == nil { stamps[path] = FileStamp(of: path) }
  }

  /// Whether one of the files is no longer what it was.
  public var areOutdated: Bool { stamps.contains { FileStamp(of: $0.key) != $0.value } }

  /// The same files as they are now.
  public var renewed: FileStamps { FileStamps(of: stamps.keys) }
}

extension MailConfig {
  /// Reads `directory` with the files that it names.
  ///
  /// - Returns: with the stamps that the files had before they were read, so that a change in between is seen as one:
  ///   of main.cf, master.cf and what `watching` adds of the files that they name.
  public static func reading(
    _ directory: String, environment: Environment, watching named: (MailConfig) -> [String]
  ) throws(FileProblem) -> (config: MailConfig, stamps: FileStamps) {
    var stamps = FileStamps(of: ["\(directory)/main.cf", "\(directory)/master.cf"])
    let read = try MailConfig(directory: directory, environment: environment)
    stamps.add(named(read))
    let config = read.readingFiles()
    stamps.add(named(config))
    return (config, stamps)
  }
}
