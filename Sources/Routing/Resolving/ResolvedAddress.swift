// The first step of trivial-rewrite(8): local domains, `%` and `!` are taken off an address until its domain is not
// ours or nothing is left (the loop at the start of resolve_addr()).

import PostfixFiles
import System

/// A recipient with the domain that decides where its mail goes.
struct ResolvedAddress: Hashable {
  let text: Bytes
  /// What stands behind its last `@`.
  let domain: Bytes
}

enum SettledAddress: Hashable {
  case address(ResolvedAddress, isLocal: Bool)
  case refused(String)
  case failed(String)
  case unknown(String)
}

extension Resolution {
  /// What is left of an address when its local domains are taken off.
  func settled(_ recipient: Bytes) -> Distribution<SettledAddress> {
    guard let address = MailAddress(recipient) else { return tooComplex() }
    return stripped(address, saved: nil, steps: recipient.count + 100)
  }

  private func tooComplex() -> Distribution<SettledAddress> {
    let reason = "the address is too complex to be taken apart here"
    settings.tables.note(unknown: reason)
    return Distribution(.unknown(reason))
  }

  /// - Parameters:
  ///   - saved: the local domain that was taken off last.
  ///   - steps: how often this may go on: every step takes something away but for the empty address.
  private func stripped(_ given: MailAddress, saved: Bytes?, steps: Int) -> Distribution<SettledAddress> {
    guard steps > 0 else { return Distribution(.failed("giving up")) }
    var address = given.withoutFinalDot
    if settings[isOn: "resolve_null_domain"], address.domain == [] { address.domain = nil }
    guard let domain = address.domain else { return withoutDomain(address, saved: saved, steps: steps) }
    guard !domain.isEmpty else { return withoutDomain(address, saved: domain, steps: steps) }
    return isLocal(domain).flatMap { membership in
      switch membership {
      case .yes: withoutDomain(address, saved: domain, steps: steps)
      case .no: checked(address, isLocal: false)
      case .failed(let reason): Distribution(.failed(reason))
      }
    }
  }

  /// The address behind a local domain: `user%domain`, `domain!user`, or a user of ours.
  private func withoutDomain(
    _ address: MailAddress, saved: Bytes?, steps: Int
  ) -> Distribution<SettledAddress> {
    let local = address.local
    func goOn(_ next: MailAddress, saved: Bytes?) -> Distribution<SettledAddress> {
      stripped(next, saved: saved, steps: steps - 1)
    }
    let percent = settings[isOn: "allow_percent_hack"] ? local.lastIndex(of: UInt8(ascii: "%")) : nil
    let bang = settings[isOn: "swap_bangpath"] ? local.firstIndex(of: UInt8(ascii: "!")) : nil
    if address.isQuoted {
      if settings[isOn: "resolve_dequoted_address"] {
        if local.contains(UInt8(ascii: "@")) {
          guard let inner = MailAddress(local) else { return tooComplex() }
          return goOn(rewritten(inner), saved: saved)
        }
        if percent != nil || bang != nil { return tooComplex() }
      }
    } else if let bang {
      let next = MailAddress(local: Bytes(local[(bang + 1)...]), domain: Bytes(local[..<bang]))
      return goOn(rewritten(next), saved: saved)
    } else if let percent {
      let next = MailAddress(local: Bytes(local[..<percent]), domain: Bytes(local[(percent + 1)...]))
      return goOn(rewritten(next), saved: saved)
    }
    if local.isEmpty {
      guard let daemon = MailAddress(settings[text: "empty_address_recipient"]), !daemon.local.isEmpty else {
        return tooComplex()
      }
      return goOn(daemon, saved: saved)
    }
    guard let saved else {
      let own = settings[text: "myhostname"]
      return goOn(MailAddress(local: local, isQuoted: address.isQuoted, domain: own), saved: nil)
    }
    return checked(MailAddress(local: local, domain: saved), isLocal: true)
  }

  /// With append_dot_mydomain, as an address that was rewritten gets it.
  private func rewritten(_ address: MailAddress) -> MailAddress {
    var address = address
    let mydomain = settings[text: "mydomain"]
    if settings[isOn: "append_dot_mydomain"], !mydomain.isEmpty, let domain = address.domain, !domain.isEmpty,
      !domain.contains(UInt8(ascii: ".")), domain.first != UInt8(ascii: "[")
    {
      address.domain = domain + [UInt8(ascii: ".")] + mydomain
    }
    return address.withoutFinalDot
  }

  /// Refuses what is neither a host name nor an address in brackets.
  private func checked(_ address: MailAddress, isLocal wasLocal: Bool) -> Distribution<SettledAddress> {
    let text = address.text
    let domain = Bytes(text[((text.lastIndex(of: UInt8(ascii: "@")) ?? -1) + 1)...])
    let resolved = ResolvedAddress(text: text, domain: domain)
    let isUnicode = settings.tables.isUnicode
    let isValid =
      domain.first == UInt8(ascii: "[")
      ? MailAddress.literal(domain) != nil : MailAddress.isHostName(domain, isUnicode: isUnicode)
    if isValid {
      return Distribution(.address(resolved, isLocal: wasLocal))
    }
    guard settings[isOn: "resolve_numeric_domain"], HostName.isIPv4(domain.text) else {
      return Distribution(.refused("bad address syntax"))
    }
    let literal = [UInt8(ascii: "[")] + domain + [UInt8(ascii: "]")]
    let numeric = ResolvedAddress(text: text.dropLast(domain.count) + literal, domain: literal)
    return isLocal(literal).map { membership in
      switch membership {
      case .yes: .address(numeric, isLocal: true)
      case .no: .address(numeric, isLocal: wasLocal)
      case .failed(let reason): .failed(reason)
      }
    }
  }

  // MARK: - Local domains

  /// Whether a domain is in mydestination, or the address of an interface that this Postfix receives mail on
  /// (resolve_local.c).
  func isLocal(_ domain: Bytes) -> Distribution<Membership> {
    var name = domain
    if name.last == UInt8(ascii: ".") { name.removeLast() }
    guard let last = name.last, last != UInt8(ascii: ".") else { return Distribution(.no) }
    return settings.localDomains.contains(name, tables: settings.tables).map { membership in
      switch membership {
      case .no: isOwnAddress(name) ? .yes : .no
      case .yes: .yes
      case .failed(let reason):
        note(failure: reason)
      }
    }
  }

  private func note(failure reason: String) -> Membership {
    resolver.note("mydestination", "lookup failure: \(reason)")
    return .failed("mydestination lookup failure")
  }

  private func isOwnAddress(_ domain: Bytes) -> Bool {
    guard let literal = MailAddress.literal(domain) else { return false }
    let isIPv6 = HostName.isIPv6(literal)
    let protocols = settings[text: "inet_protocols"].text.split { $0 == "," || $0.isWhitespace }
    guard protocols.contains("all") || protocols.contains(isIPv6 ? "ipv6" : "ipv4") else { return false }
    return ownAddresses().contains { HostName.isSameAddress($0, literal) }
  }

  private func ownAddresses() -> [String] {
    func words(_ parameter: String) -> [String] {
      settings[text: parameter].text.split { $0 == "," || $0 == " " || $0 == "\t" }.map(String.init)
    }
    var named = words("proxy_interfaces")
    var own: [String] = []
    switch settings[text: "inet_interfaces"].text {
    case "all": own = resolver.context.interfaceAddresses()
    case "loopback-only":
      own = resolver.context.interfaceAddresses().filter { $0.hasPrefix("127.") || $0 == "::1" }
    default: named += words("inet_interfaces")
    }
    for name in named {
      if HostName.isAddress(name) {
        own.append(name)
      } else if name == "localhost" {
        own += ["127.0.0.1", "::1"]
      } else {
        settings.tables.note(unknown: "the addresses of \(printable(name)), which is in inet_interfaces")
      }
    }
    return own
  }
}

extension HostName {
  /// Whether two texts are the same address.
  fileprivate static func isSameAddress(_ left: String, _ right: String) -> Bool {
    guard let left = addressBytes(left.utf8), let right = addressBytes(right.utf8) else { return false }
    return left == right
  }
}
