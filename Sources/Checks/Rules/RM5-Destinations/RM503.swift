// RM503: The port is no port

import PostfixFiles

extension Rule {
  static let rm503 = Rule(
    "RM503", .error, "The port is no port",
    why: """
      A port is a number from 1 to 65535 or a name that the services database knows. smtp(8) and lmtp(8)
      do not defer such a message: they die, master(8) throttles the transport for up to 60 seconds, and
      all other mail of that transport waits. Behind the first item of a list it happens only when the
      items before it have failed.
      """,
    bad: Example(
      main: """
        relayhost = «[gw1.example]:65536»

        """),
    good: Example(
      main: """
        relayhost = [gw1.example]:2525

        """),
    check: .result { view in
      view.fatal(view.fault(.port), need: "a number from 1 to 65535 or the name of a service")
    })
}
