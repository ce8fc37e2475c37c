// Questions to the DNS, by the system's resolver library: the one that Postfix uses. All of them block.

import CLinux
import Gateways
import Glibc
import Routing

/// One type of record, asked for by name.
enum RecordType: Int32 {
  case a = 1
  case cname = 5
  case mx = 15
  case aaaa = 28
}

/// Asks the name servers of resolv.conf, or one of the caller's choice.
struct DNSLookup {
  let nameServer: ProbeSettings.NameServer?

  /// A record of an answer: where its data are in the message.
  private struct Record {
    let data: Range<Int>
  }

  /// The exchangers of `domain`, best first, or nil where it has no MX records: then its own addresses
  /// count (RFC 5321, 5.1).
  func mailExchangers(of domain: String) throws(ResolutionError) -> [String]? {
    guard let message = try ask(domain, .mx) else { return nil }
    return try Self.exchangers(in: message)
  }

  /// The exchangers that an answer names; nil where it names none.
  static func exchangers(in message: [UInt8]) throws(ResolutionError) -> [String]? {
    var found: [(preference: Int, host: String)] = []
    for record in try records(.mx, in: message) where record.data.count > 2 {
      let at = record.data.lowerBound
      guard let host = name(at: at + 2, in: message) else { throw malformed(.mx) }
      found.append((Int(message[at]) << 8 | Int(message[at + 1]), host))
    }
    if found.isEmpty { return nil }
    // RFC 7505.
    if found.allSatisfy({ $0.host.isEmpty }) { throw ResolutionError(.absent, "accepts no mail (null MX)") }
    return found.sorted { $0.preference < $1.preference }.map(\.host).filter { !$0.isEmpty }
  }

  /// The numeric addresses of `host` of these families; empty where it has none.
  func addresses(of host: String, _ families: AddressFamilies) throws(ResolutionError) -> [String] {
    var types: [RecordType] = []
    if families != .ipv6 { types.append(.a) }
    if families != .ipv4 { types.append(.aaaa) }
    var found: [String] = []
    var failure: ResolutionError?
    for type in types {
      do throws(ResolutionError) {
        guard let message = try ask(host, type) else { continue }
        let these = try Self.addresses(type, in: message)
        for address in these where !found.contains(address) { found.append(address) }
        // To smtp(8) that is "Name server loop" or "Host found but no data record": it bounces the mail.
        if these.isEmpty, failure == nil, try !Self.records(.cname, in: message).isEmpty {
          failure = ResolutionError(.absent, "in the DNS it is an alias (CNAME) that leads to no address")
        }
      } catch {
        failure = error
      }
    }
    // What one family answered is worth more than the other's failure.
    if found.isEmpty, let failure { throw failure }
    return found
  }

  /// The numeric addresses that an answer names.
  static func addresses(_ type: RecordType, in message: [UInt8]) throws(ResolutionError) -> [String] {
    var found: [String] = []
    for record in try records(type, in: message) {
      guard let address = numeric(message[record.data], type) else { throw malformed(type) }
      found.append(address)
    }
    return found
  }

  /// The whole answer; nil where there is no such name, or it has no such record.
  private func ask(_ name: String, _ type: RecordType) throws(ResolutionError) -> [UInt8]? {
    var answer = [UInt8](repeating: 0, count: 65_535)
    var why: Int32 = 0
    var server = sockaddr_in()
    if let nameServer {
      server.sin_family = sa_family_t(AF_INET)
      server.sin_port = in_port_t(nameServer.port).bigEndian
      guard inet_pton(AF_INET, nameServer.address, &server.sin_addr) == 1 else {
        throw ResolutionError(.unanswered, "name server \(nameServer.address) is not an IPv4 address")
      }
    }
    let length =
      nameServer == nil
      ? randmap_query(name, type.rawValue, nil, &answer, Int32(answer.count), &why)
      : randmap_query(name, type.rawValue, &server, &answer, Int32(answer.count), &why)
    // A cut answer without records is one of length zero to the library.
    let isCut = answer[2] & 0x02 != 0
    guard length >= 0 || isCut else { return try unanswered(type, why) }
    if !isCut { return Array(answer.prefix(Int(length))) }
    guard let whole = DNSOverTCP(nameServer == nil ? nil : server).ask(name, type) else {
      return try unanswered(type, TRY_AGAIN)
    }
    switch whole[3] & 0x0F {
    case 0: return whole[6] == 0 && whole[7] == 0 ? nil : whole
    case 2: return try unanswered(type, TRY_AGAIN)
    case 3: return nil
    default: return try unanswered(type, NO_RECOVERY)
    }
  }

  /// Nil where there is no such name, or it has no such record; otherwise why it is not known.
  private func unanswered(_ type: RecordType, _ why: Int32) throws(ResolutionError) -> [UInt8]? {
    if why == HOST_NOT_FOUND || why == NO_DATA { return nil }
    let isPassing = why == TRY_AGAIN
    throw ResolutionError(
      isPassing ? .unanswered : .absent,
      "\(type) lookup: \(isPassing ? "temporary failure" : "server failure")")
  }

  private static func records(_ type: RecordType, in message: [UInt8]) throws(ResolutionError) -> [Record] {
    let found = message.withUnsafeBufferPointer { bytes -> [Record]? in
      guard let base = bytes.baseAddress else { return nil }
      var parsed = ns_msg()
      guard ns_initparse(base, Int32(bytes.count), &parsed) == 0 else { return nil }
      var found: [Record] = []
      for index in 0..<Int32(parsed._counts.1) {
        var record = ns_rr()
        guard ns_parserr(&parsed, ns_s_an, index, &record) == 0 else { return nil }
        guard Int32(record.type) == type.rawValue, let data = record.rdata else { continue }
        let start = data - base
        found.append(Record(data: start..<start + Int(record.rdlength)))
      }
      return found
    }
    guard let found else { throw malformed(type) }
    return found
  }

  /// The host name at a position of a message; the root is the empty string.
  private static func name(at position: Int, in message: [UInt8]) -> String? {
    var name = [CChar](repeating: 0, count: 1025)
    let length = message.withUnsafeBufferPointer { bytes -> Int32 in
      guard let base = bytes.baseAddress else { return -1 }
      return dn_expand(base, base + bytes.count, base + position, &name, Int32(name.count))
    }
    return length > 0 ? string(name) : nil
  }

  private static func numeric(_ data: ArraySlice<UInt8>, _ type: RecordType) -> String? {
    guard data.count == (type == .aaaa ? 16 : 4) else { return nil }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = type == .aaaa ? AF_INET6 : AF_INET
    let isMade = data.withUnsafeBytes {
      inet_ntop(family, $0.baseAddress, &text, socklen_t(text.count)) != nil
    }
    return isMade ? string(text) : nil
  }

  private static func malformed(_ type: RecordType) -> ResolutionError {
    ResolutionError(.unanswered, "\(type) lookup: the answer is malformed")
  }
}

extension RecordType: CustomStringConvertible {
  var description: String {
    switch self {
    case .a: "A"
    case .cname: "CNAME"
    case .aaaa: "AAAA"
    case .mx: "MX"
    }
  }
}
