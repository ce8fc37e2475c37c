// The members that a person wants, as they are written at the place of a pool: with its transport, as a lane, each gateway once.

import Gateways
import PostfixFiles
import Routing

struct WantedResults {
  let config: MailConfig
  let scope: Scope
  let spot: PoolSpot
  /// The transports of the lanes, by their addresses.
  let lanes: [String: String]

  /// The results of the members.
  func texts(of members: [WantedMember]) throws(EditError) -> [String] {
    var results: [String] = []
    var gateways: [String: String] = [:]
    let today = transportsToday
    for member in members {
      let result = try text(of: member, today)
      let key = config.gatewayName(of: result, kind: spot.kind, transport: spot.transport)
      if let same = gateways[key] { throw .twice(same, member.description) }
      gateways[key] = member.description
      results.append(result)
    }
    return results
  }

  /// - Parameter today: the transports that gateways have, by their next hops.
  private func text(of member: WantedMember, _ today: [String: String]) throws(EditError) -> String {
    switch member.goal {
    case .lane(let address):
      guard spot.kind == .destination else { throw .cannotPool("\(scope)", reason: noLanes) }
      guard config.gatewayTransport(spot.transport)?.approach.mailProtocol != .lmtp else {
        throw .badText(
          member.description,
          reason: "a lane is a service of smtp(8), and \(spot.transport) speaks LMTP there")
      }
      try config.guardReach(of: address, to: spot.hop)
      return "\(lanes[address] ?? ""):\(spot.hop)"
    case .text(let text):
      try guardGateway(text)
      let result = try result(of: text, today)
      if spot.kind == .destination,
        let reason = config.problem(withDestination: SourcedText(builtIn: result), needsTransport: true)
      {
        throw .badText(text, reason: reason)
      }
      return result
    }
  }

  /// Refuses what is no gateway.
  private func guardGateway(_ text: String) throws(EditError) {
    if let reason = MailConfig.problem(withLine: text)
      ?? (text.contains("$") ? "need the text itself, without $" : nil)
    {
      throw .badText(text, reason: reason)
    }
    if let reason = MailConfig.problem(withGateway: text) { throw .badText(text, reason: reason) }
    if PoolText(value: SourcedText(builtIn: text)) != nil {
      throw .badText(text, reason: "a pool within a pool gets no mail: name its members instead")
    }
    if config.master?.transport(text) != nil, !text.contains(".") {
      throw .badText(
        text,
        reason: "\(text) is a transport of master.cf: write \(text): for it, or [\(text)] for a host")
    }
  }

  /// A text as it is written at the spot, with a transport or without.
  private func result(of text: String, _ today: [String: String]) throws(EditError) -> String {
    if config.namesDestination(text) {
      let destination = Destination(SourcedText(builtIn: text))
      if spot.kind == .nextHop {
        guard destination.transport.text == spot.transport, !destination.nextHop.isEmpty else {
          throw .badText(
            text,
            reason: "\(spot.parameter) holds next hops without a transport, such as [gw1.example]:587")
        }
        return destination.nextHop.text
      }
      return text
    }
    if let problem = problem(withNextHops: text) {
      throw .badText(
        text,
        reason:
          "\(problem); need a next hop such as [gw1.example]:587, or a transport of master.cf before it"
      )
    }
    return spot.kind == .nextHop ? text : "\(today[text] ?? spot.transport):\(text)"
  }

  /// The transport by which the pool of now has each gateway: it stays. None for a gateway that it has by several.
  private var transportsToday: [String: String] {
    guard spot.kind == .destination else { return [:] }
    let results = (spot.sites.first?.content.choices ?? []).map {
      Destination(SourcedText(builtIn: $0.result))
    }
    return Dictionary(grouping: results, by: \.nextHop.text).compactMapValues { same in
      let transports = Set(same.map(\.transport.text))
      guard let only = transports.first, transports.count == 1, !only.isEmpty, !config.isOwnLane(only) else {
        return nil
      }
      return only
    }
  }

  /// Why a place for next hops takes no lanes, and what to write first.
  private var noLanes: String {
    let reason = "\(spot.parameter) holds next hops, and a lane is a transport"
    guard case .parameter(.relayhost) = spot.place, let pool = spot.sites.first,
      let first = pool.content.choices.first
    else { return "\(reason): take its entry away first" }
    return
      "\(reason): make the pool one gateway first, with randmap pool outbound \(first.result.asArgument), or take it away, with randmap remove-route outbound"
  }

  /// Of a text that begins with no transport.
  private func problem(withNextHops text: String) -> String? {
    if MailConfig.namesTransport(text) {
      return "master.cf has no transport \"\(Destination(SourcedText(builtIn: text)).transport.text)\""
    }
    do throws(NextHopError) {
      _ = try nextHopItems(SourcedText(builtIn: text)).map { item throws(NextHopError) in
        try HostPort(item.text)
      }
      return nil
    } catch {
      return error.message
    }
  }
}

extension MailConfig {
  /// A name that two spellings of one gateway have in common.
  ///
  /// - Parameter transport: that of a next hop alone.
  func gatewayName(of result: String, kind: ResultKind, transport own: String) -> String {
    let list = NextHopList(result, kind: kind)
    let transport = kind == .nextHop ? own : String(list.transport.dropLast())
    let client = gatewayTransport(transport)
    let hops = list.hops.map { hop in
      let gateway = Gateway(
        hop, mailProtocol: client?.approach.mailProtocol ?? .smtp, defaultPort: client?.defaultPort ?? 25)
      guard case .host(let host, let port)? = gateway, let address = HostName.addressBytes(host.utf8) else {
        return gateway?.description ?? hop
      }
      // An IPv6 address has many spellings.
      return "\(address):\(port)"
    }
    return "\(transport):\(hops.joined(separator: ","))"
  }

  /// Whether a text begins with a transport.
  func namesDestination(_ text: String) -> Bool {
    let destination = Destination(SourcedText(builtIn: text))
    return destination.hasColon && DeliveryServices(self).has(destination.transport.text)
  }
}
