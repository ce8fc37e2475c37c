// RM605: All weights have a common divisor

import PostfixFiles

extension Rule {
  static let rm605 = Rule(
    "RM605", .info, "All weights have a common divisor",
    why: """
      Two and four is one and two: the shares are the same with fewer items.
      """,
    bad: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{«smtp:[gw1.example]», smtp:[gw1.example], smtp:[gw2.example], smtp:[gw2.example], smtp:[gw2.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    good: Example(
      main: """
        sender_dependent_default_transport_maps = randmap:{smtp:[gw1.example], smtp:[gw2.example], smtp:[gw2.example]}
        smtp_fallback_relay = [gw3.example]

        """),
    check: .pool { view in
      let weights = view.active.map(\.weight)
      let divisor = weights.commonDivisor
      guard view.active.count > 1, divisor > 1 else { return [] }
      let shown = weights.map(String.init).joined(separator: ":")
      let need = weights.map { String($0 / divisor) }.joined(separator: ":")
      return view.finding(
        "the weights \(shown) are \(need); need \(divisor == 2 ? "half" : "fewer") of the items")
    })
}
