// The settings of trivial-rewrite(8), with all its tables open: it opens them when it starts, and ends where it
// cannot.

import PostfixFiles

/// Everything that main.cf and master.cf say to the resolver.
struct ResolverSettings {
  let config: MailConfig
  let parameters: Parameters
  /// The service in master.cf whose overrides are in force.
  let service: Service?
  let tables: OpenTables

  let localDomains: DomainList
  let virtualAliasDomains: DomainList
  let virtualMailboxDomains: DomainList
  let relayDomains: DomainList
  let transportMaps: MapList
  let senderTransportMaps: MapList
  let senderRelayhostMaps: MapList
  let relocatedMaps: MapList
  /// Whether a domain in transport_maps means its subdomains too.
  let transportMapsTakeParents: Bool

  private let values: [String: Bytes]
  private let switches: [String: Bool]

  private static let texts =
    RoutingParameter.destinations.map(\.rawValue) + [
      "double_bounce_sender", "empty_address_default_transport_maps_lookup_key", "empty_address_recipient",
      "empty_address_relayhost_maps_lookup_key", "inet_interfaces", "inet_protocols", "mydomain",
      "myhostname",
      "myorigin", "proxy_interfaces", "recipient_delimiter", RoutingParameter.relayhost.rawValue,
    ]
  private static let yesOrNo = [
    "daemon_table_open_error_is_fatal", "allow_min_user", "allow_percent_hack", "append_at_myorigin",
    "append_dot_mydomain",
    "owner_request_special",
    "resolve_dequoted_address", "resolve_null_domain", "resolve_numeric_domain",
    "show_user_unknown_table_name", "smtputf8_enable", "swap_bangpath",
  ]

  init(_ config: MailConfig, context: RouteContext, keepsKeys: Bool = false) throws(ResolverError) {
    self.config = config
    service = config.rewriteService
    let parameters = config.rewriteParameters
    self.parameters = parameters
    if let bad = config.main.problems.first(where: { $0.problem != .startsWithSpace }) {
      throw ResolverError(
        reason: "\(config.main.document.path), line \(bad.line.number): \(bad.problem.rawValue)")
    }
    if let broken = service?.brokenOverrides.first {
      throw ResolverError(reason: "invalid \"-o \(printable(broken.text))\" option value")
    }
    if let word = service?.words.first {
      throw ResolverError(reason: "unexpected command-line argument: \(printable(word.text))")
    }
    if let problem = parameters.startProblem(of: .rewrite) { throw ResolverError(reason: problem.message) }
    func text(_ name: String) throws(ResolverError) -> SourcedText {
      do throws(ExpansionError) { return try parameters.value(name) } catch {
        throw ResolverError(reason: "\(name): \(error.message)")
      }
    }
    var values: [String: Bytes] = [:]
    for name in Self.texts { values[name] = try text(name).bytes }
    var switches: [String: Bool] = [:]
    for name in Self.yesOrNo { switches[name] = try text(name).text.lowercased() == "yes" }
    self.values = values
    self.switches = switches

    let tables = OpenTables(
      config: config, context: context, isUnicode: switches["smtputf8_enable"] ?? true,
      isOpenErrorFatal: switches["daemon_table_open_error_is_fatal"] ?? false, keepsKeys: keepsKeys)
    self.tables = tables
    func list(_ name: String, _ style: DomainList.Style) throws(ResolverError) -> DomainList {
      try DomainList(name, try text(name), style: style, config: config, tables: tables)
    }
    func maps(_ name: String, _ use: TableOpening) throws(ResolverError) -> MapList {
      var open: [OpenTable] = []
      for item in try text(name).listItems { open.append(try tables.open(item, for: use)) }
      return MapList(parameter: name, tables: open, use: use)
    }
    let parentStyles = try list("parent_domain_matches_subdomains", .exact)
    func takesParents(_ name: String) throws(ResolverError) -> Bool {
      switch parentStyles.contains(Bytes(name.utf8), tables: tables).outcomes.first?.value {
      case .yes: true
      case .failed(let reason):
        throw ResolverError(reason: "parent_domain_matches_subdomains: table lookup problem (\(reason))")
      case .no, nil: false
      }
    }
    transportMapsTakeParents = try takesParents(RoutingParameter.transportMaps.rawValue)
    virtualAliasDomains = try list("virtual_alias_domains", .exact)
    virtualMailboxDomains = try list("virtual_mailbox_domains", .exact)
    relayDomains = try list("relay_domains", try takesParents("relay_domains") ? .parent : .dotted)
    relocatedMaps = try maps("relocated_maps", .relocated)
    transportMaps = try maps(RoutingParameter.transportMaps.rawValue, .routing)
    senderRelayhostMaps = try maps(RoutingParameter.senderRelayhostMaps.rawValue, .routing)
    senderTransportMaps = try maps(RoutingParameter.senderTransportMaps.rawValue, .routing)
    // For address probes; it opens them when it starts, all the same.
    for parameter in [RoutingParameter.transportMaps, .senderRelayhostMaps, .senderTransportMaps] {
      _ = try maps("address_verify_\(parameter)", .routing)
    }
    localDomains = try list("mydestination", .exact)
  }

  subscript(text name: String) -> Bytes { values[name] ?? [] }
  subscript(text parameter: RoutingParameter) -> Bytes { self[text: parameter.rawValue] }
  subscript(isOn name: String) -> Bool { switches[name] ?? false }

  /// The keys that a search for a sender asks for first (mail_addr_find with its default strategy).
  func senderKeys(_ sender: Bytes) -> SearchKeys {
    SearchKeys(
      whole: bothForms(sender, hasDomain: true),
      parts: withoutExtension(sender).map { bothForms($0, hasDomain: true) } ?? [])
  }

  /// Those that it asks for after them: the local part where the domain is one of ours, and `@domain`.
  func furtherSenderKeys(_ sender: Bytes, isLocal: Bool) -> SearchKeys {
    guard let at = sender.lastIndex(of: UInt8(ascii: "@")) else { return SearchKeys(whole: [], parts: []) }
    var parts: [Bytes] = []
    if isLocal {
      parts += bothForms(Bytes(sender[..<at]), hasDomain: false)
      if let bare = withoutExtension(sender), let end = bare.lastIndex(of: UInt8(ascii: "@")) {
        parts += bothForms(Bytes(bare[..<end]), hasDomain: false)
      }
    }
    return SearchKeys(whole: [], parts: parts + [Bytes(sender[at...])])
  }

  /// The keys that transport_maps is asked for, `*` excepted.
  func transportKeys(_ recipient: Bytes, domain: Bytes) -> SearchKeys {
    let bare = withoutExtension(recipient).map { bothForms($0, hasDomain: true) } ?? []
    return SearchKeys(
      whole: bothForms(recipient, hasDomain: true),
      parts: bare + [domain] + parents(of: domain, dotted: !transportMapsTakeParents))
  }

  private func withoutExtension(_ address: Bytes) -> Bytes? {
    MailAddress.withoutExtension(
      address, delimiters: self[text: "recipient_delimiter"],
      doubleBounce: self[text: "double_bounce_sender"],
      sparesOwners: self[isOn: "owner_request_special"])
  }

  /// With quotes where it needs them first, then as it is.
  private func bothForms(_ address: Bytes, hasDomain: Bool) -> [Bytes] {
    let quoted = MailAddress.quoted(address, hasDomain: hasDomain)
    return quoted == address ? [address] : [quoted, address]
  }
}
