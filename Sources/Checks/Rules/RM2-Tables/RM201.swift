// RM201: A result has no transport

import PostfixFiles

extension Rule {
  static let rm201 = Rule(
    "RM201", .error, "A result has no transport",
    why: """
      A result is transport:nexthop, and the text before the first colon is the transport. Postfix looks
      for a host there among the services of master.cf. There is no service of that name, and the mail is
      deferred: mail transport unavailable.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  «[gw1.example]»:25

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  smtp:[gw1.example]:25

        """),
    check: .result { view in
      guard view.hasHostForTransport, view.place.isInTable else { return nil }
      let written = view.text.bytes
      let need =
        view.lastWord.map { "\($0)\"" }
        ?? (written.contains(UInt8(ascii: "@"))
          ? "smtp:[host]\", or the line in a table of virtual_alias_maps where the mail is for another address"
          : "smtp:\(printable(written))\"")
      return Offence(
        view.transport,
        "\"\(printable(view.transport.bytes))\" is taken for the transport; need \"\(need)")
    })
}

extension ResultView {
  /// What comes after the last blank in front of the colon: `= smtp:[gw1.example]` and
  /// `example.net smtp:[gw1.example]` have a word too many. Nil where there is no such blank.
  var lastWord: String? {
    let name = transport.trimmed().bytes
    guard let blank = name.lastIndex(where: \.isSpace) else { return nil }
    return "\(printable(Bytes(name[(blank + 1)...]))):\(excerpt(nextHop.trimmed().bytes))"
  }
}
