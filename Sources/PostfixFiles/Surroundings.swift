// What this machine has around a configuration directory that a Postfix here really runs with: facts that no file of the
// directory says. Of a directory in a repository, or of another host, they are unknown.

public struct Surroundings: Sendable {
  /// Who owns a file, and who may write it.
  public struct Ownership: Hashable, Sendable {
    public let isOwnedByRoot: Bool
    /// Whether its group, or anybody, may write it.
    public let isWritableByOthers: Bool
    public let isLink: Bool
    /// Whether mail_owner, the user of the agent, may read it.
    public let isReadableByMailOwner: Bool

    public init(
      isOwnedByRoot: Bool = true, isWritableByOthers: Bool = false, isLink: Bool = false,
      isReadableByMailOwner: Bool = true
    ) {
      self.isReadableByMailOwner = isReadableByMailOwner
      self.isOwnedByRoot = isOwnedByRoot
      self.isWritableByOthers = isWritableByOthers
      self.isLink = isLink
    }
  }

  /// The numeric addresses of the machine's interfaces.
  public var addresses: Set<String>
  /// The states of the indices of the tables that need one, by the path of the source.
  public var indexes: [String: TableIndex.State]
  /// By path: main.cf, master.cf, the tables and the pool files.
  public var files: [String: Ownership]
  /// The queue manager's way to the agent, if the configuration uses the agent and no program listens there.
  public var desertedAgentSocket: String?

  public init(
    addresses: Set<String> = [], indexes: [String: TableIndex.State] = [:],
    files: [String: Ownership] = [:], desertedAgentSocket: String? = nil
  ) {
    self.addresses = addresses
    self.indexes = indexes
    self.files = files
    self.desertedAgentSocket = desertedAgentSocket
  }
}
