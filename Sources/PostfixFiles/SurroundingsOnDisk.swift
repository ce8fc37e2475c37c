// Looking at the machine around a configuration directory.

import System

#if canImport(Glibc)
  import CLinux
  import Glibc
#endif

extension Surroundings {
  /// What this machine has around `config`; nil where no Postfix here runs with it.
  ///
  /// It does where the directory is Postfix's own, `/etc/postfix`, or where the process that `pid/master.pid` in its
  /// `queue_directory` names is alive and was started with this directory.
  package init?(around config: MailConfig) {
    guard Self.isInUse(config.directory, queueDirectory: config.parameters.text("queue_directory")) else {
      return nil
    }
    self.init(addresses: Set(interfaceAddresses()))
    for table in RoutingParameter.maps.flatMap({ config.openTables($0) }) {
      guard case .indexed(let type) = table.type, case .file(let path) = table.content else { continue }
      let source = config.absolute(path)
      indexes[source] = TableIndex(type: type, source: source).state
    }
    for table in config.otherTables {
      guard case .indexed(let type)? = table.type, let source = table.path else { continue }
      let index = TableIndex(type: type, source: source)
      indexes[source] = table.indexMaker == .postalias ? index.stateOfAliases : index.state
    }
    publicFiles = Set(
      config.otherTables.filter { $0.purpose == .credentials }.flatMap(\.files).filter(Self.isReadableByAll))
    let own = [config.directory, config.main.document.path, config.master?.document.path].compactMap { $0 }
    let mailOwner = MailOwnerRights(config.parameters.text("mail_owner"))
    let tables = Array(config.files.keys) + config.otherTables.compactMap(\.path)
    for path in own + config.files.keys + Set(tables.map { FileReader.directory(of: $0) }) {
      files[path] = Self.ownership(of: path, mailOwner)
    }
    desertedAgentSocket = Self.desertedAgentSocket(of: config)
    isAgentUnitEnabled = Self.isAgentUnitEnabled(for: config.directory)
  }

  private static func isAgentUnitEnabled(for directory: String) -> Bool {
    guard FileReader.realPath(directory) == FileReader.realPath(MailConfig.standardDirectory) else {
      return false
    }
    return ["/etc", "/run"].contains {
      access("\($0)/systemd/system/multi-user.target.wants/randmap-agent.service", F_OK) == 0
    }
  }

  /// That of an agent that does not run; nil where one does, none is in use, or we may not look.
  package static func desertedAgentSocket(of config: MailConfig) -> String? {
    agentSocket(of: config).flatMap { LocalSocket.isDeserted($0) ? $0 : nil }
  }

  /// Where the queue manager hands mail to the agent; nil where none is in use.
  static func agentSocket(of config: MailConfig) -> String? {
    config.usesAgent ? "\(config.parameters.text("queue_directory"))/private/randmap" : nil
  }

  static func isInUse(_ directory: String, queueDirectory: String) -> Bool {
    guard let real = FileReader.realPath(directory) else { return false }
    if real == FileReader.realPath(MailConfig.standardDirectory) { return true }
    return RunningMaster(ofQueue: queueDirectory) != nil
      && MailConfig.otherOwner(ofQueue: queueDirectory, than: directory) == nil
  }

  /// Whether a file may be read, and all directories above it be entered, by users that nothing says more of.
  private static func isReadableByAll(_ path: String) -> Bool {
    guard let real = FileReader.realPath(path) else { return false }
    func may(_ bit: mode_t, _ path: String) -> Bool {
      var status = stat()
      return stat(path, &status) == 0 && status.st_mode & bit != 0
    }
    var directory = FileReader.directory(of: real)
    while may(S_IXOTH, directory) {
      if directory == "/" { return may(S_IROTH, real) }
      directory = FileReader.directory(of: directory)
    }
    return false
  }

  private static func ownership(of path: String, _ mailOwner: MailOwnerRights?) -> Ownership? {
    var link = stat()
    var file = stat()
    guard lstat(path, &link) == 0, stat(path, &file) == 0 else { return nil }
    return Ownership(
      isOwnedByRoot: file.st_uid == 0,
      // In a directory such as /tmp, users cannot replace the files of others.
      isWritableByOthers: file.st_mode & (S_IWGRP | S_IWOTH) != 0
        && !(file.st_mode & S_IFMT == S_IFDIR && file.st_mode & S_ISVTX != 0),
      isLink: link.st_mode & S_IFMT == S_IFLNK, isReadableByMailOwner: mailOwner?.mayRead(path) ?? true)
  }
}

extension MailConfig {
  /// With what is known now of the agent: one may have ended, or started, since the files were read.
  ///
  /// - Parameter isGone: whether it is known to have ended: its sockets close one after the other, so that one may still answer.
  package func withAgentOfNow(isGone: Bool) -> MailConfig {
    let socket =
      surroundings == nil
      ? nil : isGone ? Surroundings.agentSocket(of: self) : Surroundings.desertedAgentSocket(of: self)
    guard surroundings?.desertedAgentSocket != socket else { return self }
    var config = self
    config.surroundings?.desertedAgentSocket = socket
    return config
  }
}

/// The user that Postfix's daemons and the agent run as, with the groups.
package struct MailOwnerRights {
  private let user: uid_t
  private let groups: Set<gid_t>

  /// Nil where there is no such user.
  package init?(_ name: String) {
    guard let entry = getpwnam(name) else { return nil }
    user = entry.pointee.pw_uid
    var count: Int32 = 64
    var list = [gid_t](repeating: 0, count: Int(count))
    guard getgrouplist(name, entry.pointee.pw_gid, &list, &count) >= 0 else { return nil }
    groups = Set(list.prefix(Int(count)))
  }

  /// Whether the modes of a file and of the directories above it let this user read it. Where a list of access rights
  /// says more than they do, it is taken for granted.
  func mayRead(_ path: String) -> Bool {
    guard let real = FileReader.realPath(path) else { return true }
    return closedDirectory(above: real) == nil && may(S_IROTH, real)
  }

  /// The lowest directory above a real path that this user may not enter.
  package func closedDirectory(above real: String) -> String? {
    var directory = real[...]
    while let slash = directory.lastIndex(of: "/") {
      directory = directory[..<slash]
      let path = directory.isEmpty ? "/" : String(directory)
      if !may(S_IXOTH, path) { return path }
    }
    return nil
  }

  /// Whether it may make files in a directory.
  package func mayWrite(inDirectory path: String) -> Bool {
    guard let real = FileReader.realPath(path) else { return true }
    return may(S_IWOTH, real) && may(S_IXOTH, real)
  }

  /// - Parameter bit: the bit for others.
  private func may(_ bit: mode_t, _ path: String) -> Bool {
    var status = stat()
    // What we may not look at ourselves, we know nothing of.
    guard user != 0, stat(path, &status) == 0, getxattr(path, "system.posix_acl_access", nil, 0) <= 0 else {
      return true
    }
    if status.st_uid == user { return status.st_mode & (bit << 6) != 0 }
    if groups.contains(status.st_gid) { return status.st_mode & (bit << 3) != 0 }
    return status.st_mode & bit != 0
  }
}
