// RM505: An address without brackets

import PostfixFiles

extension Rule {
  static let rm505 = Rule(
    "RM505", .info, "An address without brackets",
    why: """
      transport(5) asks for brackets around an address. Without them it works in every release that we
      tried, but the host in the log looks like a domain.
      """,
    bad: Example(
      main: """
        relayhost = «192.0.2.1»

        """),
    good: Example(
      main: """
        relayhost = [192.0.2.1]

        """),
    check: .result { view in
      guard view.faults.isEmpty,
        let (item, _) = view.firstHost(where: { !$0.isBracketed && HostName.isIPv4($0.host) })
      else { return nil }
      return Offence(item, "transport(5) asks for brackets around an address; need \"[address]\"")
    })
}
