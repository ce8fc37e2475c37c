// Where one result leads: the gateways of a `transport:nexthop`.

import Gateways
import PostfixFiles
import Store

/// The gateways that a destination, or a next hop alone, leads to.
package struct DestinationGateways: Sendable {
  /// Nil where the text names none and none is implied.
  package let transport: String?
  package let gateways: [Gateway]
  /// The same as it is written, item by item.
  let nextHops: [String]
  package let fallback: [Gateway]
  /// Whether it names a transport that delivers to gateways, and no next hop.
  let isLane: Bool

  /// A gateway, and the transport that delivers to it.
  struct First: Hashable {
    let transport: String?
    let gateway: Gateway
  }

  /// Where its mail goes while that is alive.
  var first: First? { gateways.first.map { First(transport: transport, gateway: $0) } }

  /// `defaultTransport` is used for a next hop alone; nil: the one that a relayhost goes with.
  package init(
    _ text: SourcedText, kind: ResultKind, defaultTransport: String? = nil, in config: MailConfig
  ) {
    self.init(text, kind: kind, defaultTransport: defaultTransport, by: Transports(config))
  }

  /// Of a row for smtp(8), which has one next hop in it: a pool may have very many. Nil for any other row, where more has to be
  /// looked at.
  init?(_ row: MemberRow, kind: ResultKind, by transports: Transports) {
    guard !row.nextHop.isEmpty, (kind == .destination) != row.transport.isEmpty,
      let name = row.transport.isEmpty ? transports.relayhostTransport : row.transport,
      let client = transports[name], client.approach.mailProtocol == .smtp
    else { return nil }
    transport = name
    isLane = false
    fallback = client.fallback
    let gateway = Gateway(
      row.nextHop, mailProtocol: .smtp, defaultPort: client.defaultPort, ports: client.ports)
    (gateways, nextHops) = gateway.map { ([$0], [row.nextHop]) } ?? ([], [])
  }

  package init(
    _ text: SourcedText, kind: ResultKind, defaultTransport: String? = nil, by transports: Transports
  ) {
    let nextHop: SourcedText
    switch kind {
    case .nextHop:
      transport = defaultTransport ?? transports.relayhostTransport
      nextHop = text
    case .destination:
      let destination = Destination(text)
      transport = destination.transport.text
      nextHop = destination.nextHop
    }
    guard let name = transport, let client = transports[name] else {
      gateways = []
      nextHops = []
      fallback = []
      isLane = false
      return
    }
    isLane = kind == .destination && nextHop.isEmpty
    let mailProtocol = client.approach.mailProtocol
    let hops = mailProtocol.items(of: nextHop).compactMap { item -> (Gateway, String)? in
      guard mailProtocol.isLocalSocket(nextHop) || !mailProtocol.isWholeNextHop(item.text) else { return nil }
      return Gateway(
        item.text, mailProtocol: mailProtocol, defaultPort: client.defaultPort, ports: client.ports
      )
      .map { ($0, item.text) }
    }
    gateways = hops.map(\.0)
    nextHops = hops.map(\.1)
    // Where the next hop is a local socket, lmtp(8) asks for no fallback relay (smtp_connect.c: smtp_connect_local).
    fallback = mailProtocol.isLocalSocket(nextHop) ? [] : client.fallback
  }
}
