// The configuration as the agent uses it: one snapshot, read completely or not at all.

import Gateways
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
  /// What the socketmap tables of the settings ask for: the names of their maps.
  private let lookupNames: Set<String>
  /// What it uses as pools, also by those tables.
  private let usedPools: UsedPools
  /// The transport(5) texts that it asks, also by those tables: absolute paths.
  private let usedTables: Set<String>
  /// The configuration directory without symbolic links, a slash at its end.
  private let realDirectory: String
  /// Every gateway that a pool names, in each way that it is reached.
  let targets: Set<Target>
  /// The members of the pools in each database that a table asks.
  let databases: [String: [StoredMember]]
  /// When the files of the configuration were last changed.
  let stamps: FileStamps
  let supportsNextHopLists: Bool
  /// The pool files that had nothing wrong when the configuration was read, and the texts of lookups.
  private(set) var goodPoolFiles: [Document] = []
  private(set) var goodTables: [Document] = []

  /// - Parameter previous: what the agent uses now, if it is running. Then a file that looks as if its writer had
  ///   been interrupted is not taken either.
  /// - Throws: what cannot be read, or is no configuration: all of it counts, or nothing.
  init(
    directory: String, environment: Environment, replacing previous: AgentSetup? = nil
  ) throws(FileError) {
    let (config, stamps) = try Self.read(directory, environment)
    try self.init(config, stamps, replacing: previous)
  }

  static func read(
    _ directory: String, _ environment: Environment
  ) throws(FileError) -> (config: MailConfig, stamps: FileStamps) {
    try MailConfig.reading(directory, environment: environment) { $0.tablePaths + $0.databaseFiles }
  }

  init(
    _ config: MailConfig, _ stamps: FileStamps, replacing previous: AgentSetup? = nil
  ) throws(FileError) {
    if let problem = config.masterProblem { throw problem }
    if let problem = config.main.problem { throw problem }
    if let previous { try config.check(replacing: previous.config) }
    for case .unreadable(let problem) in config.files.values where config.tablePaths.contains(problem.path) {
      throw problem
    }
    self.config = config.alone
    self.stamps = stamps
    queueDirectory = config.parameters.text("queue_directory")
    queueFiles = QueueFiles(config.parameters)
    let pools = config.pools()
    // Those that are not there yet included.
    namedFiles = Set(config.files.keys)
    lookupNames = Set(
      RoutingParameter.maps.flatMap { config.openTables($0) }.compactMap { Self.lookupName($0.text.text) })
    var used = config.usedPools()
    var lookups: Set<String> = []
    for subject in lookupNames.map({ LookupSource($0).subject }) {
      switch subject {
      case .table(let path): lookups.insert(config.absolute(path))
      case .poolFile(let path): used.use(path: path, in: config)
      case .parameter(let name): used.use(name: name, in: config)
      case .inline: break
      }
    }
    (usedPools, usedTables) = (used, lookups.union(config.tablePaths))
    realDirectory =
      FileReader.realPath(config.directory).map { $0.hasSuffix("/") ? $0 : $0 + "/" }
      ?? "\(config.directory)/"
    targets = config.targets(of: pools)
    databases = config.storedMembers(of: pools)
    supportsNextHopLists = config.environment.version >= .nextHopLists
    goodPoolFiles = used.files.compactMap {
      try? document($0, what: "pool file", limit: PoolStore.largestPoolFile)
    }
    .filter(config.isGoodPool)
    goodTables = lookups.compactMap { try? document($0, what: "table", limit: PoolStore.largestPoolFile) }
  }

  /// The real path of a pool file, if it may be read: it is named by the configuration or lies under its directory.
  func permittedPath(_ path: String) -> String? {
    guard let real = FileReader.realPath(config.absolute(path)) else { return nil }
    return namedFiles.contains(config.absolute(path)) || real.hasPrefix(realDirectory) ? real : nil
  }

  /// Whether the configuration itself uses this as a pool, or as a table of lookups. Beside those it names, and has in its
  /// directory, what only Postfix may read: passwords and keys are values, and lines of files.
  func uses(_ subject: LookupSource.Subject) -> Bool {
    switch subject {
    case .table(let path): usedTables.contains(config.absolute(path))
    case .poolFile(let path): usedPools.files.contains(config.absolute(path))
    case .parameter(let name): usedPools.names.contains(name) && config.parameters.isSet(name)
    case .inline: false
    }
  }

  /// Whether a socketmap of the configuration asks for exactly this.
  func namesLookup(_ name: String) -> Bool { lookupNames.contains(name) }

  /// The name of the map in `socketmap:unix:PATH:NAME` or `socketmap:inet:HOST:PORT:NAME`; nil in anything else.
  private static func lookupName(_ table: String) -> String? {
    guard table.hasPrefix("socketmap:") else { return nil }
    let address = table.dropFirst("socketmap:".count)
    let end: Substring.Index?
    if address.hasPrefix("unix:") {
      end = address.dropFirst("unix:".count).firstIndex(of: ":")
    } else if address.hasPrefix("inet:") {
      let host = address.dropFirst("inet:".count)
      let afterHost = host.hasPrefix("[") ? host.firstIndex(of: "]").map { host[$0...] } : host
      let port = afterHost?.firstIndex(of: ":").map { host[host.index(after: $0)...] }
      end = port?.firstIndex(of: ":")
    } else {
      return nil
    }
    return end.map { String(address[address.index(after: $0)...]) }
  }

  /// Whether a file that it was read from is no longer what it was.
  var isOutdated: Bool { stamps.areOutdated }

  /// The identity that it takes on: the user that Postfix's own daemons run as.
  var mailOwner: String {
    config.parameters.isSet("mail_owner") ? config.parameters.text("mail_owner") : "postfix"
  }
}

extension Document {
  /// Whether it may be only a part of the file: its last line has no end, and the text before had one, or begins with this one.
  func isCut(from before: Document) -> Bool {
    guard !endsItsLastLine else { return false }
    return before.endsItsLastLine || count < before.count && before.bytes.starts(with: bytes)
  }

  static let cutReason = "its last line has no end; is it cut?"
}

extension MailConfig {
  /// Whether every line of a pool file is a member that Postfix could deliver to.
  fileprivate func isGoodPool(_ document: Document) -> Bool {
    [ResultKind.destination, .nextHop].contains { kind in
      let text = PoolText(file: document, at: environment.clock())
      let pool = try? AgentPool(name: document.path, text: text, kind: kind, transport: nil, in: self)
      return pool?.wrong(in: self).isEmpty ?? false
    }
  }
}

extension MainCf {
  /// A line that makes Postfix's programs end; a line that they skip with a warning does not count.
  var problem: FileError? {
    problems.first { $0.problem != .startsWithSpace }.map {
      FileError(path: document.path, reason: "line \($0.line.number): \($0.problem.rawValue)")
    }
  }
}

extension MailConfig {
  /// Whether it may take the place of `previous` while Postfix and the agent run.
  fileprivate func check(replacing previous: MailConfig) throws(FileError) {
    func refuse(_ document: Document, _ reason: String) -> FileError {
      FileError(path: document.path, reason: reason)
    }
    if main.assignments.isEmpty, !previous.main.assignments.isEmpty {
      throw refuse(main.document, "it sets nothing any more; is it being written?")
    }
    if let master, let old = previous.master {
      if master.services.isEmpty, !old.services.isEmpty {
        throw refuse(master.document, "it has no service any more; is it being written?")
      }
      if !master.problems.isEmpty, old.problems.isEmpty {
        throw refuse(master.document, master.problems[0].problem.message)
      }
    }
    for (new, old) in [(main.document, previous.main.document)]
      + zip([master?.document].compactMap { $0 }, [previous.master?.document].compactMap { $0 })
    where new.isCut(from: old) {
      throw refuse(new, Document.cutReason)
    }
    let directories = (previous.parameters.text("queue_directory"), parameters.text("queue_directory"))
    guard directories.0 == directories.1 else {
      throw refuse(
        main.document,
        "queue_directory was \(printable(directories.0)) and is \(printable(directories.1)) now; restart the agent for that"
      )
    }
  }
}
