// What is wrong with an item of a next-hop list, sorted by what the person probably meant. The parser of next hops
// stands in PostfixFiles; here its answer becomes the rule that says it best.

import PostfixFiles
import Routing

struct NextHopFault: Sendable {
  enum Kind: Hashable, Sendable {
    /// `smtp:[a], smtp:[b]`
    case transportRepeated
    /// `smtp:[a]` where a next hop is expected.
    case transportInNextHop
    /// `[a b]`
    case severalHostsInBrackets
    /// `[a`, `a]`, `[a]x`
    case brackets
    /// `[a:25]`
    case portInBrackets
    /// A port out of range, a service that nobody knows, or text behind the number.
    case port
    /// An IPv6 address without brackets, or something like one in them.
    case ipv6
    /// `user@domain`
    case mailAddress
    /// Any other text that is no host.
    case host
    /// Only separators.
    case noHost
  }

  let kind: Kind
  let text: SourcedText
  /// In Postfix's words.
  let words: String
  /// The agent dies of it only when the items before it have failed.
  let isLatent: Bool
}

extension NextHopFault {
  /// The faults of a next hop of smtp(8) or lmtp(8); `place` says whether it stands alone or behind a transport.
  static func faults(
    in nextHop: SourcedText, place: ResultKind, mailProtocol: MailProtocol, agents: DeliveryAgents
  ) -> [NextHopFault] {
    let items = nextHopItems(nextHop)
    if items.isEmpty, !nextHop.trimmed().isEmpty {
      return [NextHopFault(kind: .noHost, text: nextHop, words: "null destination", isLatent: false)]
    }
    var faults: [NextHopFault] = []
    var at = 0
    while at < items.count {
      let item = items[at]
      let isFirst = at == 0
      at += 1
      guard let problem = NextHopSyntax(item.text, mailProtocol).problem else { continue }
      var kind = problem.kind
      var text = item
      if let transport = leadingTransport(item.text, agents), !isFirst || place == .nextHop {
        kind = isFirst ? .transportInNextHop : .transportRepeated
        text = item[0..<transport.utf8.count + 1]
      } else if item.bytes.first == UInt8(ascii: "["), !item.bytes.contains(UInt8(ascii: "]")),
        let end = items[at...].firstIndex(where: { $0.bytes.contains(UInt8(ascii: "]")) }),
        items[at...end].allSatisfy({ !$0.bytes.contains(UInt8(ascii: "[")) })
      {
        kind = .severalHostsInBrackets
        for other in items[at...end] { text.append(other) }
        at = end + 1
      }
      faults.append(NextHopFault(kind: kind, text: text, words: problem.words, isLatent: !isFirst))
    }
    return faults
  }

  /// `smtp` of `smtp:[a]`: a name that is a transport here, or one that has a bracket behind its colon.
  private static func leadingTransport(_ item: String, _ agents: DeliveryAgents) -> String? {
    guard let colon = item.firstIndex(of: ":"), colon > item.startIndex else { return nil }
    let name = String(item[..<colon])
    guard item[item.index(after: colon)...].first == "[" || agents.has(name) else { return nil }
    return name.utf8.allSatisfy { $0.isNameByte || $0 == UInt8(ascii: "-") } ? name : nil
  }
}

/// One item of a next-hop list as smtp(8) or lmtp(8) takes it.
struct NextHopSyntax {
  var host: HostPort?
  var problem: (kind: NextHopFault.Kind, words: String)?

  init(_ item: String, _ mailProtocol: MailProtocol) {
    var item = item
    if mailProtocol == .lmtp {
      if item.hasPrefix("unix:") { return }
      if item.hasPrefix("inet:") { item = String(item.dropFirst("inet:".count)) }
      if item.isEmpty {
        problem = (.noHost, "null destination")
        return
      }
    }
    do throws(NextHopProblem) { host = try HostPort(item) } catch {
      problem = (Self.kind(of: error, in: item), error.message)
    }
  }

  private static func kind(of problem: NextHopProblem, in item: String) -> NextHopFault.Kind {
    if item.contains("@") { return .mailAddress }
    if HostName.isIPv6(item) || item.lowercased().hasPrefix("ipv6:") { return .ipv6 }
    if item.first == "[", let close = item.firstIndex(of: "]") {
      let inside = item[item.index(after: item.startIndex)..<close]
      let parts = inside.split(separator: ":", omittingEmptySubsequences: false)
      if parts.count == 2, servicePort(String(parts[1])) != nil { return .portInBrackets }
    }
    switch problem {
    case .missingBracket, .garbageAfterBracket: return .brackets
    case .malformedIPv6: return .ipv6
    case .badPort, .unknownService, .garbageAfterService: return .port
    case .notAHost: return item.contains("]") && !item.contains("[") ? .brackets : .host
    }
  }
}
