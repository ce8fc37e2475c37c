// Names to addresses, as Postfix would: blocking calls for a thread of the resolver.

import Gateways
import Glibc
import Routing
import System

/// An address, and the host that it is of: the gateway itself, or one of its mail exchangers.
struct HostAddress: Hashable {
  let address: String
  let host: String
}

/// What a lookup needs to know; a value, so that it can go to a thread.
struct NameLookup: Sendable {
  let gateway: Gateway
  let approach: Approach
  let settings: ProbeSettings

  init(_ target: Target, settings: ProbeSettings) {
    gateway = target.gateway
    approach = target.approach
    self.settings = settings
  }

  /// The addresses, if no lookup is needed to know them: a numeric literal, or a local socket.
  var literal: Result<[HostAddress], ResolutionError>? {
    if case .unix(let path) = gateway { return .success([HostAddress(address: path, host: path)]) }
    let name =
      gateway.name.lowercased().hasPrefix("ipv6:") ? gateway.name.dropFirst(5)[...] : gateway.name[...]
    guard let family = Self.family(ofLiteral: String(name)) else { return nil }
    switch (settings.families, family) {
    case (.ipv4, AF_INET6), (.ipv6, AF_INET):
      return .failure(
        ResolutionError(.excluded, "inet_protocols = \(settings.families.rawValue) excludes it"))
    default: return .success([HostAddress(address: String(name), host: String(name))])
    }
  }

  /// At most `address_limit` numeric addresses, in the order of preference. Blocks; looks no further name up when the
  /// time limit of a probe has passed since the call.
  func addresses() -> Result<[HostAddress], ResolutionError> {
    let deadline = ContinuousClock.now + settings.duration(.probeTimeLimit)
    do throws(ResolutionError) {
      // LMTP knows no mail exchangers.
      guard approach.mailProtocol == .smtp, approach.lookup != .withoutDNS else {
        return .success(try addresses(of: [gateway.name], until: deadline))
      }
      guard case .mx(let domain, _) = gateway else {
        return .success(try addresses(ofHost: gateway.name, until: deadline))
      }
      guard let exchangers = try dns.mailExchangers(of: domain) else {
        return .success(try addresses(of: [domain], until: deadline))
      }
      return .success(try addresses(of: exchangers, until: deadline))
    } catch {
      return .failure(error)
    }
  }

  /// A domain in brackets is a common mistake, and the DNS knows.
  private func addresses(
    ofHost name: String, until deadline: ContinuousClock.Instant
  ) throws(ResolutionError) -> [HostAddress] {
    do throws(ResolutionError) { return try addresses(of: [name], until: deadline) } catch {
      guard error.kind == .absent, let first = try? dns.mailExchangers(of: name)?.first else { throw error }
      throw ResolutionError(.domain, "\(error.words), but it has mail exchangers, \(first) first")
    }
  }

  private func addresses(
    of hosts: [String], until deadline: ContinuousClock.Instant
  ) throws(ResolutionError) -> [HostAddress] {
    let limit = settings[.addressLimit]
    var all: [HostAddress] = []
    var failure = ResolutionError(.unanswered, "no address")
    var isUnanswered = false
    // A list without end must not keep a thread busy for ever.
    for host in hosts.prefix(limit) where all.count < limit && ContinuousClock.now < deadline {
      do throws(ResolutionError) {
        for address in try hostAddresses(host) where !all.contains(where: { $0.address == address }) {
          all.append(HostAddress(address: address, host: host))
        }
      } catch {
        // As smtp(8) does: one name that may yet be answered for is worth trying again.
        if isUnanswered, error.kind != .unanswered { continue }
        isUnanswered = error.kind == .unanswered
        failure =
          host == gateway.name ? error : ResolutionError(error.kind, "mail exchanger \(host): \(error.words)")
      }
    }
    if all.isEmpty { throw failure }
    return Array(all.prefix(limit))
  }

  private var dns: DNSLookup { DNSLookup(nameServer: settings.nameServer) }

  /// A name without an address may have one of the family that is turned off: then it is no typing error.
  private func hostAddresses(_ name: String) throws(ResolutionError) -> [String] {
    do throws(ResolutionError) { return try usableAddresses(name) } catch {
      guard error.kind == .absent, let other = settings.families.other else { throw error }
      var settings = settings
      settings.families = other
      let lookup = NameLookup(Target(gateway, approach), settings: settings)
      guard let found = try? lookup.usableAddresses(name), !found.isEmpty else { throw error }
      throw ResolutionError(
        .otherFamily,
        "it has only \(other.words) addresses, and inet_protocols is \(self.settings.families.rawValue)")
    }
  }

  private func usableAddresses(_ name: String) throws(ResolutionError) -> [String] {
    if approach.lookup.asksDNS {
      if approach.lookup.asksSystem {
        let found = try dns.addresses(of: name, settings.families)
        if !found.isEmpty { return found }
      } else {
        return try addressesInDNS(name)
      }
    }
    return try systemAddresses(name)
  }

  /// Where the DNS alone is asked: a name that only /etc/hosts has works for everything else on this machine.
  private func addressesInDNS(_ name: String) throws(ResolutionError) -> [String] {
    let failure: ResolutionError
    do throws(ResolutionError) {
      let found = try dns.addresses(of: name, settings.families)
      if !found.isEmpty { return found }
      failure = ResolutionError(.absent, "not in the DNS")
    } catch {
      failure = error
    }
    guard HostsFile.has(name) else { throw failure }
    let parameter = "\(approach.mailProtocol.rawValue)_host_lookup"
    throw ResolutionError(
      failure.kind, "\(failure.words); /etc/hosts has it, but is not asked without \(parameter) = dns, native"
    )
  }

  private func systemAddresses(_ name: String) throws(ResolutionError) -> [String] {
    var hints = addrinfo()
    hints.ai_socktype = SocketKind.inheritedStream
    hints.ai_family =
      switch settings.families {
      case .all: AF_UNSPEC
      case .ipv4: AF_INET
      case .ipv6: AF_INET6
      }
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(name, nil, &hints, &list)
    guard status == 0 else {
      let isPassing = [EAI_AGAIN, EAI_MEMORY, EAI_SYSTEM].contains(status)
      throw ResolutionError(isPassing ? .unanswered : .absent, String(cString: gai_strerror(status)))
    }
    defer { freeaddrinfo(list) }
    var addresses: [String] = []
    var next = list
    while let info = next?.pointee {
      if let text = Self.numeric(info), !addresses.contains(text) { addresses.append(text) }
      next = info.ai_next
    }
    if addresses.isEmpty { throw ResolutionError(.absent, "no address") }
    return addresses
  }

  private static func numeric(_ info: addrinfo) -> String? {
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let status = getnameinfo(
      info.ai_addr, info.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
    return status == 0 ? string(text) : nil
  }

  private static func family(ofLiteral text: String) -> Int32? {
    var address = in6_addr()
    if inet_pton(AF_INET, text, &address) == 1 { return AF_INET }
    if inet_pton(AF_INET6, text, &address) == 1 { return AF_INET6 }
    return nil
  }
}

/// The text of a C string in a buffer.
func string(_ buffer: [CChar]) -> String {
  String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
