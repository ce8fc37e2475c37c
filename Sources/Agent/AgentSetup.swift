// The configuration as the agent goes by it: one snapshot, read all or nothing.

import Glibc
import PostfixFiles
import Routing

/// What the agent takes from a configuration directory. A value: the next one takes its place whole.
struct AgentSetup: Sendable {
  let config: MailConfig
  let queueDirectory: String
  let queueFiles: QueueFiles
  /// The files that a setting or a table names.
  private let namedFiles: Set<String>
  /// The socketmap tables that a setting names, as they are written.
  private let socketmaps: [String]
  /// The configuration directory without symbolic links, a slash at its end.
  private let realDirectory: String
  /// Every gateway that a pool names, in each way that it is reached.
  let targets: Set<Target>
  /// When the files of the configuration were last changed.
  let stamps: FileStamps
  let supportsNextHopLists: Bool

  /// - Throws: what cannot be read; a part of a configuration is none.
  init(directory: String, environment: Environment) throws(FileProblem) {
    let (config, stamps) = try MailConfig.reading(directory, environment: environment) { $0.tablePaths }
    if let problem = config.masterProblem { throw problem }
    for case .unreadable(let problem) in config.files.values where config.tablePaths.contains(problem.path) {
      throw problem
    }
    self.config = config
    self.stamps = stamps
    queueDirectory = config.parameters.text("queue_directory")
    queueFiles = QueueFiles(config.parameters)
    let pools = config.pools()
    // Those that are not there yet included.
    namedFiles = Set(config.files.keys)
    socketmaps = RoutingParameter.maps.flatMap { config.openTables($0) }.map(\.text.text)
      .filter { $0.hasPrefix("socketmap:") }
    realDirectory =
      FileReader.realPath(directory).map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? "\(directory)/"
    targets = config.targets(of: pools)
    supportsNextHopLists = config.environment.version >= .nextHopLists
  }

  /// The real path of a pool file, if it may be read: it is named by the configuration or lies under its directory.
  func permittedPath(_ path: String) -> String? {
    guard let real = FileReader.realPath(config.absolute(path)) else { return nil }
    return namedFiles.contains(config.absolute(path)) || real.hasPrefix(realDirectory) ? real : nil
  }

  /// Whether the configuration names this file as a pool or as a table of lookups. Beside those there are files in its
  /// directory that nobody but Postfix may read: the password of a database is in one.
  func names(_ path: String) -> Bool {
    namedFiles.contains(config.absolute(path))
      || socketmaps.contains { $0.hasSuffix("=\(path)") || $0.hasSuffix(":\(path)") }
  }

  /// Whether a file that it was read from is no longer what it was.
  var isOutdated: Bool { stamps.areOutdated }

  /// The identity that it takes on: the user that Postfix's own daemons run as.
  var mailOwner: String {
    config.parameters.isSet("mail_owner") ? config.parameters.text("mail_owner") : "postfix"
  }
}
