// What people call the members of a pool: as they are written, or by any spelling of their gateways.

import Gateways
import PostfixFiles
import Routing

extension Pool {
  /// The members that `name` can mean; for many names make one ``KnownMembers``.
  package func members(matching name: String, in config: MailConfig) -> [Member] {
    let exact = members.filter { $0.result == name }
    return exact.isEmpty ? KnownMembers(self, in: config).matching(name) : exact
  }
}

/// The members of a pool by what people call them: many names are looked for, each without a look at all members.
struct KnownMembers {
  /// The members of one transport, by their gateways.
  private struct Group {
    let transport: String?
    let client: Transport?
    var gateways: [Gateway: [Int]] = [:]
    var names: [Name: [Int]] = [:]
  }

  private struct Name: Hashable {
    let name: String
    let port: Int?

    init(_ gateway: Gateway) { (name, port) = (gateway.name, gateway.port) }
  }

  private let config: MailConfig
  private let members: [Member]
  private var written: [String: [Int]] = [:]
  private var groups: [Group] = []

  init(_ pool: Pool, in config: MailConfig) {
    self.config = config
    members = pool.members
    var places: [String?: Int] = [:]
    for (index, member) in pool.members.enumerated() {
      written[member.result, default: []].append(index)
      guard let gateway = member.gateways.first else { continue }
      let place = places[member.transport] ?? groups.count
      if place == groups.count {
        places[member.transport] = place
        groups.append(
          Group(
            transport: member.transport, client: member.transport.flatMap { config.gatewayTransport($0) }))
      }
      groups[place].gateways[gateway, default: []].append(index)
      groups[place].names[Name(gateway), default: []].append(index)
    }
  }

  /// The members that `name` can mean: the one that is written so; otherwise those whose first gateway it spells, with or without
  /// the transport and the port. Without brackets it means a host in brackets too. `lane:192.0.2.1` means what goes by the
  /// transport that sends from this address.
  func matching(_ name: String) -> [Member] {
    if let exact = written[name] { return exact.map { members[$0] } }
    if let address = config.laneAddress(name) {
      let lanes = config.lanes(from: address)
      return members.filter { $0.transport.map(lanes.contains) ?? false }
    }
    var found: Set<Int> = []
    for group in groups {
      guard let (read, hop) = Gateway.spelled(name, transport: group.transport, client: group.client) else {
        continue
      }
      found.formUnion(group.gateways[read] ?? [])
      if !hop.hasPrefix("[") { found.formUnion(group.names[Name(read)] ?? []) }
    }
    return found.sorted().map { members[$0] }
  }
}

extension Gateway {
  /// The gateway that `text` is a spelling of for a transport, with or without it, and its next hop.
  fileprivate static func spelled(
    _ text: String, transport: String?, client: Transport?
  ) -> (gateway: Gateway, hop: String)? {
    let hop =
      transport.flatMap { text.hasPrefix("\($0):") ? String(text.dropFirst($0.count + 1)) : nil } ?? text
    return Gateway(
      hop, mailProtocol: client?.approach.mailProtocol ?? .smtp, defaultPort: client?.defaultPort ?? 25
    ).map { ($0, hop) }
  }
}
