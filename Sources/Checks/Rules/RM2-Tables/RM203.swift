// RM203: A transport inside a next-hop list

import PostfixFiles

extension Rule {
  static let rm203 = Rule(
    "RM203", .error, "A transport inside a next-hop list",
    why: """
      A list names its transport once. In a later item it is taken for a host and a port.
      \(FatalNextHop.effectInList)
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example], «smtp:»[gw2.example]

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example], [gw2.example]

        """),
    check: .result { view in
      // Only the list's own transport can be left out without a change of meaning.
      let repeated = view.faults.filter { $0.kind == .transportRepeated }.map(\.text)
      let own = view.transport.bytes + [UInt8(ascii: ":")]
      // Then it is an entry that begins with white space (RM208), and its transport is its own.
      let holdsKey = view.items.dropFirst().contains { looksLikeKey($0.bytes) }
      return view.fatal(
        view.fault(.transportRepeated), says: "a transport inside a list is taken for a host",
        need: "the transport once, then hosts: \"smtp:[a], [b]\"",
        fix: repeated.allSatisfy { $0.bytes == own } && !holdsKey ? Fix(removing: repeated) : nil)
    })
}
