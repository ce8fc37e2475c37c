// RM211: A key with @ and no user is never found

import PostfixFiles
import Routing

extension Rule {
  static let rm211 = Rule(
    "RM211", .warning, "A key with @ and no user is never found",
    why: """
      Postfix asks transport(5) for user@domain, then for domain, for .domain and for *. It never asks for
      @domain.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        «@example.com»  smtp:[gw1.example]

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]

        """),
    check: .key(
      in: [.recipients], offends: { OddKey($0, in: .recipients) != nil },
      message: { key in OddKey(key, in: .recipients)?.words(key, in: "here") ?? "" }))
}
