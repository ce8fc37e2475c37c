// RM204: One pair of brackets encloses several hosts

import PostfixFiles

extension Rule {
  static let rm204 = Rule(
    "RM204", .error, "One pair of brackets encloses several hosts",
    why: """
      Postfix splits a list at blanks and commas, inside brackets too, so each host needs its own pair.
      \(FatalNextHop.effectInList)
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
