// RM511: A host name without a domain

import PostfixFiles

extension Rule {
  static let rm511 = Rule(
    "RM511", .info, "A host name without a domain",
    why: """
      Postfix looks the name up with the domain of this host appended, or not at all. A full name means
      the same everywhere.
      """,
    bad: Example(
      main: """
        relayhost = «[gw1]»

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]

        """),
    check: .result { view in
      let found = view.firstHost { host in
        host.isBracketed && !host.host.contains(".") && !HostName.isAddress(host.host)
          && host.host.lowercased() != "localhost"
      }
      guard view.faults.isEmpty, let (item, host) = found else { return nil }
      return Offence(item, "\"\(printable(host.host))\" has no domain; need a full host name")
    })
}
