// Gateways that a person names in a call, whether or not the configuration does.

import Gateways
import PostfixFiles

/// A text that was given as a gateway and is not a gateway. The description says what is needed.
package struct GatewayNameError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String
}

extension MailConfig {
  /// The gateways of destinations that are given by hand: `transport:nexthop`, or a next hop alone, which uses
  /// `smtp`. They are in no pool, so they have no share.
  package func gateways(named names: [String]) throws(GatewayNameError) -> [GatewayUse] {
    var uses: [GatewayUse] = []
    var index: [Gateway: Int] = [:]
    let transports = Transports(self)
    for name in names {
      for target in try targets(named: name, by: transports) {
        let gateway = target.gateway
        let at = index[gateway, default: uses.count]
        if at == uses.count {
          index[gateway] = at
          uses.append(GatewayUse(gateway: gateway, isDrained: false))
        }
        uses[at].approaches.insert(target.approach)
      }
    }
    return uses
  }

  private func targets(named name: String, by transports: Transports) throws(GatewayNameError) -> [Target] {
    let text = SourcedText(builtIn: name)
    let named = Destination(text)
    // `gw:587` is a host and a port, unless master.cf has a transport "gw".
    let namesTransport = named.hasColon && transports[named.transport.text] != nil
    let nextHop = namesTransport ? named.nextHop : text
    let route = DestinationGateways(
      text, kind: namesTransport ? .destination : .nextHop, defaultTransport: "smtp", by: transports)
    guard let transport = route.transport.flatMap({ transports[$0] }) else {
      throw GatewayNameError(
        description:
          "\(printable(name)): master.cf has no transport smtp; need one by name, as in relay:[host]")
    }
    let items = nextHopItems(nextHop)
    guard !items.isEmpty, items.count == route.gateways.count else {
      throw GatewayNameError(
        description: "\(printable(name)): need a gateway such as smtp:[gw.example]:25 or [gw.example]:587")
    }
    return zip(route.gateways, route.nextHops).map { gateway, hop in
      Target(gateway, transports.approach(of: transport, to: hop))
    }
  }
}
