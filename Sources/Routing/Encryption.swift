// TLS as routing sees it: what a transport asks for, and what a gateway has to show.

import PostfixFiles

/// How a transport uses TLS: `smtp_tls_security_level` and `smtp_tls_wrappermode`.
public struct TLSPolicy: Hashable, Sendable {
  /// What it asks for; `may` asks for nothing: mail leaves in clear text where TLS fails.
  public enum Level: String, Hashable, Sendable {
    case none, may, encrypt, dane, fingerprint, verify, secure
    case daneOnly = "dane-only"
  }

  public var level: Level
  /// TLS from the first byte.
  public var isWrapped: Bool

  public init(_ level: Level = .none, isWrapped: Bool = false) {
    self.level = level
    self.isWrapped = isWrapped
  }

  /// Whether mail does not leave without TLS. (`dane` falls back to `may` where there are no TLSA records.)
  public var isMandatory: Bool {
    switch level {
    case .none, .may, .dane: isWrapped
    case .encrypt, .fingerprint, .verify, .secure, .daneOnly: true
    }
  }

  /// Whether the name in the certificate decides.
  public var checksName: Bool { level == .verify || level == .secure }
}

/// The certificate that a gateway shows. Its names are a stranger's text: made printable when the value is made.
public struct Certificate: Hashable, Sendable {
  /// The DNS names that it is for; the common name where it has none.
  public let names: [String]
  /// The end of its validity, in seconds since 1970.
  public let expires: Int
  /// Whole days until then, from the moment of the probe; negative once it has expired.
  public let daysLeft: Int

  /// - Parameter now: seconds since 1970.
  public init(names: [String], expires: Int, now: Int) {
    self.names = names.map { printable($0) }
    self.expires = expires
    daysLeft = Int((Double(expires - now) / 86_400).rounded(.down))
  }

  /// Whether it is for `host`: a name of its own, or a wildcard in the place of the first label.
  public func isFor(_ host: String) -> Bool {
    let host = host.lowercased()
    let parent = host.firstIndex(of: ".").map { "*" + host[$0...] }
    return names.contains { name in
      let name = name.lowercased()
      return name == host || name == parent
    }
  }
}

/// What a probe found of TLS.
public enum Encryption: Hashable, Sendable {
  /// The probe did not come that far.
  case unknown
  case notOffered
  /// It was offered, or expected from the first byte, and did not come about.
  case failed(Finding)
  case established(Certificate)

  public var certificate: Certificate? {
    if case .established(let certificate) = self { certificate } else { nil }
  }
}

extension Reading {
  /// The reading as a transport with `policy` takes it. One that does not ask for TLS is content with less.
  ///
  /// - Parameters:
  ///   - hosts: the names that the certificate may be for; empty where any will do.
  ///   - daysNeeded: how long a certificate has to be valid yet.
  public func judged(by policy: TLSPolicy, hosts: [String], daysNeeded: Int) -> Reading {
    guard policy.isMandatory, finding == .answers else { return self }
    var judged = self
    switch encryption {
    case .unknown: break
    case .notOffered: judged.finding = .noTLS
    case .failed(let why): judged.finding = why
    case .established(let certificate):
      if certificate.daysLeft < 0 {
        judged.finding = .certificateExpired(days: -certificate.daysLeft)
      } else if !hosts.isEmpty, !hosts.contains(where: certificate.isFor) {
        judged.finding = .certificateOfAnother(certificate.names)
      } else if certificate.daysLeft < daysNeeded {
        judged.finding = .certificateExpiresSoon(days: certificate.daysLeft)
      }
    }
    return judged
  }
}
