// Parameters that no mail asks, since a table has an answer for all of it.

import PostfixFiles

extension MailConfig {
  /// Whether a table answers for all mail that would ask this parameter: it is only there in case a row or a key is missing.
  func isCovered(_ parameter: RoutingParameter) -> Bool {
    let maps: RoutingParameter
    let domainClass = DomainClass(parameter)
    switch parameter {
    case .relayhost: maps = .senderRelayhostMaps
    case .defaultTransport: maps = .senderTransportMaps
    case .relayTransport, .virtualTransport: maps = .transportMaps
    default: return false
    }
    let domains = domainClass.map { parameters.text($0.list).lowercased() } ?? "*"
    let wanted = domains.split { $0 == "," || $0.isWhitespace }.map(String.init)
    return tableSites(of: maps).contains { site in
      if let domainClass, let keys = site.keys(of: domainClass) {
        return !wanted.isEmpty && Set(wanted).isSubset(of: keys)
      }
      guard case .database(let table) = site.content, let text = databaseText(table.database)
      else { return false }
      let keys = Set(text.routes.filter { $0.row.map == table.map }.map(\.row.key))
      return !wanted.isEmpty && wanted.allSatisfy(keys.contains)
    }
  }
}
