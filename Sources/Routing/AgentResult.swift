// One result of a pool as the agent delivers by it. It is checked beforehand: a next hop that smtp(8) cannot parse kills
// it, and other mail of that transport waits. So the agent leaves such a result out, and it has no share of the mail.

import Gateways
import PostfixFiles

/// Why the agent leaves a result out, in words for people.
package struct AgentResultError: Error, Hashable, Sendable {
  package let message: String

  fileprivate init(_ message: String) { self.message = message }
}

package struct AgentResult: Sendable {
  package let transport: String
  /// Empty where the recipient's domain takes its place.
  package let nextHop: SourcedText
  /// The items of the next hop, where the transport is smtp(8) or lmtp(8) and tries a list in order; none of a local
  /// socket, which cannot be part of a list.
  package let items: [String]
  /// The gateways of these items, or of the local socket, with the way to them.
  package let targets: [Target]

  /// - Parameters:
  ///   - fixedTransport: of which results are next hops.
  ///   - kind: where next hops are asked for, results may be next hops alone: they are smtp(8)'s.
  package init(
    _ result: String, fixedTransport: String?, kind: ResultKind, in config: MailConfig
  ) throws(AgentResultError) {
    try self.init(
      result, fixedTransport: fixedTransport, kind: kind, version: config.environment.version
    ) { config.gatewayTransport($0) }
  }

  /// - Parameter client: looks a transport up that delivers to gateways.
  init(
    _ result: String, fixedTransport: String?, kind: ResultKind, version: @autoclosure () -> PostfixVersion,
    client find: (String) -> Transport?
  ) throws(AgentResultError) {
    let hop: SourcedText
    if let fixedTransport {
      transport = fixedTransport
      hop = SourcedText(builtIn: result)
    } else {
      let destination = Destination(SourcedText(builtIn: result))
      let name = destination.transport.text
      let isHopAlone = kind == .nextHop && (!destination.hasColon || find(name) == nil)
      transport = isHopAlone ? "smtp" : name
      hop = isHopAlone ? SourcedText(builtIn: result) : destination.nextHop.trimmed()
    }
    nextHop = hop
    guard Self.isServiceName(transport) else {
      throw AgentResultError("\"\(excerpt(transport))\" is not the name of a transport")
    }
    guard transport != "randmap" else { throw AgentResultError("a pool within a pool") }
    guard let client = find(transport), !hop.isEmpty else {
      items = []
      targets = []
      return
    }
    let mailProtocol = client.approach.mailProtocol
    let items = mailProtocol.items(of: hop).map(\.text)
    guard !items.isEmpty else { throw AgentResultError("no next hop") }
    guard items.count == 1 || version() >= .nextHopLists else {
      throw AgentResultError("a list of next hops needs Postfix 3.5")
    }
    var targets: [Target] = []
    let isLocalSocket = mailProtocol.isLocalSocket(hop)
    for item in items {
      guard isLocalSocket || !mailProtocol.isWholeNextHop(item),
        let gateway = Gateway(
          item, mailProtocol: mailProtocol, defaultPort: client.defaultPort, ports: client.ports)
      else {
        throw AgentResultError(
          "\(mailProtocol.rawValue)(8) cannot parse \"\(excerpt(withoutLogin(nextHop: item)))\"")
      }
      targets.append(Target(gateway, client.approach))
    }
    self.items = isLocalSocket ? [] : items
    self.targets = targets
  }

  /// Whether it can be the last part of a path in `private/`.
  private static func isServiceName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count < 100 && !name.hasPrefix(".")
      && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
  }
}
