// RM216: The next hop is a mail address

import PostfixFiles

extension Rule {
  static let rm216 = Rule(
    "RM216", .error, "The next hop is a mail address",
    why: """
      A next hop is a host; an account belongs into smtp_sasl_password_maps. smtp(8) and lmtp(8) do not
      defer such a message: they die, master(8) throttles the transport for up to 60 seconds, and all
      other mail of that transport waits. Behind the first item of a list it happens only when the items
      before it have failed.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:«[relay@gw1.example]»

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """),
    check: .result { view in
      view.fatal(
        view.fault(.mailAddress), says: "a mail address where a host is needed",
        need: "a host, \"[host]\" or \"[host]:port\"")
    })
}
