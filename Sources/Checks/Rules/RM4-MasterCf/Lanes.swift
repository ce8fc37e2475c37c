// Lanes: master.cf services that run smtp(8) with an `smtp_bind_address` of their own.

import PostfixFiles
import Routing

extension Subject {
  /// The lanes with their addresses, in the order of master.cf.
  var lanes: [(service: Service, address: SourcedText)] {
    (config.master?.services ?? []).compactMap { service in
      guard service.isTransport, service.command == "smtp",
        let address = service.overrides.last(where: { $0.name == "smtp_bind_address" })?.value,
        !address.isEmpty
      else { return nil }
      return (service, address)
    }
  }

  /// The names that could be transports in main.cf's values, in master.cf's overrides and in the tables.
  var namedTransports: Set<String> {
    var names: Set<String> = []
    func add(_ value: SourcedText) {
      let parts = value.split(where: { !$0.isNameByte && !"-.".utf8.contains($0) }, keepingBraces: false)
      names.formUnion(parts.map(\.text))
    }
    for assignment in config.main.assignments { add(assignment.value) }
    for service in config.master?.services ?? [] {
      for override in service.overrides where override.name != "syslog_name" { add(override.value) }
    }
    // In a table a name may have no colon, or follow FILTER.
    let documents = (Array(config.files.values) + Array(config.otherFiles.values)).compactMap(\.document)
    for (service, _) in lanes where documents.contains(where: { !$0.lines(containing: service.name).isEmpty })
    {
      names.insert(service.name)
    }
    return names
  }

  /// The transports of drained members, which are comments.
  var drainedTransports: Set<String> {
    Set(pools.flatMap(\.members).filter(\.isDrained).compactMap(\.transport))
  }
}

extension Subject {
  /// Whether some table may name a transport and cannot be read here: a database, a server, a file that is too large.
  var mayNameTransportsUnseen: Bool {
    let maps = maps.compactMap { try? $0.table.get() }.flatMap(\.flattened)
    if maps.contains(where: \.isService) { return true }
    // A policy service may answer FILTER.
    let values =
      config.main.assignments.map(\.value)
      + (config.master?.services ?? []).flatMap { $0.overrides.map(\.value) }
    if values.contains(where: { $0.text.contains("check_policy_service") }) { return true }
    let named = tables.map(\.path).contains { config.files[$0]?.document == nil }
    return named
      || otherTables.contains { table in
        guard table.purpose == .access || table.parameter.hasSuffix("_checks") else { return false }
        switch table.type {
        case .other?: return true
        default: return table.path.map { config.otherFiles[$0]?.document == nil } ?? false
        }
      }
  }
}

extension Example {
  /// A pool of lanes, of which the first one is as it should be.
  static func lanes(
    pool: String = "lane1:, lane2:",
    second: String = """
    lane2     unix  -       -       y       -       -       smtp
        -o smtp_bind_address=192.0.2.2
        -o smtp_helo_name=out2.example
        -o syslog_name=postfix/lane2

    """
  ) -> Example {
    Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{\(pool)}
        relayhost = [gw1.example]
        smtp_fallback_relay = [gw3.example]

        """,
      master: """
        smtp      unix  -       -       y       -       -       smtp
        lane1     unix  -       -       y       -       -       smtp
            -o smtp_bind_address=192.0.2.1
            -o smtp_helo_name=out1.example
            -o syslog_name=postfix/lane1
        \(second)
        """)
  }
}
