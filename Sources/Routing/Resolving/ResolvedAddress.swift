// The first step of trivial-rewrite(8): local domains, `%` and `!` are taken off an address until its domain is not
// ours or nothing is left (the loop at the start of resolve_addr()).

import PostfixFiles
import System

/// A recipient with the domain that decides where its mail goes.
struct ResolvedAddress: Hashable {
  let text: Bytes
  /// What comes after its last `@`.
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
    let quoted = MailAddress.quoted(recipient, hasDomain: true)
    return stripped(AddressTokens(scanning: quoted), saved: nil, steps: recipient.count + 100)
  }

  private func tooComplex() -> Distribution<SettledAddress> {
    let reason = "the address is too complex to be taken apart here"
    settings.tables.note(unknown: reason)
    return Distribution(.unknown(reason))
  }

  /// - Parameters:
  ///   - saved: the local domain that was taken off last, with its `@`.
  ///   - steps: how often this may go on: every step takes something away but for the empty address.
  private func stripped(
    _ given: AddressTokens, saved: [AddressToken]?, steps: Int
  ) -> Distribution<SettledAddress> {
    guard steps >= 0 else { return Distribution(.failed("giving up")) }
    var address = given
    if address.domain != nil { address.removeFinalDot() }
    if settings[isOn: "resolve_null_domain"], address.tokens.last == .at { address.tokens.removeLast() }
    guard let domain = address.domain else { return withoutDomain(address, saved: saved, steps: steps) }
    var local = address
    local.tokens.removeLast(domain.count + 1)
    let removed = [AddressToken.at] + domain
    guard !domain.isEmpty else { return withoutDomain(local, saved: removed, steps: steps) }
    guard let name = AddressTokens(Array(domain)).text else { return tooComplex() }
    return isLocal(name).flatMap { membership in
      switch membership {
      case .yes: withoutDomain(local, saved: removed, steps: steps)
      case .no: checked(address, isLocal: false)
      case .failed(let reason): Distribution(.failed(reason))
      }
    }
  }

  /// The address before a local domain: `user%domain`, `domain!user`, or a user of ours.
  private func withoutDomain(
    _ given: AddressTokens, saved: [AddressToken]?, steps: Int
  ) -> Distribution<SettledAddress> {
    var address = given
    func goOn(_ saved: [AddressToken]?) -> Distribution<SettledAddress> {
      stripped(address, saved: saved, steps: steps - 1)
    }
    let swaps = settings[isOn: "swap_bangpath"]
    let promotes = settings[isOn: "allow_percent_hack"]
    if address.domain != nil || (swaps && address.tokens.contains(.bang))
      || (promotes && address.tokens.contains(.percent))
    {
      address.rewrite(rewriting)
      return goOn(saved)
    }
    if settings[isOn: "resolve_dequoted_address"], address.tokens.count == 1,
      case .quoted(let inside)? = address.tokens.first,
      let opened = opened(inside, swapsBangs: swaps, promotesPercent: promotes)
    {
      address = opened
      address.rewrite(rewriting)
      return goOn(saved)
    }
    if address.tokens == [.quoted([])] { address.tokens = [] }
    if address.tokens.isEmpty {
      address = AddressTokens(scanning: settings[text: "empty_address_recipient"])
      return goOn(saved)
    }
    guard let saved else {
      address.tokens += [.at] + AddressTokens(scanning: settings[text: "myhostname"]).tokens
      return goOn(nil)
    }
    address.tokens += saved
    return checked(address, isLocal: true)
  }

  /// What is in a quoted local part that has a domain in it; nil if it has none.
  private func opened(_ inside: Bytes, swapsBangs: Bool, promotesPercent: Bool) -> AddressTokens? {
    if inside.contains(UInt8(ascii: "@")) {
      return AddressTokens(scanning: MailAddress.quoted(inside, hasDomain: true))
    }
    if promotesPercent, let percent = inside.lastIndex(of: UInt8(ascii: "%")) {
      var text = inside
      text[percent] = UInt8(ascii: "@")
      return AddressTokens(scanning: MailAddress.quoted(text, hasDomain: true))
    }
    guard swapsBangs, inside.contains(UInt8(ascii: "!")) else { return nil }
    return AddressTokens(scanning: inside)
  }

  /// The address that Postfix asks for where a person writes one without a domain, or with a part of it: cleanup(8) has it
  /// completed before mail is routed.
  func completed(_ address: Bytes) -> Bytes {
    var tokens = AddressTokens(scanning: MailAddress.quoted(address, hasDomain: true))
    let count = tokens.tokens.count
    let rules = rewriting
    tokens.rewrite(
      AddressRewriting(
        swapsBangs: false, promotesPercent: false,
        origin: isOldForm(tokens) ? [] : rules.origin, domain: rules.domain))
    return tokens.tokens.count > count ? tokens.text ?? address : address
  }

  /// Whether a sign in it is taken for the one before a domain.
  private func isOldForm(_ address: AddressTokens) -> Bool {
    address.tokens.contains(.bang) && settings[isOn: "swap_bangpath"]
      || address.tokens.contains(.percent) && settings[isOn: "allow_percent_hack"]
  }

  private var rewriting: AddressRewriting {
    AddressRewriting(
      swapsBangs: settings[isOn: "swap_bangpath"], promotesPercent: settings[isOn: "allow_percent_hack"],
      origin: settings[isOn: "append_at_myorigin"] ? settings[text: "myorigin"] : [],
      domain: settings[isOn: "append_dot_mydomain"] ? settings[text: "mydomain"] : [])
  }

  /// Refuses what is neither a host name nor an address in brackets.
  private func checked(_ address: AddressTokens, isLocal wasLocal: Bool) -> Distribution<SettledAddress> {
    guard let text = address.text else { return tooComplex() }
    let domain = Bytes(text[((text.lastIndex(of: UInt8(ascii: "@")) ?? -1) + 1)...])
    let resolved = ResolvedAddress(text: text, domain: domain)
    let isUnicode = settings.tables.isUnicode
    let isValid =
      domain.first == UInt8(ascii: "[")
      ? MailAddress.literal(domain) != nil
      : (!isUnicode || text.isUTF8) && MailAddress.isHostName(domain, isUnicode: isUnicode)
    if isValid {
      return Distribution(.address(resolved, isLocal: wasLocal))
    }
    let mayBeNumeric = settings[isOn: "resolve_numeric_domain"] && (!isUnicode || text.isUTF8)
    guard mayBeNumeric, HostName.isAddress(domain.text) else {
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
    resolver.note("mydestination", failure: reason)
    return .failed("mydestination lookup failure")
  }

  private func isOwnAddress(_ domain: Bytes) -> Bool {
    guard let literal = MailAddress.literal(domain) else { return false }
    let isIPv6 = HostName.isIPv6(literal)
    let protocols = settings[text: "inet_protocols"].text.split { $0 == "," || $0.isWhitespace }
    guard protocols.contains("all") || protocols.contains(isIPv6 ? "ipv6" : "ipv4") else { return false }
    return ownAddresses(besides: literal).contains { HostName.isSameAddress($0, literal) }
  }

  /// - Parameter literal: the address that is looked for.
  private func ownAddresses(besides literal: String) -> [String] {
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
      } else if let found = resolver.context.addressesOfName(name), !found.isEmpty {
        own += found
      } else if name == "localhost", HostName.isIPv4(literal) {
        own.append("127.0.0.1")
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
