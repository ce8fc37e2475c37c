// What this machine has around a configuration directory that a Postfix here really runs with: facts that no file of the
// directory says. Of a directory in a repository, or of another host, they are unknown.

package struct Surroundings: Sendable {
  /// Who owns a file, and who may write it.
  package struct Ownership: Hashable, Sendable {
    package let isOwnedByRoot: Bool
    /// Whether its group, or anybody, may write it.
    package let isWritableByOthers: Bool
    package let isLink: Bool
    /// Whether mail_owner, the user of the agent, may read it.
    package let isReadableByMailOwner: Bool

    package init(
      isOwnedByRoot: Bool = true, isWritableByOthers: Bool = false, isLink: Bool = false,
      isReadableByMailOwner: Bool = true
    ) {
      self.isReadableByMailOwner = isReadableByMailOwner
      self.isOwnedByRoot = isOwnedByRoot
      self.isWritableByOthers = isWritableByOthers
      self.isLink = isLink
    }
  }

  /// The file of a SQLite database that Postfix is asked to read.
  package struct DatabaseFile: Hashable, Sendable {
    /// Whether readers and a writer do not wait for each other (journal_mode WAL); nil where that cannot be read.
    package let hasWriteAheadLog: Bool?
    package let isReadableByMailOwner: Bool
    /// The directory above it that mail_owner may not enter; nil where there is none.
    package let closedDirectory: String?
    /// Whether mail_owner may make files beside it.
    package let isDirectoryWritableByMailOwner: Bool
    /// Whether everybody may write it, or put another file in its place.
    package let isWritableByAll: Bool
    /// Whether the pools of this program are in it.
    package var holdsPools: Bool

    package init(
      hasWriteAheadLog: Bool? = true, isReadableByMailOwner: Bool = true,
      closedDirectory: String? = nil, isDirectoryWritableByMailOwner: Bool = true,
      isWritableByAll: Bool = false,
      holdsPools: Bool = true
    ) {
      self.closedDirectory = closedDirectory
      self.hasWriteAheadLog = hasWriteAheadLog
      self.isReadableByMailOwner = isReadableByMailOwner
      self.isDirectoryWritableByMailOwner = isDirectoryWritableByMailOwner
      self.isWritableByAll = isWritableByAll
      self.holdsPools = holdsPools
    }
  }

  /// The numeric addresses of the machine's interfaces.
  package var addresses: Set<String>
  /// The states of the indices of the tables that need one, by the path of the source.
  package var indexes: [String: TableIndex.State]
  /// By path: main.cf, master.cf, the tables and the pool files.
  package var files: [String: Ownership]
  /// Those of the tables of credentials, with their indexes, that everybody may read.
  package var publicFiles: Set<String> = []
  /// By path: those that tables of the parameters of routing ask.
  package var databases: [String: DatabaseFile] = [:]
  /// The queue manager's way to the agent, if the configuration uses the agent and no program listens there.
  package var desertedAgentSocket: String?
  /// Whether systemd(1) runs the agent for this directory by the unit of the package, which has a /tmp of its own.
  package var isAgentUnitEnabled: Bool

  package init(
    addresses: Set<String> = [], indexes: [String: TableIndex.State] = [:],
    files: [String: Ownership] = [:], publicFiles: Set<String> = [], databases: [String: DatabaseFile] = [:],
    desertedAgentSocket: String? = nil, isAgentUnitEnabled: Bool = false
  ) {
    self.isAgentUnitEnabled = isAgentUnitEnabled
    self.databases = databases
    self.publicFiles = publicFiles
    self.addresses = addresses
    self.indexes = indexes
    self.files = files
    self.desertedAgentSocket = desertedAgentSocket
  }
}
