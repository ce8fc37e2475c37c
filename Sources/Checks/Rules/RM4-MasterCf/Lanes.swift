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
    for (service, _) in lanes {
      let mark = "\(service.name):"
      let isNamed = config.files.values.compactMap(\.document).contains {
        !$0.lines(containing: mark).isEmpty
      }
      if isNamed { names.insert(service.name) }
    }
    return names
  }
}
