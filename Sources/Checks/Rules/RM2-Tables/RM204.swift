// RM204: One pair of brackets encloses several hosts

import PostfixFiles

extension Rule {
  static let rm204 = Rule(
    "RM204", .error, "One pair of brackets encloses several hosts",
    why: """
      A list is split at blanks and commas, brackets or not, so each host needs its own pair. smtp(8)
      and lmtp(8) do not defer such a message: they die, master(8) throttles the transport for up to 60
      seconds, and all other mail of that transport waits. Behind the first item of a list it happens
      only when the items before it have failed.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:«[192.0.2.1 2001:db8::1]»

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[192.0.2.1], [2001:db8::1]

        """),
    check: .result { view in
      view.fatal(
        view.fault(.severalHostsInBrackets), says: "several hosts in one pair of brackets",
        need: "brackets around each host: \"[a], [b]\"")
    })
}
