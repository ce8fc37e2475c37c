// RM504: An IPv6 address without brackets

import PostfixFiles

extension Rule {
  static let rm504 = Rule(
    "RM504", .error, "An IPv6 address without brackets",
    why: """
      Without brackets the last colon is taken for the colon before the port: smtp(8) connects to another
      address, or ends with an error.
      \(FatalNextHop.effectInList)
      """,
    bad: Example(
      main: """
        relayhost = «2001:db8::25»

        """),
    good: Example(
      main: """
        relayhost = [2001:db8::25]

        """),
    check: .result { view in
      if let fault = view.fault(.ipv6) {
        return view.fatal(fault, need: "\"[address]\" or \"[ipv6:address]\"")
      }
      let cut = view.items.first { item in
        (try? HostPort(item.text)).map { !$0.isBracketed && HostName.isIPv6($0.host) } ?? false
      }
      guard let cut else { return nil }
      return Offence(
        cut,
        "the last colon of \"\(printable(cut.bytes))\" is taken for the one before the port; need \"[address]\""
      )
    })
}
