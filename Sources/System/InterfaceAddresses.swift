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
