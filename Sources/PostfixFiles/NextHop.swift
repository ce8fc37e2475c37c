// A destination as Postfix parses it: `transport:nexthop`, and the host and port of a next hop (host_port.c,
// smtp_parse_destination; measured).

#if canImport(Glibc)
  import Glibc
#endif

/// Why smtp(8) or lmtp(8) refuses a next hop. It does not defer the one message: it dies, and master(8) throttles
/// its transport, so that other mail waits too.
package enum NextHopError: Error, Hashable, Sendable {
  case missingBracket
  case garbageAfterBracket
  case malformedIPv6
  case notAHost
  case garbageAfterService
  case badPort(String)
  case unknownService(String)

  /// In Postfix's words.
  package var message: String {
    switch self {
    case .missingBracket: "missing \"]\""
    case .garbageAfterBracket: "garbage after \"]\""
    case .malformedIPv6: "malformed IPv6 address"
    case .notAHost: "valid hostname or network address required"
    case .garbageAfterService: "garbage after numerical service"
    case .badPort(let port): "bad network port: \(printable(port))"
    case .unknownService(let name):
      "unknown service: \(Self.withoutLogin(name))/tcp"
    }
  }
}

extension NextHopError {
  /// Of `user:password@host` the part after the colon, and of `[host]:user:password`, was taken for a service.
  private static func withoutLogin(_ name: String) -> String {
    if let at = name.utf8.lastIndex(of: UInt8(ascii: "@")) {
      return "********\(printable(String(name[at...])))"
    }
    return name.utf8.contains(.colon) ? "********" : printable(name)
  }
}

/// One host, and perhaps a port, as a next hop names it.
package struct HostPort: Hashable, Sendable {
  /// Without brackets; as it is written otherwise.
  package let host: String
  /// In brackets: no MX lookup.
  package let isBracketed: Bool
  /// Nil where none is given, or only the colon: then the transport's own default is used.
  package let port: Int?

  /// Parses one item of a next-hop list.
  ///
  /// - Parameter ports: `known_tcp_ports`, where it is set.
  package init(_ text: String, ports: KnownPorts = .standard) throws(NextHopError) {
    var host = Substring(text)
    var service: Substring = ""
    // By bytes, as the text may have millions of them.
    let bytes = text.utf8
    if bytes.first == UInt8(ascii: "[") {
      guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { throw .missingBracket }
      host = text[bytes.index(after: bytes.startIndex)..<close]
      let rest = text[bytes.index(after: close)...]
      guard rest.isEmpty || rest.first == ":" else { throw .garbageAfterBracket }
      service = rest.dropFirst()
      isBracketed = true
    } else {
      if let colon = bytes.lastIndex(of: .colon) {
        host = text[..<colon]
        service = text[bytes.index(after: colon)...]
      }
      isBracketed = false
    }
    let prefix = host.utf8.prefix("ipv6:".utf8.count)
    if prefix.last == .colon, String(prefix)?.lowercased() == "ipv6:" {
      host = host[prefix.endIndex...]
      guard isBracketed, host.utf8.count <= HostName.maximumLength, HostName.isIPv6(String(host)) else {
        throw .malformedIPv6
      }
    }
    guard host.utf8.count <= HostName.maximumLength else { throw .notAHost }
    let name = String(host)
    guard HostName.isValid(name) || HostName.isAddress(name) else { throw .notAHost }
    self.host = name
    port = service.isEmpty ? nil : try Self.port(String(service), ports)
  }

  private static func port(_ service: String, _ ports: KnownPorts) throws(NextHopError) -> Int {
    guard let first = service.utf8.first, first.isDigit else {
      guard let port = ports[service] else { throw .unknownService(service) }
      return port
    }
    guard service.utf8.allSatisfy(\.isDigit) else { throw .garbageAfterService }
    guard let port = Int(service), (1...65535).contains(port) else { throw .badPort(service) }
    return port
  }
}

/// The ports that `known_tcp_ports` gives names, which come before those of the machine's services database.
package struct KnownPorts: Hashable, Sendable {
  private var ports: [String: Int] = [:]

  /// Those of the default.
  package static let standard = KnownPorts()

  private init() {}

  /// The value of `known_tcp_ports`: `smtps=submissions=465, lmtp=24`. An item that is not so is left out, with a warning.
  package init(_ parameters: Parameters) {
    guard parameters.isSet("known_tcp_ports"), parameters.environment.version >= .knownPorts else { return }
    for item in parameters.text("known_tcp_ports").split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      let words = item.split(separator: "=").map(String.init)
      guard let last = words.last, let port = Int(last), (1...65535).contains(port) else { continue }
      for name in words.dropLast() { ports[name] = port }
    }
  }

  package subscript(name: String) -> Int? { ports[name] ?? servicePort(name) }
}

/// The port of a service name, from the machine's services database.
package func servicePort(_ name: String) -> Int? {
  if let port = Int(name) { return (1...65535).contains(port) ? port : nil }
  switch name {
  case "smtp": return 25
  case "lmtp": return 24
  // The defaults of known_tcp_ports: a container has no services database.
  case "smtps", "submissions": return 465
  case "submission": return 587
  default: break
  }
  var entry = servent()
  var found: UnsafeMutablePointer<servent>?
  var buffer = [CChar](repeating: 0, count: 4096)
  guard getservbyname_r(name, "tcp", &entry, &buffer, buffer.count, &found) == 0, let found else {
    return nil
  }
  return Int(UInt16(truncatingIfNeeded: found.pointee.s_port).byteSwapped)
}

/// What Postfix takes for a host name or an address (valid_hostname.c).
package enum HostName {
  /// In bytes.
  static let maximumLength = 255

  /// Letters, digits, `_`, `-` and `.`, labels of 1 to 63 bytes that neither start nor end with `-`, not all
  /// digits; no dot at the end; what is not ASCII is left to IDNA, but for U+FFFD, which no name has: it replaces bytes that are not UTF-8.
  package static func isValid(_ name: String) -> Bool {
    var name = name
    return name.withUTF8 { isValid($0) }
  }

  /// Bytes, since a table may name 100,000 hosts, and a text is slow to take apart into characters.
  private static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let (dot, hyphen) = (UInt8(ascii: "."), UInt8(ascii: "-"))
    guard (1...maximumLength).contains(bytes.count) else { return false }
    var isNumeric = true
    var isASCII = true
    var length = 0
    var last = dot
    var at = 0
    while at <= bytes.count {
      // The end ends a label as a dot does.
      let byte = at < bytes.count ? bytes[at] : dot
      if byte == dot {
        guard length >= 1, length <= 63, last != hyphen else { return false }
        length = 0
      } else {
        guard byte.isNameByte || byte >= 0x80 || byte == hyphen && length > 0 else { return false }
        length += 1
        if !byte.isDigit { isNumeric = false }
        if byte >= 0x80 { isASCII = false }
      }
      last = byte
      at += 1
    }
    if isNumeric { return false }
    return isASCII || !String(decoding: bytes, as: UTF8.self).unicodeScalars.contains("\u{FFFD}")
  }

  // Most texts that are asked about are names, which the system would look at only after a copy.

  package static func isIPv4(_ text: String) -> Bool {
    guard text.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ".") }) else { return false }
    var address = in_addr()
    return inet_pton(AF_INET, text, &address) == 1
  }

  package static func isIPv6(_ text: String) -> Bool {
    guard text.utf8.contains(.colon) else { return false }
    var address = in6_addr()
    return inet_pton(AF_INET6, text, &address) == 1
  }

  /// What getaddrinfo(3) takes for an IPv4 address without a lookup: `127.1`, `0x7f.1`, `2130706433` too.
  package static func isNumericIPv4(_ text: String) -> Bool {
    guard text.utf8.allSatisfy({ $0.isNameByte || $0 == UInt8(ascii: ".") }) else { return false }
    var address = in_addr()
    return inet_aton(text, &address) != 0
  }

  package static func isAddress(_ text: String) -> Bool { isIPv4(text) || isIPv6(text) }

  /// The 4 or 16 bytes of an address; nil for any other text.
  package static func addressBytes(_ text: some Collection<UInt8>) -> Bytes? {
    let isIPv6 = text.contains(.colon)
    var buffer = Bytes(repeating: 0, count: isIPv6 ? 16 : 4)
    return inet_pton(isIPv6 ? AF_INET6 : AF_INET, text.text, &buffer) == 1 ? buffer : nil
  }
}

/// `transport:nexthop`, split at the first colon as trivial-rewrite(8) does; nothing is checked.
package struct Destination: Sendable {
  package let transport: SourcedText
  /// Empty without a next hop: then the recipient's domain is used.
  package let nextHop: SourcedText
  /// Whether there was a colon at all.
  package let hasColon: Bool

  package init(_ text: SourcedText) {
    let colon = text.bytes.firstPosition(in: 0..<text.count) { $0 == .colon }
    transport = text[0..<colon]
    hasColon = colon < text.count
    nextHop = hasColon ? text[colon + 1..<text.count] : SourcedText()
  }
}

/// The items of an SMTP next hop: Postfix 3.5 and later try them in this order.
package func nextHopItems(_ nextHop: SourcedText) -> [SourcedText] {
  nextHop.split(where: { $0.isListSeparator }, keepingBraces: false)
}
