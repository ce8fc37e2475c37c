// RM115: A transport stands where only a next hop may

import PostfixFiles

extension Rule {
  static let rm115 = Rule(
    "RM115", .error, "A transport stands where only a next hop may",
    why: """
      relayhost, smtp_fallback_relay and sender_dependent_relayhost_maps take next hops. A transport
      before it is taken for the host and the rest for its port. smtp(8) and lmtp(8) do not defer such a
      message: they die, master(8) throttles the transport for up to 60 seconds, and all other mail of
      that transport waits. Behind the first item of a list it happens only when the items before it
      have failed.
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
