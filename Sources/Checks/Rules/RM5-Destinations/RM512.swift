// RM512: The next hop names no host

import PostfixFiles

extension Rule {
  static let rm512 = Rule(
    "RM512", .error, "The next hop names no host",
    why: """
      Nothing is left when the separators are taken away. smtp(8) and lmtp(8) do not defer such a
      message: they die, master(8) throttles the transport for up to 60 seconds, and all other mail of
      that transport waits. Behind the first item of a list it happens only when the items before it
      have failed.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:«,»

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """),
    check: .result { view in
      view.fatal(view.fault(.noHost), need: "at least one host")
    })
}
