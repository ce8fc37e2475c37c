// RM115: A transport where only a next hop is allowed

import PostfixFiles

extension Rule {
  static let rm115 = Rule(
    "RM115", .error, "A transport where only a next hop is allowed",
    why: """
      relayhost, smtp_fallback_relay and sender_dependent_relayhost_maps take next hops. A transport
      before the next hop is taken for the host, and the rest for its port.
      \(FatalNextHop.effectInList)
      """,
    bad: Example(
      main: """
        relayhost = «smtp:»[gw1.example]

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]

        """),
    check: .result { view in
      let fault = view.fault(.transportInNextHop)
      return view.fatal(
        fault, says: "the transport is taken for a host", need: "only the next hop: \"[host]:port\"",
        fix: fault?.text.text == "smtp:" ? fault.flatMap { Fix(removing: [$0.text]) } : nil)
    })
}
