// The addresses at which this machine can be reached.

#if canImport(Glibc)
  import Glibc
#endif

/// The addresses of this machine's interfaces.
package func interfaceAddresses() -> [String] {
  var first: UnsafeMutablePointer<ifaddrs>?
  guard getifaddrs(&first) == 0 else { return [] }
  defer { freeifaddrs(first) }
  var found: [String] = []
  var next = first
  while let interface = next?.pointee {
    next = interface.ifa_next
    guard let address = interface.ifa_addr else { continue }
    let isIPv6 = Int32(address.pointee.sa_family) == AF_INET6
    guard isIPv6 || Int32(address.pointee.sa_family) == AF_INET else { continue }
    let size = isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    if getnameinfo(address, socklen_t(size), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
      found.append(
        String(decoding: text.prefix { $0 != 0 && $0 != 0x25 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
  }
  return found
}

/// The numeric addresses of a name, as the system's own lookup says; that may ask the DNS. Empty where there is none.
package func systemAddresses(of name: String) -> [String] { (try? addresses(of: name).get()) ?? [] }

/// Why a name has no addresses.
package enum HostNameError: Error, Hashable, Sendable {
  /// It has no address, permanently.
  case missing
  /// It cannot be said now.
  case failed
}

/// The numeric addresses of a name, or why it has no address.
package func addresses(of name: String) -> Result<[String], HostNameError> {
  var hints = addrinfo()
  hints.ai_socktype = SocketKind.inheritedStream
  var found: UnsafeMutablePointer<addrinfo>?
  let status = getaddrinfo(name, nil, &hints, &found)
  guard status == 0 else {
    // EAI_NODATA, which the header hides: the name exists without an address.
    let noData: Int32 = -5
    return .failure([EAI_NONAME, noData].contains(status) ? .missing : .failed)
  }
  defer { freeaddrinfo(found) }
  var addresses: [String] = []
  var next = found
  while let entry = next {
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    if getnameinfo(
      entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
      == 0
    {
      addresses.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    next = entry.pointee.ai_next
  }
  return .success(addresses)
}
