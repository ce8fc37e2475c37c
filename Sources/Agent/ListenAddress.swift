// Where the agent's other services listen: lookups, and what it counts. On this machine only: neither asks who calls.

import PostfixFiles

/// A local socket or a port of a loopback address.
package enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
  case unix(String)
  case inet(host: String, port: Int)

  /// `unix:/path`, `inet:127.0.0.1:port` or `inet:[::1]:port`; nil for anything else, an address that others can reach
  /// included.
  package init?(_ text: String) {
    if text.hasPrefix("unix:/") {
      self = .unix(String(text.dropFirst("unix:".count)))
      return
    }
    guard text.hasPrefix("inet:"), let colon = text.lastIndex(of: ":"),
      let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port)
    else { return nil }
    var host = String(text[text.index(text.startIndex, offsetBy: "inet:".count)..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    let octets = host.split(separator: ".", omittingEmptySubsequences: false)
    let isLoopback =
      host == "::1" || (octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil })
    guard isLoopback else { return nil }
    self = .inet(host: host, port: port)
  }

  package var description: String {
    switch self {
    case .unix(let path): "unix:\(printable(path))"
    case .inet(let host, let port): host.contains(":") ? "inet:[\(host)]:\(port)" : "inet:\(host):\(port)"
    }
  }
}
