// RM219: error: without a text

import PostfixFiles

extension Rule {
  static let rm219 = Rule(
    "RM219", .info, "error: without a text",
    why: """
      The sender gets "Address is undeliverable", with status 5.0.0. A text, with a status before it,
      gives the reason.
      """,
    bad: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  «error:»

        """),
    good: Example(
      main: """
        transport_maps = hash:/etc/postfix/transport

        """,
      table: """
        example.com  error:5.1.2 this domain gets no mail

        """),
    check: .result { view in
      guard let name = view.transportName, name == "error", view.nextHop.trimmed().isEmpty else { return nil }
      return Offence(view.text, "the sender is not told why; need \"error:5.x.x text\"")
    })
}
