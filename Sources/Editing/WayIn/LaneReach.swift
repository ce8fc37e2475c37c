// Whether a lane reaches a gateway: smtp(8) uses an address to send from only for gateways of its family, and the usual one for others.

import PostfixFiles
import Routing

extension MailConfig {
  /// Refuses a lane from which no gateway can be reached. Of names only the DNS knows the addresses.
  func guardReach(of address: String, to hop: String) throws(EditError) {
    let (own, other) = HostName.isIPv6(address) ? ("IPv6", "IPv4") : ("IPv4", "IPv6")
    let protocols = parameters.text("inet_protocols").lowercased()
    let enabled = Set(protocols.split { $0 == "," || $0.isWhitespace }.map(String.init))
    if !enabled.isEmpty, enabled.isDisjoint(with: ["all", own.lowercased()]) {
      throw .badText(
        "lane:\(address)",
        reason:
          "no gateway can be reached from \(address): inet_protocols is \"\(protocols)\"; need a lane of an \(other) address, or inet_protocols = all"
      )
    }
    // Some senders have relays of their own.
    if hop.isEmpty, wholeTable(.senderRelayhostMaps) == nil, !parameters.text(.senderRelayhostMaps).isEmpty {
      return
    }
    let hops =
      hop.isEmpty
      ? wholeTable(.senderRelayhostMaps)?.content.choices.map(\.result) ?? [parameters.text(.relayhost)]
      : [hop]
    let items = hops.flatMap { nextHopItems(SourcedText(builtIn: $0)).map(\.text) }
    let isOther = items.map { item in
      guard let host = (try? HostPort(item))?.host, HostName.isAddress(host) else { return false }
      return HostName.isIPv6(host) == (other == "IPv6")
    }
    guard !items.isEmpty, isOther.allSatisfy(\.self) else { return }
    let names = items.prefix(3).joined(separator: " and ")
    let what = items.count == 1 ? "is an \(other) address" : "are \(other) addresses"
    throw .badText(
      "lane:\(address)",
      reason:
        "no gateway can be reached from \(address): \(names) \(what); need a lane of an \(other) address, or another gateway"
    )
  }
}
