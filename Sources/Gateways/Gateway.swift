// A gateway as a value: one host and port that mail is handed to, whatever pools name it; and the way in
// which a transport speaks to it.

/// One host and port that mail is handed to. Two spellings of the same place are equal.
package enum Gateway: Hashable, Sendable {
  /// `[host]:port`: the host's own addresses (A, AAAA, or a literal), no MX lookup.
  case host(String, port: Int)
  /// `domain:port`: the domain's mail exchangers.
  case mx(String, port: Int)
  /// `unix:path`: a local socket (LMTP only).
  case unix(String)

  /// The port that is used, or nil for a local socket.
  package var port: Int? {
    switch self {
    case .host(_, let port), .mx(_, let port): port
    case .unix: nil
    }
  }

  /// The host or domain name, or the path of the socket.
  package var name: String {
    switch self {
    case .host(let name, _), .mx(let name, _), .unix(let name): name
    }
  }
}

extension Gateway: CustomStringConvertible {
  /// `[h]:25`, `h:25` (MX) or `unix:path`: the spelling that docs/scripts.md promises.
  package var description: String {
    switch self {
    case .host(let name, let port): "[\(name)]:\(port)"
    case .mx(let name, let port): "\(name):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}

extension Gateway: Comparable {
  package static func < (left: Gateway, right: Gateway) -> Bool { left.description < right.description }
}

/// The protocol that a transport speaks: smtp(8) as `smtp` or as `lmtp`.
package enum MailProtocol: String, Hashable, Sendable {
  case smtp, lmtp
}

/// Where a transport looks up the addresses of a host: `smtp_host_lookup` and `smtp_dns_support_level`.
package enum HostLookup: String, Hashable, Sendable {
  case dns
  /// The system's own lookup, which knows /etc/hosts too; the DNS only for mail exchangers.
  case native
  case dnsThenNative = "dns, native"
  /// As `native`, and mail exchangers are not asked for.
  case withoutDNS

  package var asksDNS: Bool { self == .dns || self == .dnsThenNative }
  package var asksSystem: Bool { self != .dns }
}

/// How a transport reaches its gateways. Two lanes may see one gateway differently, so a reading
/// belongs to a gateway *and* an approach.
package struct Approach: Hashable, Sendable {
  package var mailProtocol: MailProtocol
  /// `smtp_bind_address` of the transport, if it has one: for IPv4 only.
  package var source: String?
  /// `smtp_bind_address6`, for IPv6 only.
  package var source6: String?
  /// The name given in EHLO or LHLO: `smtp_helo_name`, by default `$myhostname`.
  package var heloName: String
  package var lookup: HostLookup
  package var tls: TLSPolicy

  package init(
    mailProtocol: MailProtocol = .smtp, source: String? = nil, source6: String? = nil, heloName: String,
    lookup: HostLookup = .native, tls: TLSPolicy = TLSPolicy()
  ) {
    self.mailProtocol = mailProtocol
    self.source = source
    self.source6 = source6
    self.heloName = heloName
    self.lookup = lookup
    self.tls = tls
  }
}

/// What a probe is sent to: a gateway, in the way that a transport reaches it.
package struct Target: Hashable, Sendable {
  package var gateway: Gateway
  package var approach: Approach

  package init(_ gateway: Gateway, _ approach: Approach) {
    self.gateway = gateway
    self.approach = approach
  }
}
