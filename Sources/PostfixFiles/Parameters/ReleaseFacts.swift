// What differs between releases of Postfix, each with the release in which it began. The parameters that a release brought
// have it beside them in the tables of this directory (`b@3.10`), since there their order counts too. `make oracle
// RELEASE=3.10` compares all of it with that release.

extension PostfixVersion {
  /// randmap, pipemap, unionmap and inline tables.
  package static let randomTables = PostfixVersion(3, 0)
  /// Next-hop lists, and a relayhost with several values.
  package static let nextHopLists = PostfixVersion(3, 5)
  /// Addresses in the log have quotes where they need them, if info_log_address_format does not say otherwise.
  package static let quotedAddressesInLog = PostfixVersion(3, 5)
  /// known_tcp_ports.
  package static let knownPorts = PostfixVersion(3, 6)
  /// A delivery agent greets with the name of its protocol, before that with a status of 0.
  package static let protocolGreeting = PostfixVersion(3, 6)
  /// Patterns in braces in place of a file.
  package static let inlinePatterns = PostfixVersion(3, 7)
  /// use_srv_lookup.
  package static let serviceRecords = PostfixVersion(3, 8)
  /// The file of a domain list has logical lines, as tables have them; before that each line is one (match_list.c).
  package static let logicalListFiles = PostfixVersion(3, 8)
  /// A kept connection that is found dead leaves its port to the next host of the list (smtp_reuse.c,
  /// smtp_session.c: of the iterator only the destination is restored; so until 3.12 at least).
  package static let portOfDeadSession = PostfixVersion(3, 8)
  /// The log names the right port of a session that was kept open.
  package static let portOfKeptSession = PostfixVersion(3, 12)
}

/// A built-in default that a release changed.
struct ChangedDefault: Sendable {
  let name: String
  let since: PostfixVersion
  /// What it was before that; the tables have what it is now.
  let before: String

  static let all = [
    ChangedDefault(
      name: "smtp_tls_dane_insecure_mx_policy", since: PostfixVersion(3, 10),
      before: "${{$smtp_tls_security_level} == {dane} ? {dane} : {may}}")
  ]
}

extension ParameterDefinition {
  /// Whether a release has the parameter.
  func isKnown(in version: PostfixVersion) -> Bool { since.map { version >= $0 } ?? true }

  /// The built-in default of a release, `$names` not expanded.
  package func standard(in version: PostfixVersion) -> String {
    ChangedDefault.all.first { $0.name == name && version < $0.since }?.before ?? standard
  }
}
