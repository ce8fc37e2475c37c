// RM216: The next hop is a mail address

import PostfixFiles

extension Rule {
  static let rm216 = Rule(
    "RM216", .error, "The next hop is a mail address",
    why: """
      A next hop is a host. Write an account in smtp_sasl_password_maps.
      \(FatalNextHop.effectInList)
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
