// The mail that a key of a table is for, as an address that shows what an edit of it means.

import PostfixFiles
import Routing

extension MailConfig {
  /// The mail that a key of transport_maps is for; nil where no address has it.
  static func sample(ofRecipient key: String) -> RouteSample? {
    guard let scope = try? Scope("to:\(key)"), let address = scope.address else { return nil }
    return RouteSample(recipient: address, sender: "", what: scope.words, scope: scope)
  }

  /// The same of a table for senders.
  static func sample(ofSender key: String) -> RouteSample? {
    guard key.contains("@") else { return nil }
    let scope = Scope.from(key.hasPrefix("@") ? String(key.dropFirst()) : key)
    return RouteSample(
      recipient: "someone@\(outsideDomain)", sender: scope.address ?? key, what: scope.words, scope: scope)
  }

  /// The mail of an entry, or of a scope, as `set-route` and `remove-route` name it: of a table only a few keys are shown
  /// otherwise.
  package func samples(ofRoute key: String, table: String?) -> [RouteSample] {
    if table == nil, RoutingParameter(rawValue: key) != nil { return [] }
    switch table == nil ? try? Scope(key) : nil {
    case .to(let address): return [Self.sample(ofRecipient: address)].compactMap(\.self)
    case .from(let address):
      return [Self.sample(ofSender: address.contains("@") ? address : "@\(address)")].compactMap(\.self)
    default: break
    }
    let key = key.lowercased()
    // Whose table it is, its parameters say: one that is made comes with the edit.
    let parameters = Set(
      tableSites.filter { site in
        guard let path = site.source else { return false }
        let isNamed = table.map { isTable(path, named: $0) }
        return isNamed ?? (files[path]?.document.flatMap { Table($0).first(key) } != nil)
      }.map(\.parameter) + [table.flatMap(RoutingParameter.init(rawValue:))].compactMap(\.self))
    return [
      parameters.contains(.transportMaps) ? Self.sample(ofRecipient: key) : nil,
      parameters.isDisjoint(with: [.senderTransportMaps, .senderRelayhostMaps])
        ? nil : Self.sample(ofSender: key),
    ].compactMap(\.self)
  }
}
