// RM227: A transport is written after the colon

import PostfixFiles

extension Rule {
  static let rm227 = Rule(
    "RM227", .error, "A transport is written after the colon",
    why: """
      The transport is the text before the first colon. ": discard" has no transport: the mail keeps the
      transport that it had, and goes to a host named discard, which does not exist. To discard mail write
      "discard:", to refuse it "error:5.7.1 why".
      """,
    bad: Example(
      main: """
        mydestination =
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        *  «: discard»

        """),
    good: Example(
      main: """
        mydestination =
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        *  discard:

        """),
    check: .resultInDirectory { view in
      guard view.kind == .destination, view.transport.isEmpty, view.pool == nil,
        view.text.bytes.first == .colonByte
      else { return nil }
      let name = view.nextHop.trimmed().text.prefix { $0 != ":" && $0 != " " && $0 != "\t" }
      guard view.transports.areKnown, view.transports.has(String(name)), !name.contains(".") else {
        return nil
      }
      let rest = view.nextHop.trimmed().text.dropFirst(name.count).drop { $0 == ":" || $0 == " " }
      return Offence(
        view.text,
        "\"\(printable(String(name)))\" is taken for a host, because it follows the colon; need "
          + "\"\(printable(String(name))):\(excerpt(String(rest)))\"")
    })
}

extension UInt8 {
  fileprivate static let colonByte = UInt8(ascii: ":")
}
