// Looking at the machine around a configuration directory.

#if canImport(Glibc)
  import Glibc
#endif

extension Surroundings {
  /// What this machine has around `config`; nil where no Postfix here runs with it.
  ///
  /// It does where the directory is Postfix's own, `/etc/postfix`, or where the process is alive that `pid/master.pid` in
  /// its `queue_directory` names.
  public init?(around config: MailConfig) {
    guard Self.isInUse(config) else { return nil }
    self.init(addresses: Set(interfaceAddresses()))
    for table in RoutingParameter.maps.flatMap({ config.openTables($0) }) {
      guard case .indexed(let type) = table.type, case .file(let path) = table.content else { continue }
      let source = config.absolute(path)
      indexes[source] = TableIndex(type: type, source: source).state
    }
    let own = [config.main.document.path, config.master?.document.path].compactMap { $0 }
    for path in own + config.files.keys { files[path] = Self.ownership(of: path) }
    desertedAgentSocket = Self.desertedAgentSocket(of: config)
  }

  /// That of an agent that does not run; nil where one does, none is in use, or we may not look.
  public static func desertedAgentSocket(of config: MailConfig) -> String? {
    guard config.usesAgent else { return nil }
    let path = "\(config.parameters.text("queue_directory"))/private/randmap"
    return FileReader.isDeserted(path) ? path : nil
  }

  private static func isInUse(_ config: MailConfig) -> Bool {
    guard let real = FileReader.realPath(config.directory) else { return false }
    return real == FileReader.realPath("/etc/postfix") || isRunning(config.parameters.text("queue_directory"))
  }

  /// Whether the process that `pid/master.pid` names is alive.
  private static func isRunning(_ queueDirectory: String) -> Bool {
    guard let bytes = try? FileReader.read("\(queueDirectory)/pid/master.pid"),
      let pid = pid_t(bytes.text.filter { !$0.isWhitespace }), pid > 0
    else { return false }
    return kill(pid, 0) == 0 || errno == EPERM
  }

  private static func ownership(of path: String) -> Ownership? {
    var link = stat()
    var file = stat()
    guard lstat(path, &link) == 0, stat(path, &file) == 0 else { return nil }
    return Ownership(
      isOwnedByRoot: file.st_uid == 0, isWritableByOthers: file.st_mode & (S_IWGRP | S_IWOTH) != 0,
      isLink: link.st_mode & S_IFMT == S_IFLNK)
  }
}
