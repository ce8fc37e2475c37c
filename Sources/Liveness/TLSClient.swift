// The probe's side of TLS: takes every certificate, and tells what is in it. Whether that will do is judged
// elsewhere, by what the transport asks for; a handshake that we broke off would appear in the gateway's log.

import Gateways
import Glibc
import NIOCore
import NIOSSL
import PostfixFiles
import Routing
import System

/// Makes the handlers of TLS for the probes of one event loop.
final class TLSClient {
  /// Made for the first probe that needs it.
  private var context: NIOSSLContext?

  /// A handler for one connection; `seen` gets the gateway's certificate in the middle of the handshake.
  func handler(_ seen: @escaping (Certificate) -> Void) throws -> NIOSSLClientHandler {
    // As smtp(8), it names no server: it has no `smtp_tls_servername`.
    try NIOSSLClientHandler(
      context: sharedContext(), serverHostname: nil,
      customVerificationCallback: { chain, promise in
        if let leaf = chain.first { seen(Certificate(leaf)) }
        promise.succeed(.certificateVerified)
      })
  }

  private func sharedContext() throws -> NIOSSLContext {
    if let context { return context }
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = .noHostnameVerification
    // No authority is trusted, so the system's list of authorities is not read.
    configuration.trustRoots = .certificates([])
    configuration.minimumTLSVersion = .tlsv1
    configuration.shutdownTimeout = .seconds(1)
    let made = try NIOSSLContext(configuration: configuration)
    context = made
    return made
  }

  /// The words for an error of TLS; nil for any other error, and for a connection that has just ended.
  static func words(for error: any Error) -> String? {
    switch error {
    case NIOSSLError.handshakeFailed(let inner): words(inner)
    case NIOSSLError.uncleanShutdown: nil
    case let error as NIOSSLError: "\(error)"
    case let error as BoringSSLError: words(error)
    default: nil
    }
  }

  private static func words(_ error: BoringSSLError) -> String? {
    switch error {
    case .sslError([.eofDuringHandshake]): nil
    case .sslError(let stack), .unknownError(let stack): stack.map(reason).joined(separator: ", ")
    case .zeroReturn, .syscallError: nil
    default: "\(error)"
    }
  }
}

/// `wrong version number` of `Error: 268435703 error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER at
/// FILE:LINE`: what a person can use.
private func reason(_ error: BoringSSLInternalError) -> String {
  let text = error.description
  let message = text.firstRange(of: " at ").map { text[..<$0.lowerBound] } ?? text[...]
  let name = message.split(separator: ":").last ?? message
  return String(name.map { $0 == "_" ? " " : $0 }).lowercased()
}

extension Certificate {
  fileprivate init(_ certificate: NIOSSLCertificate) {
    var names: [String] = []
    for name in certificate._subjectAlternativeNames() where name.nameType == .dnsName {
      names.append(printable(Array(name.contents)))
    }
    if names.isEmpty {
      names = certificate.subjectName.filter { $0.type == .commonName }.map(\.value)
    }
    self.init(names: names, expires: Int(certificate.notValidAfter), now: time(nil))
  }
}
