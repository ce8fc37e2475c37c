// RM607: Members of a pool share one address

import PostfixFiles
import Routing

extension Rule {
  static let rm607 = Rule(
    "RM607", .warning, "Members of a pool share one address",
    why: """
      When a session that smtp(8) kept open to one of them fails, it leaves out the same address in the
      rest of the list, whatever the port, and the mail is deferred though the other is alive. Before
      Postfix 3.12 the log may also name the wrong port. And one host is one point of failure.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[192.0.2.1]:2525, «smtp:[192.0.2.1]:2526»}
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[192.0.2.1]:2525, smtp:[192.0.2.2]:2525}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .pool { view in
      var first: [String: Member] = [:]
      for member in view.active {
        guard case .host(let address, _)? = member.gateways.first, HostName.isAddress(address) else {
          continue
        }
        if let other = first[address], other.gateways.first != member.gateways.first {
          return view.finding(
            member,
            "the same address as \"\(printable(other.result))\": when one fails, smtp(8) may leave out both; need an address for each"
          )
        }
        first[address] = member
      }
      return []
    })
}
