// TLS as routing sees it: what a transport asks for, and what a gateway has to show.

import PostfixFiles

/// How a transport uses TLS: `smtp_tls_security_level`, or what `smtp_tls_policy_maps` says of the next hop, and
/// `smtp_tls_wrappermode`.
package struct TLSPolicy: Hashable, Sendable {
  /// What it asks for; `may` asks for nothing: mail leaves in clear text where TLS fails.
  package enum Level: String, Hashable, Sendable {
    case none, may, encrypt, dane, fingerprint, verify, secure
    case daneOnly = "dane-only"

    /// The defaults of `smtp_tls_verify_cert_match` and `smtp_tls_secure_cert_match`; the other levels do not check it,
    /// and this is what a person expects.
    var usualNames: [String] {
      switch self {
      case .verify: ["hostname"]
      case .secure: ["nexthop", "dot-nexthop"]
      default: ["hostname", "nexthop"]
      }
    }
  }

  package var level: Level
  /// TLS from the first byte.
  package var isWrapped: Bool
  /// What `match=` of a policy, or `smtp_tls_verify_cert_match` and the like, lets the certificate be for: `hostname`,
  /// `nexthop`, `dot-nexthop`, a name, or `.domain` for everything below it. Nil where nothing says.
  package var names: [String]?

  package init(_ level: Level = .none, isWrapped: Bool = false, names: [String]? = nil) {
    self.level = level
    self.isWrapped = isWrapped
    self.names = names
  }

  /// Whether mail does not leave without TLS. (`dane` falls back to `may` where there are no TLSA records.)
  package var isMandatory: Bool {
    switch level {
    case .none, .may, .dane: isWrapped
    case .encrypt, .fingerprint, .verify, .secure, .daneOnly: true
    }
  }

  /// Whether mail leaves only after a check of the certificate itself: who signed it, its name, or its fingerprint.
  package var checksCertificate: Bool {
    switch level {
    case .none, .may, .dane, .encrypt: false
    case .fingerprint, .verify, .secure, .daneOnly: true
    }
  }

  /// What mail is sure of on its way, the least first.
  package enum Protection: Int, Comparable, Sendable {
    /// It may leave in clear text.
    case mayBeClear
    /// It is encrypted, for whoever answers.
    case encrypted
    /// It is encrypted for a gateway that has shown who it is.
    case checked

    package static func < (one: Protection, other: Protection) -> Bool { one.rawValue < other.rawValue }
  }

  package var protection: Protection {
    checksCertificate ? .checked : isMandatory ? .encrypted : .mayBeClear
  }

  /// Whether the name in the certificate decides.
  package var checksName: Bool { level == .verify || level == .secure }

  /// The names that the certificate of `host`, reached by the next hop `domain`, may be for.
  package func names(host: String, domain: String) -> [String] {
    (names ?? level.usualNames).map { name in
      switch name.lowercased() {
      case "hostname": host
      case "nexthop": domain
      case "dot-nexthop": ".\(domain)"
      default: name
      }
    }
  }
}

/// The certificate that a gateway shows. Its names are remote text: made printable when the value is made.
package struct Certificate: Hashable, Sendable {
  /// The DNS names that it is for; the common name where it has none.
  package let names: [String]
  /// The end of its validity, in seconds since 1970.
  package let expires: Int
  /// Whole days until then, from the moment of the probe; negative once it has expired.
  package let daysLeft: Int

  /// - Parameter now: seconds since 1970.
  package init(names: [String], expires: Int, now: Int) {
    self.names = names.map { printable($0) }
    self.expires = expires
    daysLeft = Int((Double(expires - now) / 86_400).rounded(.down))
  }

  /// Whether it is for `host`: a name of its own, or a wildcard in the place of the first label. `.domain` is every
  /// host below that.
  package func isFor(_ host: String) -> Bool {
    let host = host.lowercased()
    if host.hasPrefix(".") { return names.contains { $0.lowercased().hasSuffix(host) } }
    let parent = host.firstIndex(of: ".").map { "*" + host[$0...] }
    return names.contains { name in
      let name = name.lowercased()
      return name == host || name == parent
    }
  }
}

/// What a probe found of TLS.
package enum Encryption: Hashable, Sendable {
  /// The probe did not come that far.
  case unknown
  case notOffered
  /// It was offered, or expected from the first byte, and did not come about.
  case failed(ProbeFinding)
  /// The gateway offered it and then answered 4xx or 5xx, or sent clear text after its answer. Unlike a handshake that
  /// fails, that costs smtp(8) nothing where TLS is not mandatory (measured with 3.7.11, level `may`).
  case declined(ProbeFinding)
  case established(Certificate)

  package var certificate: Certificate? {
    if case .established(let certificate) = self { certificate } else { nil }
  }
}

extension Reading {
  /// The reading as a transport with `policy` takes it. One that does not ask for TLS is content with less.
  ///
  /// - Parameters:
  ///   - host: what the address is of.
  ///   - domain: the next hop that led there.
  ///   - daysNeeded: how long a certificate has to be valid yet.
  package func judged(by policy: TLSPolicy, host: String, domain: String, daysNeeded: Int) -> Reading {
    var judged = self
    judged.host = host
    // No certificate is for an address; only a transport that requires a name checks it.
    let mindsName = address != host || policy.checksName
    judged.certificateFault = encryption.certificate?.fault(
      names: mindsName ? policy.names(host: host, domain: domain) : [], daysNeeded: daysNeeded)
    guard finding == .answers else { return judged }
    guard policy.isMandatory else {
      // smtp(8) defers such a message, unless another gateway follows, and sends it in clear text the next time.
      if policy.level != .none, case .failed(let why) = encryption {
        judged.finding = .fallsBack(why.tlsWords)
      }
      return judged
    }
    switch encryption {
    case .unknown: break
    case .notOffered: judged.finding = .noTLS
    case .failed(let why), .declined(let why): judged.finding = why
    case .established: judged.finding = judged.certificateFault ?? finding
    }
    return judged
  }
}

extension Certificate {
  /// What is wrong with it; nil where nothing is.
  ///
  /// - Parameters:
  ///   - names: what it may be for; empty where any will do.
  ///   - daysNeeded: how long it has to be valid yet.
  func fault(names: [String], daysNeeded: Int) -> ProbeFinding? {
    if daysLeft < 0 { return .certificateExpired(days: -daysLeft) }
    if !names.isEmpty, !names.contains(where: isFor) { return .certificateOfAnother(self.names) }
    return daysLeft < daysNeeded ? .certificateExpiresSoon(days: daysLeft) : nil
  }
}
