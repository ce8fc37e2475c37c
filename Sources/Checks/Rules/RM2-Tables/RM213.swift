// RM213: .domain is not asked for here

import PostfixFiles
import Routing

extension Rule {
  static let rm213 = Rule(
    "RM213", .warning, ".domain is not asked for here",
    why: """
      With transport_maps in parent_domain_matches_subdomains the key domain stands for its subdomains
      too, and nobody asks for .domain: transport(5).
      """,
    bad: Example(
      main: """
        parent_domain_matches_subdomains = relay_domains, transport_maps
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        «.example.com»  smtp:[gw1.example]

        """),
    good: Example(
      main: """
        parent_domain_matches_subdomains = relay_domains, transport_maps
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """),
    check: .directory { subject in
      guard
        subject.plainNames("parent_domain_matches_subdomains").contains(
          RoutingParameter.transportMaps.rawValue)
      else {
        return []
      }
      return subject.tables.compactMap { use in
        guard use.keys == .recipients, let document = subject.digests[use.path]?.document else { return nil }
        let dotted = Table(document).entries.filter { $0.key.bytes.first == UInt8(ascii: ".") }
        guard let first = dotted.first else { return nil }
        return Finding(
          first.key,
          "transport_maps stands in parent_domain_matches_subdomains, so nobody asks for "
            + "\"\(printable(first.key.bytes))\"; need \"\(printable(first.key.bytes.dropFirst()))\"",
          count: dotted.count)
      }
    })
}
