// RM601: One gateway is spelt in several ways

import Gateways
import PostfixFiles
import Routing

extension Rule {
  static let rm601 = Rule(
    "RM601", .warning, "One gateway is spelt in several ways",
    why: """
      Letter case and the default port make no difference to where mail goes, but each spelling has
      its own weight, its own queue and its own concurrency limit. Written alike they are one member.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], «smtp:[GW1.example]:25», smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .pool { view in
      var first: [Way: Member] = [:]
      for member in view.active where !member.gateways.isEmpty {
        let place = Way(transport: member.transport, gateways: member.gateways)
        if let other = first[place] {
          return view.finding(
            member,
            "the same gateway as \"\(printable(other.result))\", so its weight is split; need one spelling")
        }
        first[place] = member
      }
      return []
    })
}

/// What all spellings of one destination have in common.
private struct Way: Hashable {
  let transport: String?
  let gateways: [Gateway]
}
