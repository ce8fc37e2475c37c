// What is wrong with an item of a next-hop list, sorted by what the person probably meant. The parser of next hops
// is in PostfixFiles; here its answer becomes the rule that describes it best.

import Gateways
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
    /// A port out of range, an unknown service, or text after the number.
    case port
    /// An IPv6 address without brackets, or something like one in them.
    case ipv6
    /// `user@domain`
    case mailAddress
    /// Any other text that is not a host.
    case host
    /// Only separators.
    case noHost
    /// `# text`, which is not a comment here.
    case comment
  }

  let kind: Kind
  let text: SourcedText
  /// In Postfix's words.
  let words: String
  /// The delivery agent ends with an error only after the earlier items have failed.
  let isLatent: Bool
}

/// The next hop of smtp(8) or lmtp(8), parsed.
struct CheckedNextHop {
  let items: [SourcedText]
  /// One for each item.
  private(set) var hosts: [HostPort?] = []
  private(set) var faults: [NextHopFault] = []

  /// `expected` says whether the next hop is alone or follows a transport, `isUnicode` whether smtputf8_enable is on.
  init(
    _ nextHop: SourcedText, expected: ResultKind, mailProtocol: MailProtocol, transports: DeliveryServices,
    isUnicode: Bool, ports: KnownPorts
  ) {
    // To lmtp(8) these are the start of the whole next hop, a path or a list.
    if mailProtocol.isLocalSocket(nextHop) {
      items = [nextHop]
      hosts = [nil]
      return
    }
    let start = nextHop.count - mailProtocol.withoutPrefix(nextHop).count
    let ranges = nextHop.itemRanges(
      in: start..<nextHop.count, where: { $0.isListSeparator }, keepingBraces: false)
    items = ranges.map { nextHop[$0] }
    hosts = Array(repeating: nil, count: items.count)
    if items.isEmpty, !nextHop.trimmed().isEmpty {
      fault(.noHost, nextHop, "null destination", isLatent: false)
    }
    var at = 0
    while at < items.count {
      let item = items[at]
      let isFirst = at == 0
      at += 1
      let syntax = NextHopSyntax(item.text, mailProtocol, isUnicode: isUnicode, ports)
      hosts[at - 1] = syntax.host
      guard let problem = syntax.problem else { continue }
      if item.bytes.first == UInt8(ascii: "#"), !isFirst {
        let rest = ranges[at - 1].lowerBound..<nextHop.bytes.trimmed(0..<nextHop.count).upperBound
        fault(.comment, nextHop[rest], problem.words, isLatent: true)
        return
      }
      if let transport = Self.leadingTransport(item.text, transports), !isFirst || expected == .nextHop {
        let kind: NextHopFault.Kind = isFirst ? .transportInNextHop : .transportRepeated
        fault(kind, item[0..<transport.utf8.count + 1], problem.words, isLatent: !isFirst)
      } else if let end = Self.endOfBrackets(items[(at - 1)...]) {
        let whole = ranges[at - 1].lowerBound..<ranges[end].upperBound
        fault(.severalHostsInBrackets, nextHop[whole], problem.words, isLatent: !isFirst)
        at = end + 1
      } else {
        fault(problem.kind, item, problem.words, isLatent: !isFirst)
      }
    }
  }

  private mutating func fault(
    _ kind: NextHopFault.Kind, _ text: SourcedText, _ words: String, isLatent: Bool
  ) {
    faults.append(NextHopFault(kind: kind, text: text, words: words, isLatent: isLatent))
  }

  /// The index of the item with the bracket that closes the one that the first item opens.
  private static func endOfBrackets(_ items: ArraySlice<SourcedText>) -> Int? {
    let open = UInt8(ascii: "[")
    let close = UInt8(ascii: "]")
    guard let first = items.first, first.bytes.first == open, !first.bytes.contains(close) else { return nil }
    // The next item with any bracket decides: there may be a hundred thousand that open one and none that closes it.
    let end = items.dropFirst().firstIndex { $0.bytes.contains { $0 == open || $0 == close } }
    return end.flatMap { items[$0].bytes.contains(open) ? nil : $0 }
  }

  /// `smtp` of `smtp:[a]`: a name that is a transport here, or a name with a bracket after its colon.
  private static func leadingTransport(_ item: String, _ transports: DeliveryServices) -> String? {
    let bytes = item.utf8
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > bytes.startIndex else { return nil }
    let name = String(item[..<colon])
    let next = bytes.index(after: colon)
    guard bytes[next...].first == UInt8(ascii: "[") || transports.has(name) else { return nil }
    return name.utf8.allSatisfy { $0.isNameByte || $0 == UInt8(ascii: "-") } ? name : nil
  }
}

/// One item of a next-hop list as smtp(8) or lmtp(8) takes it.
struct NextHopSyntax {
  var host: HostPort?
  var problem: (kind: NextHopFault.Kind, words: String)?

  init(_ item: String, _ mailProtocol: MailProtocol, isUnicode: Bool, _ ports: KnownPorts = .standard) {
    if mailProtocol == .lmtp, item.isEmpty {
      problem = (.noHost, "null destination")
      return
    }
    do throws(NextHopError) {
      let whole = try HostPort(item, ports: ports)
      guard isUnicode || whole.host.utf8.allSatisfy({ $0 < 0x80 }) else { throw .notAHost }
      host = whole
    } catch {
      problem = (Self.kind(of: error, in: item), error.message)
    }
  }

  private static func kind(of problem: NextHopError, in item: String) -> NextHopFault.Kind {
    let bytes = item.utf8
    let close = bytes.firstIndex(of: UInt8(ascii: "]"))
    if bytes.contains(UInt8(ascii: "@")) { return .mailAddress }
    if HostName.isIPv6(item) || item.prefix("ipv6:".count).lowercased() == "ipv6:" { return .ipv6 }
    if bytes.first == UInt8(ascii: "["), let close {
      let inside = bytes[bytes.index(after: bytes.startIndex)..<close]
      let parts = inside.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
      if parts.count == 2, servicePort(parts[1].text) != nil { return .portInBrackets }
    }
    switch problem {
    case .missingBracket, .garbageAfterBracket: return .brackets
    case .malformedIPv6: return .ipv6
    case .badPort, .unknownService, .garbageAfterService: return .port
    case .notAHost: return close != nil && !bytes.contains(UInt8(ascii: "[")) ? .brackets : .host
    }
  }
}
