// RM213: A key .domain is not looked up here

import PostfixFiles
import Routing

extension Rule {
  static let rm213 = Rule(
    "RM213", .warning, "A key .domain is not looked up here",
    why: """
      With transport_maps in parent_domain_matches_subdomains the key domain matches its subdomains too,
      and Postfix does not ask for .domain: transport(5).
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
          "transport_maps is in parent_domain_matches_subdomains, so Postfix does not ask for "
            + "\"\(printable(first.key.bytes))\"; need \"\(printable(first.key.bytes.dropFirst()))\"",
          count: dotted.count)
      }
    })
}
