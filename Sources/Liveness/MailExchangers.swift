// The mail exchangers of a domain, by the system's resolver library.

import CLinux
import Glibc

/// The exchangers of `domain`, best first, or nil where it has no MX records: then its own addresses
/// count (RFC 5321, 5.1). Blocks.
func mailExchangers(
  of domain: String, nameServer: ProbeSettings.NameServer? = nil
) throws(Unresolved) -> [String]? {
  var answer = [UInt8](repeating: 0, count: 65_535)
  var why: Int32 = 0
  var server = sockaddr_in()
  if let nameServer {
    server.sin_family = sa_family_t(AF_INET)
    server.sin_port = in_port_t(nameServer.port).bigEndian
    guard inet_pton(AF_INET, nameServer.address, &server.sin_addr) == 1 else {
      throw Unresolved(words: "name server \(nameServer.address) is no IPv4 address")
    }
  }
  let length =
    nameServer == nil
    ? randmap_query_mx(domain, nil, &answer, Int32(answer.count), &why)
    : randmap_query_mx(domain, &server, &answer, Int32(answer.count), &why)
  guard length >= 0 else {
    if why == HOST_NOT_FOUND || why == NO_DATA { return nil }
    throw Unresolved(words: "MX lookup: \(why == TRY_AGAIN ? "temporary failure" : "server failure")")
  }
  guard let records = exchangers(inAnswer: Array(answer.prefix(Int(length)))) else {
    throw Unresolved(words: "MX lookup: the answer is malformed")
  }
  if records.isEmpty { return nil }
  // RFC 7505.
  if records.allSatisfy({ $0.host.isEmpty }) { throw Unresolved(words: "accepts no mail (null MX)") }
  return records.sorted { $0.preference < $1.preference }.map(\.host).filter { !$0.isEmpty }
}

/// The MX records of a DNS answer; nil if it is malformed. A root name is the empty string.
private func exchangers(inAnswer answer: [UInt8]) -> [(preference: Int, host: String)]? {
  answer.withUnsafeBufferPointer { bytes -> [(preference: Int, host: String)]? in
    guard let base = bytes.baseAddress else { return nil }
    var message = ns_msg()
    guard ns_initparse(base, Int32(bytes.count), &message) == 0 else { return nil }
    var found: [(preference: Int, host: String)] = []
    for index in 0..<Int32(message._counts.1) {
      var record = ns_rr()
      guard ns_parserr(&message, ns_s_an, index, &record) == 0 else { return nil }
      guard record.type == UInt16(ns_t_mx.rawValue), record.rdlength > 2, let data = record.rdata else {
        continue
      }
      var name = [CChar](repeating: 0, count: 1025)
      let length = dn_expand(base, base + bytes.count, data + 2, &name, Int32(name.count))
      guard length > 0 else { return nil }
      found.append((Int(data[0]) << 8 | Int(data[1]), string(name)))
    }
    return found
  }
}
