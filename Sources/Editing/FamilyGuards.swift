// A gateway that is an address of a protocol that Postfix does not use: no connection is ever made to it.

import Gateways
import PostfixFiles
import Routing

extension MailConfig {
  /// The gateways that come with `edited`, and that its inet_protocols leaves without a connection.
  func familyGuards(against edited: MailConfig) -> [EditGuard] {
    // Nearly all have both protocols: then no pool is looked at.
    guard edited.turnsOffProtocols else { return [] }
    let known = Dictionary(
      gateways().filter { !$0.isDrained }.map { ($0.gateway, $0.transports) },
      uniquingKeysWith: { $0.union($1) })
    var ofTransports: [String: Set<String>] = [:]
    return edited.gateways().compactMap { use in
      guard !use.isDrained, let family = use.gateway.family else { return nil }
      let new = use.transports.subtracting(known[use.gateway] ?? [])
      // Known, and by no other transport than before.
      if new.isEmpty, known[use.gateway] != nil { return nil }
      var protocols = new.isEmpty ? [edited.protocols] : []
      for transport in new.sorted() {
        let own = ofTransports[transport] ?? edited.protocols(of: transport)
        ofTransports[transport] = own
        protocols.append(own)
      }
      guard
        let without = protocols.first(where: { !$0.isEmpty && $0.isDisjoint(with: ["all", family.rawValue]) })
      else { return nil }
      return .familyOff(
        use.gateway,
        words:
          "it is an \(family.words) address, and inet_protocols is \(without.sorted().joined(separator: ", "))"
      )
    }
  }

  /// Whether main.cf turns one off, or a service of master.cf has its own.
  private var turnsOffProtocols: Bool {
    protocols.isDisjoint(with: ["all"]) && !protocols.isSuperset(of: ["ipv4", "ipv6"])
      || master?.services.contains { $0.overrides.contains { $0.name == "inet_protocols" } } ?? false
  }

  private var protocols: Set<String> { Self.protocols(parameters) }

  private func protocols(of transport: String) -> Set<String> {
    master?.transport(transport).map { Self.protocols(parameters.seen(by: $0)) } ?? protocols
  }

  private static func protocols(_ parameters: Parameters) -> Set<String> {
    Set(
      parameters.text("inet_protocols").lowercased().split { $0 == "," || $0.isWhitespace }.map(String.init))
  }
}

/// The protocol of an address.
private enum AddressFamily: String {
  case ipv4, ipv6

  var words: String { self == .ipv4 ? "IPv4" : "IPv6" }
}

extension Gateway {
  /// Nil of a name, which may have addresses of both.
  fileprivate var family: AddressFamily? {
    guard port != nil else { return nil }
    let host = name.lowercased().hasPrefix("ipv6:") ? String(name.dropFirst(5)) : name
    return HostName.isIPv4(host) ? .ipv4 : HostName.isIPv6(host) ? .ipv6 : nil
  }
}
