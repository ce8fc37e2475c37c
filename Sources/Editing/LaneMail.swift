// Mail that goes by lanes alone: from addresses of this host straight to the mail exchangers of each recipient's domain. No
// gateway is named then, and that is no mistake.

import PostfixFiles
import Routing

/// The lanes of a configuration that hand mail to no gateway of ours.
package struct LaneMail: Hashable, Sendable {
  /// How many addresses, or transports where one of these has no address of its own.
  package let count: Int
  /// Whether each of them sends from an address of its own.
  package let haveAddresses: Bool

  /// `2 addresses of this host (lanes)`
  package var origin: String {
    let what = haveAddresses ? ("address", "addresses") : ("transport", "transports")
    return "\(count) \(count == 1 ? what.0 : what.1) of this host (lane\(count == 1 ? "" : "s"))"
  }

  /// What becomes of the mail.
  package var words: String {
    "the mail leaves from \(origin) straight to the recipients' MX hosts, which no probe watches"
  }
}

extension MailConfig {
  /// Nil where no lane hands mail straight to the mail exchangers of its domain.
  package var laneMail: LaneMail? {
    let transports = Set(
      pools().filter { $0.onward == .domains && $0.overrider == nil }.flatMap(\.members)
        .filter { $0.isLane && $0.getsMail }.compactMap(\.transport))
    guard !transports.isEmpty else { return nil }
    let sources = transports.map { name -> [String] in
      let approach = gatewayTransport(name)?.approach
      return [approach?.source, approach?.source6].compactMap(\.self).filter { !$0.isEmpty }
    }
    let haveAddresses = sources.allSatisfy { !$0.isEmpty }
    return LaneMail(
      count: haveAddresses ? Set(sources.flatMap(\.self)).count : transports.count,
      haveAddresses: haveAddresses)
  }

  /// Where there is no gateway to report of.
  package var wordsOfNoGateway: String {
    laneMail.map { "no gateways: \($0.words)" } ?? Self.noGateways
  }

  /// The same where no lane has the mail either.
  package static let noGateways = "no gateways: no pool, route or relayhost names one"
}
