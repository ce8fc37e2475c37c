// RM107: A member of a pool keeps its braces

import PostfixFiles

extension Rule {
  static let rm107 = Rule(
    "RM107", .error, "A member of a pool keeps its braces",
    why: """
      Braces protect blanks and commas inside randmap:{...}, but they stay in the result: Postfix looks
      for a transport whose name starts with a brace, and the mail of this member is deferred. A list
      cannot be a member. Give it a name with a pipemap: pipemap:{randmap:{a, b}, inline:{ {a =
      smtp:[gw1], [gw2]}, {b = smtp:[gw2], [gw1]} }}
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps =
            randmap:{«{smtp:[gw1.example], [gw2.example]}», smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps =
            randmap:{smtp:[gw1.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .result { view in
      guard case .member(of: .item) = view.place, view.text.bytes.first == UInt8(ascii: "{") else {
        return nil
      }
      return Offence(
        view.text,
        "the braces stay in the result \"\(printable(view.text.bytes))\"; need a plain result, or a pipemap that maps it to a list"
      )
    })
}
