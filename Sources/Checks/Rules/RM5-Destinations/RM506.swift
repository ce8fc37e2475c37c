// RM506: A host without brackets is looked up as a domain

import PostfixFiles

extension Rule {
  static let rm506 = Rule(
    "RM506", .info, "A host without brackets is looked up as a domain",
    why: """
      Without brackets the name is looked up for MX records, and mail goes where those point. Brackets
      turn that off.
      """,
    bad: Example(
      main: """
        relayhost = «gw1.example»

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]

        """),
    check: .result { view in
      guard view.faults.isEmpty,
        let (item, host) = view.firstHost(where: { !$0.isBracketed && !HostName.isAddress($0.host) })
      else { return nil }
      return Offence(
        item,
        "\"\(printable(host.host))\" is looked up for MX records; need brackets, \"[host]\", where the host itself is meant"
      )
    })
}
