// A gateway as the rules that use a probe see it: its use in the configuration, and the readings.

import Gateways
import PostfixFiles
import Routing

struct ProbedGateway: Sendable {
  let use: GatewayUse
  let known: KnownGateway

  /// `[gw1.example]:25`, safe to show.
  var name: String { "\"\(printable(use.gateway.description))\"" }

  /// The reason of the first reading of which `condition` holds; nil where there is none.
  func reason(where condition: (ProbeFinding) -> Bool) -> String? {
    known.inOrder.lazy.map(\.finding).first(where: condition)?.reason
  }

  /// What happens to its mail where smtp(8) finds nothing that it can try again.
  var fate: String {
    use.roles.contains(.nextHop)
      ? "mail that has no other gateway is bounced" : "mail that is left to it is deferred"
  }
}

extension Subject {
  /// One finding for each gateway that gets mail and that `check` objects to, at the first place that names it.
  func findings(of check: (ProbedGateway) -> String?) -> [Finding] {
    gateways.compactMap { use in
      guard !use.isDrained, let place = use.place, let known = known[use.gateway],
        let message = check(ProbedGateway(use: use, known: known))
      else { return nil }
      let words = use.mentions == 1 ? "" : " (the first of \(use.mentions) places that name it)"
      return Finding(place, message + words)
    }
  }
}

// MARK: - For examples

extension KnownGateway {
  static let up = KnownGateway(.up)
  static let down = KnownGateway(.down)
  static let refused = KnownGateway(.refused)

  /// One address, of which a probe found this.
  static func found(
    _ finding: ProbeFinding, at address: String? = "192.0.2.1", asking tls: TLSPolicy.Level = .none,
    encryption: Encryption = .unknown, remark: Remark? = nil
  ) -> KnownGateway {
    let approach = Approach(heloName: "mx1.example", tls: TLSPolicy(tls))
    let reading = Reading(address: address, port: 25, finding: finding, encryption: encryption)
      .judged(by: approach.tls, host: "gw1.example", domain: "gw1.example", daysNeeded: 14)
    let readings = [approach: [reading]]
    return KnownGateway(.of(readings), readings: readings, remark: remark)
  }
}

extension KnownGateways {
  /// `[gw1.example]:25`, with what is known of it, and of the gateways after it.
  static func of(_ known: KnownGateway...) -> KnownGateways {
    Dictionary(
      known.enumerated().map { (.host("gw\($0.offset + 1).example", port: 25), $0.element) },
      uniquingKeysWith: { first, _ in first })
  }
}
