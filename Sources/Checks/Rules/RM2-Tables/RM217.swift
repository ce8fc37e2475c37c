// RM217: A comment stands behind a value

import PostfixFiles

extension Rule {
  static let rm217 = Rule(
    "RM217", .warning, "A comment stands behind a value",
    why: """
      There are no comments at the end of a line: # and what follows become part of the value, and
      smtp(8) dies of it when the hosts before it have failed.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example] «# the first»

        """,
      companions: ["RM509"]),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        # the first
        example.com  smtp:[gw1.example]

        """),
    check: .result { view in
      guard view.home == .entry, view.mailProtocol != nil else { return nil }
      let bytes = view.text.bytes
      let hash = bytes.indices.first { bytes[$0] == UInt8(ascii: "#") && $0 > 0 && bytes[$0 - 1].isSpace }
      guard let hash else { return nil }
      return Offence(
        view.text[hash..<view.text.count],
        "this is no comment but part of the value; need it on a line of its own")
    })
}
